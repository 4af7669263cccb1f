"""The inner loops of evaluation in NumPy: what runs where the compiled kernel is absent, and what it is tested against.

Each function gives what its namesake in kernel.c gives, up to the rounding of float32 sums.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from search.engine.kernel import (
        Array,
        Counts,
        Docs,
        Found,
        PositionSource,
        Rows,
        Scores,
        TermPostings,
        WeightedTerm,
    )


def score(term: WeightedTerm, rows: slice | Rows, docs: Docs) -> Scores:
    """The scores of some postings of a term, whose documents are `docs`; float32."""
    x = frequencies(term)[rows] * term.norms[docs]
    scores: Scores = np.float32(term.factor) * (x / (1 + x))
    return scores


def frequencies(term: WeightedTerm) -> NDArray[np.uint32]:
    """The frequencies of a term's postings, those above 255 as 255."""
    values, bits, over_at, over = term.freqs
    start, stop = term.first, term.first + len(term.low)
    if bits == 0:
        return np.ones(stop - start, np.uint32)
    if bits == 8:
        return values[start:stop].astype(np.uint32)
    both = values[start // 2 : (stop + 1) // 2]
    freqs = np.stack((both & 15, both >> 4), axis=1).reshape(-1)[start % 2 :][: stop - start].astype(np.uint32)
    low, high = np.searchsorted(over_at, (start, stop))
    freqs[(over_at[low:high] - start).astype(np.int64)] = np.minimum(over[low:high], 255)
    return freqs


def union(terms: Sequence[WeightedTerm], size: int) -> Found:
    """Documents that hold any of the terms, and the sums of their scores."""
    window = np.zeros(size, np.float32)
    for term in terms:
        docs = decode(term)
        window[docs] += score(term, slice(None), docs)
    found = np.flatnonzero(window)
    return found.astype(np.uint32), window[found]


def intersect(terms: Sequence[WeightedTerm]) -> Found:
    """Documents that hold all of the terms, and the sums of their scores."""
    docs = decode(min(terms, key=lambda term: len(term.low)))
    for term in sorted(terms, key=lambda term: len(term.low)):
        docs = docs[rows(docs, decode(term)) >= 0]
    scores = np.zeros(len(docs), np.float32)
    augment(docs, scores, terms)
    return docs, scores


def augment(docs: Docs, scores: Scores, terms: Sequence[WeightedTerm]) -> None:
    """Add each term's score to those of the documents that hold it."""
    for term in terms:
        at = rows(docs, decode(term))
        held = np.flatnonzero(at >= 0)
        scores[held] += score(term, at[held], docs[held])


def decode(term: TermPostings | WeightedTerm) -> Docs:
    """The documents of a term."""
    high = np.repeat(term.chunks.astype(np.uint32) << 16, np.diff(term.bounds))
    return high | term.low


def rows(docs: Docs, others: Docs) -> Rows:
    """Where each document is among the others, or -1; both ascend."""
    at = np.searchsorted(others, docs)
    held = at < len(others)
    held[held] = others[at[held]] == docs[held]
    return np.where(held, at, -1).astype(np.int32)


def tally(docs: Docs, codes: Array, origin: int, values: int) -> NDArray[np.int64]:
    """How many of the documents have each code; the code `origin` counts as 0, codes outside of `values` as none."""
    shifted = codes[docs].astype(np.int64) - origin
    inside = shifted[(shifted >= 0) & (shifted < values)]
    return np.bincount(inside, minlength=values).astype(np.int64)


def lower(text: memoryview, starts: Array, term: bytes) -> int:
    """The ordinal of the first term of a dictionary that is not below `term`."""

    def at(ordinal: int) -> bytes:
        return bytes(text[starts[ordinal] : starts[ordinal + 1]])

    return bisect_left(range(len(starts) - 1), term, key=at)


def neighbours(sources: Sequence[PositionSource], chosen: Sequence[Rows]) -> Counts:
    """How often each two neighbours among the terms stand side by side; rows are -1 where a term is absent."""
    counts = np.zeros((len(sources) - 1, len(chosen[0])), np.uint32)
    for pair in range(len(sources) - 1):
        held = np.flatnonzero((chosen[pair] >= 0) & (chosen[pair + 1] >= 0))
        if len(held):
            both = [rows[held] for rows in chosen[pair : pair + 2]]
            counts[pair, held] = chain(sources[pair : pair + 2], both, 1)
    return counts


def chain(sources: Sequence[PositionSource], chosen: Sequence[Rows], slop: int) -> Counts:
    """For each document, how many positions of the last term end an ordered chain of all terms.

    Positions become keys, document times 2^32 plus position plus slop, so that a document's never reach another's.
    """
    ends: NDArray[np.int64] | None = None
    for source, picked in zip(sources, chosen, strict=True):
        keys = _keys(source, picked, slop)
        if ends is not None:
            follows = np.searchsorted(ends, keys) > np.searchsorted(ends, keys - slop)
            keys = keys[follows]
        ends = keys
    assert ends is not None
    return np.bincount(ends >> 32, minlength=len(chosen[0])).astype(np.uint32)


def _keys(source: PositionSource, picked: Rows, slop: int) -> NDArray[np.int64]:
    offsets, positions = source.positions.read(source.start, source.stop)
    first, counts = offsets[picked], offsets[picked + 1] - offsets[picked]
    documents = np.repeat(np.arange(len(picked), dtype=np.int64) << 32, counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    keys: NDArray[np.int64] = documents + positions[np.repeat(first, counts) + within] + slop
    return keys
