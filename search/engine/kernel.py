"""The inner loops of evaluation: compiled (kernel.c) where the extension was built, else in NumPy (portable.py).

All documents here are numbers in one segment, uint32, ascending and distinct.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine import portable

if TYPE_CHECKING:
    from search.engine.postings import Positions

compiled: ModuleType | None
try:
    from search.engine import _kernel as compiled
except ImportError:  # installed where there was no compiler
    compiled = None

Array = NDArray[Any]
Docs = NDArray[np.uint32]
Scores = NDArray[np.float32]
Rows = NDArray[np.int32]
Counts = NDArray[np.uint32]
Found = tuple[Docs, Scores]


class Frequencies(NamedTuple):
    """The frequencies of a field's postings, as they are on disk.

    Attributes:
        values: uint8, by posting; of 4 bits two in a byte, the even one in the lower half.
        bits: 8 or 4; 0 where every frequency is 1.
        over_at, over: uint64 and uint32, postings whose frequency is the largest of so many bits, or more, and it.
    """

    values: NDArray[np.uint8]
    bits: int
    over_at: NDArray[np.uint64]
    over: NDArray[np.uint32]


class TermPostings(NamedTuple):
    """A term's postings in one segment, as they are on disk.

    Attributes:
        low, chunks, bounds: as in `Postings` (chunks uint16, bounds int64).
        freqs, first: frequencies of the field, and the number of the term's first posting there.
    """

    low: NDArray[np.uint16]
    freqs: Frequencies
    first: int
    chunks: NDArray[np.uint16]
    bounds: NDArray[np.int64]


class WeightedTerm(NamedTuple):
    """A term's postings in one segment, and all that scores them: factor * x / (1 + x), x = frequency * norm.

    Attributes:
        low, freqs, first, chunks, bounds: as in `TermPostings`.
        norms: float32, by document of the segment.
    """

    low: NDArray[np.uint16]
    freqs: Frequencies
    first: int
    chunks: NDArray[np.uint16]
    bounds: NDArray[np.int64]
    norms: Scores
    factor: float


class PositionSource(NamedTuple):
    """A term's place among the positions of its field: its postings there are start .. stop - 1."""

    positions: Positions
    start: int
    stop: int


def union(terms: Sequence[WeightedTerm], size: int) -> Found:
    """Documents that hold any of the terms, and the sums of their scores. Every factor must be above zero."""
    if compiled is None:
        return portable.union(terms, size)
    room = min(size, sum(len(term.low) for term in terms))
    docs, scores = np.empty(room, np.uint32), np.empty(room, np.float32)
    count: int = compiled.union(tuple(terms), size, docs, scores)
    return docs[:count], scores[:count]


def intersect(terms: Sequence[WeightedTerm], size: int) -> Found:
    """Documents that hold all of the terms (at least one), and the sums of their scores."""
    if compiled is None:
        return portable.intersect(terms)
    room = min(len(term.low) for term in terms)
    docs, scores = np.empty(room, np.uint32), np.empty(room, np.float32)
    count: int = compiled.intersect(tuple(terms), size, docs, scores)
    return docs[:count], scores[:count]


def augment(docs: Docs, scores: Scores, terms: Sequence[WeightedTerm], size: int) -> None:
    """Add, in place, each term's score to those of the documents that hold it."""
    if compiled is None:
        portable.augment(docs, scores, terms)
    else:
        compiled.augment(docs, scores, tuple(terms), size)


def decode(term: TermPostings | WeightedTerm) -> Docs:
    """The documents of a term."""
    return portable.decode(term)


def locate(docs: Docs, term: TermPostings | WeightedTerm) -> Rows:
    """Which posting of the term each document is, or -1."""
    if compiled is None:
        return portable.rows(docs, portable.decode(term))
    rows = np.empty(len(docs), np.int32)
    compiled.locate(docs, term.low, term.chunks, term.bounds, rows)
    return rows


def rows(docs: Docs, others: Docs) -> Rows:
    """Where each document is among the others, or -1."""
    if compiled is None:
        return portable.rows(docs, others)
    found = np.empty(len(docs), np.int32)
    compiled.rows(docs, others, found)
    return found


def tally(docs: Docs, codes: Array, values: int, origin: int = 0) -> NDArray[np.int64]:
    """How many documents have each code: int64[values]; `origin` counts as 0, what falls outside is left out."""
    if compiled is None:
        return portable.tally(docs, codes, origin, values)
    counts = np.zeros(values, np.int64)
    compiled.tally(docs, codes, codes.itemsize, origin, counts)
    return counts


def lower(text: memoryview, starts: Array, term: bytes) -> int:
    """The ordinal of the first term of a dictionary that is not below `term`; starts[i] is where term i begins."""
    if compiled is None:
        return portable.lower(text, starts, term)
    ordinal: int = compiled.lower(text, starts, starts.itemsize, term)
    return ordinal


def neighbours(sources: Sequence[PositionSource], chosen: Sequence[Rows]) -> Counts:
    """How often each two neighbours among the terms stand side by side: uint32[len(sources) - 1, documents].

    `chosen[t][i]` is the posting of term t in document i, or -1.
    """
    if compiled is None:
        return portable.neighbours(sources, chosen)
    counts = np.empty((len(sources) - 1, len(chosen[0])), np.uint32)
    compiled.neighbours(tuple(map(_reader, sources, chosen)), counts)
    return counts


def chain(sources: Sequence[PositionSource], chosen: Sequence[Rows], slop: int) -> Counts:
    """For each document, how many positions of the last term end an ordered chain: one position of each term, 1 to
    `slop` after that of the term before. `chosen[t][i]` is the posting of term t in document i.
    """
    if compiled is None or not sources:
        return portable.chain(sources, chosen, slop)
    counts = np.empty(len(chosen[0]), np.uint32)
    compiled.chain(tuple(map(_reader, sources, chosen)), slop, counts)
    return counts


def _reader(source: PositionSource, rows: Rows) -> tuple[Any, ...]:
    positions = source.positions
    return positions.postings.packed, positions.deltas, positions.skip, positions.skip.itemsize, source.start, rows
