"""SegmentReader: the arrays of one immutable segment, by name.

A segment NAME is six array files, each opened by mapping it:

    NAME.terms        term dictionaries (terms.py) and runs (postings.py), by field
    NAME.postings     documents, by field and posting (postings.py)
    NAME.frequencies  how often, by field and posting (postings.py)
    NAME.positions    where, by field and posting, of the fields that have positions (postings.py)
    NAME.documents    lengths, columns, numbers, by document
    NAME.stored       stored bytes, in compressed blocks (store.py)

and, for each generation that deletes documents of it, NAME.GENERATION.dead: their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.engine.files import Array, ArrayFile, damaged
from search.engine.postings import FieldPostings, Positions, Postings
from search.engine.schema import COLUMNS, EXACT, MULTIPLE, TEXT
from search.engine.signature import BINS, Signatures
from search.engine.store import Store
from search.engine.terms import Dictionary

KINDS = ("terms", "postings", "frequencies", "positions", "documents", "stored")


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a column by document.

    Attributes:
        values: sorted, distinct.
        codes: uint8, uint16 or uint32; 0 = no value, else values[code - 1]. By document where `offsets` is None, else
            the codes of document d are codes[offsets[d]:offsets[d + 1]], ascending, none of them 0.
        offsets: uint32[size + 1] of a column that may hold several values, else None.
    """

    values: list[str]
    codes: Array
    offsets: NDArray[np.uint32] | None = None


class SegmentReader:
    """One segment of a snapshot. Document numbers here are local: 0 .. size - 1.

    Attributes:
        name: what its files are called.
        base: the snapshot's number of document 0.
        size: how many documents, deleted ones included.
        live: bool[size], False for deleted documents; None where nothing is deleted.

    Raises:
        FormatMismatch, DamagedIndex: from the files.
    """

    def __init__(self, directory: Path, name: str, size: int, *, base: int = 0, dead: str | None = None) -> None:
        self.name = name
        self.base = base
        self.size = size
        self.files = {kind: ArrayFile(directory / f"{name}.{kind}", kind) for kind in KINDS}
        self.live = self._live(directory / dead) if dead else None
        self.store = Store(self.files["stored"])
        if len(self.store) != size:
            raise damaged(self.files["stored"].path, f"does not hold {size} documents")
        self._dictionaries = {field: Dictionary(self.files["terms"], field) for field in (*TEXT, *EXACT)}
        self._postings: dict[str, FieldPostings] = {}
        self._positions: dict[str, Positions] = {}

    @property
    def count(self) -> int:
        """How many documents are not deleted."""
        return self.size if self.live is None else int(np.count_nonzero(self.live))

    def release(self) -> None:
        """Give back the memory that holds what was read so far."""
        for file in self.files.values():
            file.release()

    def dictionary(self, field: str) -> Dictionary:
        """The sorted terms of a field, with their frequencies."""
        return self._dictionaries[field]

    def field_postings(self, field: str) -> FieldPostings:
        """All postings of a field, as arrays."""
        if field not in self._postings:
            self._postings[field] = FieldPostings(self.files, self._dictionaries[field])
        return self._postings[field]

    def postings(self, field: str, ordinal: int) -> Postings:
        """The documents of a term, deleted ones included."""
        return self.field_postings(field).postings(ordinal)

    def field_positions(self, field: str) -> Positions:
        """All positions of a field that has them (KeyError: it has none)."""
        if field not in self._positions:
            self._positions[field] = Positions(self.files["positions"], self.field_postings(field), field)
        return self._positions[field]

    def positions(
        self, field: str, ordinal: int, start: int = 0, stop: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The positions of a term's postings start .. stop - 1 (all, unless told), deleted documents included.

        Returns:
            offsets: int64, one more than there are postings; positions: uint32, those of the i-th posting from `start`
            are positions[offsets[i]:offsets[i + 1]], ascending.
        """
        first = self._dictionaries[field].first
        base = int(first[ordinal])
        end = int(first[ordinal + 1]) if stop is None else base + stop
        return self.field_positions(field).read(base + start, end)

    def lengths(self, field: str) -> NDArray[np.uint32]:
        """How many terms of a text field each document has, counted with repetition; uint32[size]."""
        return self.files["documents"][f"{field}.length"]

    def field_length(self, field: str) -> int:
        """The sum of `lengths`."""
        return int(self._totals[field])

    def column(self, name: str) -> Column:
        """A column of exact values, from `schema.COLUMNS` (KeyError: another name)."""
        return self._columns[name]

    def numbers(self, name: str) -> Array:
        """A column of `schema.NUMBERS`; an unknown `day` is -1, an unknown `published` the least int64."""
        return self.files["documents"][name]

    @property
    def signatures(self) -> Signatures:
        """The signature of each document (signature.py), zeros where it has none; uint8[size, 64]."""
        return self.files["documents"]["signature"].view(np.uint8).reshape(-1, BINS)

    def stored(self, doc: int) -> bytes:
        """What was stored with the document (DamagedIndex where its block was changed)."""
        return self.store[doc]

    @cached_property
    def _totals(self) -> dict[str, int]:
        totals = self.files["documents"]["totals"]
        return dict(zip(TEXT, totals.tolist(), strict=True))

    @cached_property
    def _columns(self) -> dict[str, Column]:
        documents = self.files["documents"]
        return {
            name: Column(
                [term.decode("utf-8", "surrogatepass") for term in self.dictionary(name)],
                documents[f"{name}.codes"],
                documents[f"{name}.offsets"] if name in MULTIPLE else None,
            )
            for name in COLUMNS
        }

    def _live(self, path: Path) -> NDArray[np.bool_]:
        live = np.ones(self.size, np.bool_)
        live[ArrayFile(path, "dead")["dead"]] = False
        return live
