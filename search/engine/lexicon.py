"""What the whole snapshot knows of terms and documents: statistics, norms, and the shared values of columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine import kernel, stock
from search.engine.kernel import Array, Docs, PositionSource, Rows, Scores, TermPostings, WeightedTerm
from search.engine.ranking import SaturatingModel, TermStatistics
from search.engine.schema import DAY, EXACT, TEXT
from search.engine.snapshot import Snapshot

FIELDS = frozenset((*TEXT, *EXACT))
#: How many terms a snapshot remembers the places of: those of the last queries, which come again with every page.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a term is.

    Attributes:
        postings: by segment; None where the segment does not hold the term.
        statistics: over all segments.
    """

    field: str
    term: bytes
    postings: tuple[TermPostings | None, ...]
    statistics: TermStatistics


class SharedColumn(NamedTuple):
    """The distinct values of a column of all segments; maps[s][code - 1] is the index of a value of segment s."""

    values: list[str]
    maps: list[NDArray[np.int64]]


def encode(field: str, text: str | bytes | int) -> bytes:
    """A term as the dictionaries hold it."""
    if isinstance(text, bytes):
        return text
    if field == "day":
        day: bytes = DAY.to_bytes(text)
        return day
    return str(text).encode("utf-8", "surrogatepass")


class Lexicon:
    """Views of a snapshot that are computed when first needed, then kept: one for all searches of the snapshot.

    Norms take four bytes a document for each field that queries score.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._norms: dict[tuple[int, str, SaturatingModel], Scores] = {}
        self._columns: dict[str, SharedColumn] = {}
        self._averages: dict[str, float] = {}
        self._days: tuple[int, int] | None = None
        self._places: dict[tuple[str, str | bytes | int], Place | None] = {}

    def place(self, field: str, text: str | bytes | int) -> Place | None:
        """Where the term is; None where no segment holds it. The last few thousand answers are remembered."""
        key = (field, text)
        try:
            return self._places[key]
        except KeyError:
            place = self._find(field, encode(field, text)) if field in FIELDS else None
        if len(self._places) >= REMEMBERED:
            self._places.clear()
        self._places[key] = place
        return place

    def _find(self, field: str, term: bytes) -> Place | None:
        found: list[TermPostings | None] = []
        documents = occurrences = 0
        for segment in self.snapshot.segments:
            dictionary = segment.dictionary(field)
            ordinal = dictionary.find(term)
            if ordinal < 0:
                found.append(None)
                continue
            postings, start = segment.field_postings(field), int(dictionary.first[ordinal])
            stop = int(dictionary.first[ordinal + 1])
            runs = postings.runs(ordinal, start, stop)
            found.append(TermPostings(postings.low[start:stop], postings.packed, start, *runs))
            documents += stop - start
            occurrences += dictionary.collection_frequency(ordinal)
        statistics = TermStatistics(self.snapshot.size, documents, occurrences)
        return Place(field, term, tuple(found), statistics) if documents else None

    def weighted(self, segment: int, place: Place, model: SaturatingModel, boost: float) -> WeightedTerm | None:
        """The term in one segment, with what scores it; None where the segment does not hold it."""
        postings = place.postings[segment]
        if postings is None:
            return None
        return WeightedTerm(*postings, self.norms(segment, place.field, model), model.factor(place.statistics) * boost)

    def rows(self, segment: int, place: Place | None, docs: Docs) -> Rows:
        """Which of the term's postings in a segment each document is; -1 where it does not hold the term."""
        postings = place and place.postings[segment]
        return kernel.locate(docs, postings) if postings else np.full(len(docs), -1, np.int32)

    def positions(self, segment: int, place: Place) -> PositionSource:
        """Where the term's positions are in a segment; nowhere in one that does not hold it.

        Raises:
            KeyError: the field has no positions.
        """
        positions = self.snapshot.segments[segment].field_positions(place.field)
        postings = place.postings[segment]
        if postings is None:
            return PositionSource(positions, 0, 0)
        return PositionSource(positions, postings.first, postings.first + len(postings.low))

    def norms(self, segment: int, field: str, model: SaturatingModel) -> Scores:
        """The norm of each document of a segment."""
        key = (segment, field if model.needs_lengths else "", model)
        norms = self._norms.get(key)
        if norms is None:
            reader = self.snapshot.segments[segment]
            lengths: Array = reader.lengths(field) if model.needs_lengths else np.zeros(reader.size, np.uint32)
            norms = self._norms[key] = model.norms(lengths, self.average(field))
        return norms

    def average(self, field: str) -> float:
        """The average length of a field of text; 0.0 for a field of exact values."""
        if field not in self._averages:
            self._averages[field] = self.snapshot.average_length(field) if field in TEXT else 0.0
        return self._averages[field]

    def column(self, name: str) -> SharedColumn:
        """The values of a column over all segments (KeyError: no such column)."""
        if name not in self._columns:
            tables = [segment.column(name).values for segment in self.snapshot.segments]
            values = tables[0] if len(tables) == 1 else sorted(set().union(*tables))
            index = {value: i for i, value in enumerate(values)}
            maps = [np.array([index[value] for value in table], np.int64) for table in tables]
            self._columns[name] = SharedColumn(values, maps)
        return self._columns[name]

    @cached_property
    def stock_searcher(self) -> Any:
        """A Whoosh searcher, for queries that are not evaluated over arrays."""
        return stock.searcher_of(self.snapshot)

    def days(self) -> tuple[int, int]:
        """The first and the last day of any document; (0, -1) where no day is known."""
        if self._days is None:
            known = [days[days >= 0] for days in (segment.numbers("day") for segment in self.snapshot.segments)]
            known = [days for days in known if len(days)]
            self._days = (min(int(d.min()) for d in known), max(int(d.max()) for d in known)) if known else (0, -1)
        return self._days
