"""Matches -> what a page shows of them: filters, facet counts, a histogram of days, the leading documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine import kernel
from search.engine.answer import DayCounts, FacetCounts
from search.engine.kernel import Array, Docs, Scores
from search.engine.lexicon import Lexicon
from search.engine.segment import Column, SegmentReader

Flags = NDArray[np.bool_]


class Selection(NamedTuple):
    """Which matches of a segment the filters leave: `all_but[c]` under all filters but that of column c."""

    all: Docs
    all_but: dict[str, Docs]
    rows: NDArray[np.int64] | slice

    def under(self, column: str) -> Docs:
        """The matches that a facet of the column counts."""
        return self.all_but.get(column, self.all)


def select(
    reader: SegmentReader, docs: Docs, filters: Mapping[str, frozenset[str]], days: tuple[int | None, int | None]
) -> Selection:
    """Filter the matches of a segment: OR inside a column, AND among columns and with the range of days.

    Deleted documents are dropped. `rows` of the result are the places of `all` among `docs`.
    """
    common = _common(reader, docs, days)
    if common is None and not filters:
        return Selection(docs, {}, slice(None))
    flags = {name: holds(reader.column(name), docs, values) for name, values in filters.items()}
    everything = _and(docs, common, *flags.values())
    all_but = {
        name: docs[_and(docs, common, *(other for key, other in flags.items() if key != name))] for name in flags
    }
    return Selection(docs[everything], all_but, everything)


def _common(reader: SegmentReader, docs: Docs, days: tuple[int | None, int | None]) -> Flags | None:
    """What holds for every count: the document is live, and in the range of days. None where both hold for all."""
    flags: Flags | None = None if reader.live is None else reader.live[docs]
    first, last = days
    if first is None and last is None:
        return flags
    day = reader.numbers("day")[docs]
    inside: Flags = day >= max(0, first or 0)
    if last is not None:
        inside &= day <= last
    return inside if flags is None else flags & inside


def _and(docs: Docs, *flags: Flags | None) -> NDArray[np.int64]:
    held = np.ones(len(docs), np.bool_)
    for flag in flags:
        if flag is not None:
            held &= flag
    return np.flatnonzero(held)


def holds(column: Column, docs: Docs, values: frozenset[str]) -> Flags:
    """Which of the documents have one of the values."""
    table = np.zeros(len(column.values) + 1, np.bool_)
    table[1:] = [value in values for value in column.values]
    if column.offsets is None:
        flags: Flags = table[column.codes[docs]]
        return flags
    owners, codes = _several(column.offsets, column.codes, docs)
    return np.bincount(owners[table[codes]], minlength=len(docs)) > 0


def _several(offsets: NDArray[np.uint32], codes: Array, docs: Docs) -> tuple[NDArray[np.int64], Array]:
    """All codes of the documents, and for each the place of its document in `docs`."""
    first = offsets[docs].astype(np.int64)
    counts = offsets[docs.astype(np.int64) + 1] - first
    owners = np.repeat(np.arange(len(docs)), counts)
    return owners, codes[np.arange(len(owners)) + np.repeat(first - np.cumsum(counts) + counts, counts)]


class FacetCounter:
    """Counts one column over the segments."""

    def __init__(self, lexicon: Lexicon, name: str) -> None:
        self.name = name
        self._column = lexicon.column(name)
        self._counts = np.zeros(len(self._column.values), np.int64)
        self._missing = 0

    def add(self, segment: int, reader: SegmentReader, docs: Docs) -> None:
        """Count the documents of a segment."""
        column = reader.column(self.name)
        if column.offsets is None:
            counts = kernel.tally(docs, column.codes, len(column.values) + 1)
            self._missing += int(counts[0])
        else:
            owners, codes = _several(column.offsets, column.codes, docs)
            counts = np.bincount(codes, minlength=len(column.values) + 1)
            self._missing += len(docs) - len(np.unique(owners))
        self._counts[self._column.maps[segment]] += counts[1:]

    def result(self) -> FacetCounts:
        """The counts, without those that are zero."""
        held = np.flatnonzero(self._counts)
        values = self._column.values
        return FacetCounts(tuple(values[i] for i in held.tolist()), self._counts[held], self._missing)


class DayCounter:
    """Counts days over the segments."""

    def __init__(self, lexicon: Lexicon) -> None:
        first, last = lexicon.days()
        self._first = first
        self._counts = np.zeros(last - first + 1, np.int64)
        self._total = 0

    def add(self, reader: SegmentReader, docs: Docs) -> None:
        """Count the documents of a segment."""
        self._counts += kernel.tally(docs, reader.numbers("day"), len(self._counts), self._first)
        self._total += len(docs)

    def result(self) -> DayCounts:
        """The counts, from the first day that has any to the last."""
        held = np.flatnonzero(self._counts)
        missing = self._total - int(self._counts.sum())
        if not len(held):
            return DayCounts(0, self._counts[:0], missing)
        return DayCounts(self._first + int(held[0]), self._counts[held[0] : held[-1] + 1], missing)


def leading(key: Array, k: int, tie: Callable[[NDArray[np.int64]], Array] | None = None) -> NDArray[np.int64]:
    """Places of the k largest items of `key`, ascending.

    Of those that are equal at the edge the ones with the larger `tie(places)` are taken, then the first ones.
    """
    n = len(key)
    if k >= n:
        return np.arange(n)
    if k <= 0:
        return np.zeros(0, np.int64)
    edge = np.partition(key, n - k)[n - k]
    reached = np.flatnonzero(key >= edge)
    above = key[reached] > edge
    sure, equal = reached[above], reached[~above]
    wanted = k - len(sure)
    if tie is not None and wanted < len(equal):
        equal = equal[leading(tie(equal), wanted)]
    return np.sort(np.concatenate((sure, equal[:wanted])))


class Leaders(NamedTuple):
    """Documents with what orders them, not yet in order. docs: global numbers, int64; published: int64."""

    docs: NDArray[np.int64]
    scores: Scores
    published: NDArray[np.int64]

    def foremost(self, k: int) -> Leaders:
        """The k that come first in order; they stay in the order that they are in."""
        return self.take(leading(self.scores, k, lambda places: self.published[places]))

    def take(self, places: Array | slice) -> Leaders:
        """Some of them."""
        return Leaders(self.docs[places], self.scores[places], self.published[places])

    def ordered(self) -> Leaders:
        """By score, then the newer, then the lower number."""
        order = np.argsort(-self.scores)
        ranked = self.scores[order]
        if (ranked[1:] == ranked[:-1]).any():
            order = np.lexsort((self.docs, -self.published.astype(np.float64), -self.scores))
        return self.take(order)


def joined(parts: list[Leaders]) -> Leaders:
    """The leaders of several segments."""
    docs, published = np.zeros(0, np.int64), np.zeros(0, np.int64)
    return Leaders(
        np.concatenate((docs, *(part.docs for part in parts))),
        np.concatenate((np.zeros(0, np.float32), *(part.scores for part in parts))),
        np.concatenate((published, *(part.published for part in parts))),
    )


def lead(reader: SegmentReader, docs: Docs, scores: Scores, k: int) -> Leaders:
    """The k best-scored documents of a segment; equals go by time of publication, the newer first."""
    published = reader.numbers("published")
    places = leading(scores, k, lambda rows: published[docs[rows]])
    chosen = docs[places]
    return Leaders(reader.base + chosen.astype(np.int64), scores[places], published[chosen])


def lead_by_date(reader: SegmentReader, docs: Docs, k: int, *, newest: bool) -> Leaders:
    """The k newest (or oldest) documents of a segment; those of an unknown time come last either way."""
    published = reader.numbers("published")[docs]
    places = leading(published if newest else reversed_time(published), k)
    return Leaders(reader.base + docs[places].astype(np.int64), np.zeros(len(places), np.float32), published[places])


def reversed_time(published: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times such that the oldest is the largest; an unknown one (the least int64) stays the least."""
    unknown = np.iinfo(np.int64).min
    return np.where(published == unknown, unknown, -np.maximum(published, unknown + 1))
