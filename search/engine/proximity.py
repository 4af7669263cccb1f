"""Positions joined by nearness: phrases and spans, over all documents at once.

A span is a stretch of positions in a document, both ends included; a term's occurrence is a span of one position. The
rules are those of Whoosh's span queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine.kernel import PositionSource, Rows

#: Added to positions in keys, so that a little before position 0 is still in the same document.
_MARGIN = 1 << 24


class Spans(NamedTuple):
    """Spans of many documents, in the order of (slot, start, end), without repetition.

    Attributes:
        slots: int64, which of the documents asked for. starts, ends: int64, positions.
    """

    slots: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def occurrences(source: PositionSource, rows: Rows) -> Spans:
    """A term's occurrences, each a span. `rows` is its posting in each document asked for, -1 where it is absent."""
    offsets, positions = source.positions.read(source.start, source.stop)
    slots = np.flatnonzero(rows >= 0)
    first = offsets[rows[slots]]
    counts = offsets[rows[slots] + 1] - first
    picked = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    found = positions[picked].astype(np.int64)
    return Spans(np.repeat(slots, counts), found, found)


def either(spans: Sequence[Spans]) -> Spans:
    """The spans of any of several kinds."""
    none = np.zeros(0, np.int64)
    slots, starts, ends = (np.concatenate((none, *parts)) for parts in zip(*spans, strict=True))
    return _distinct(slots, starts, ends)


def near(a: Spans, b: Spans, *, slop: int = 1, ordered: bool = True, mindist: int = 1, late: bool = False) -> Spans:
    """A span of `a` and one of `b` whose distance is mindist to slop (side by side is 1), as one span over both.

    Args:
        ordered: only where `b` does not start before `a`.
        late: leave out spans of `b` that start more than `slop` before `a`, even where they reach up to it.
    """
    reach = 0 if late else int((b.ends - b.starts).max(initial=0))
    keys = _keys(b.slots, b.starts)
    earliest = a.starts if ordered else a.starts - slop - reach
    low = np.searchsorted(keys, _keys(a.slots, earliest))
    high = np.maximum(np.searchsorted(keys, _keys(a.slots, a.ends + slop), side="right"), low)
    left = np.repeat(np.arange(len(a.slots)), high - low)
    right = np.repeat(high - np.cumsum(high - low), high - low) + np.arange(len(left))
    return _join(a, b, left, right, mindist, slop)


def _join(a: Spans, b: Spans, left: NDArray[np.int64], right: NDArray[np.int64], mindist: int, slop: int) -> Spans:
    a_start, a_end, b_start, b_end = a.starts[left], a.ends[left], b.starts[right], b.ends[right]
    distance = np.maximum(np.maximum(b_start - a_end, a_start - b_end), 0)
    fits = np.flatnonzero((distance >= mindist) & (distance <= slop))
    starts = np.minimum(a_start, b_start)[fits]
    return _distinct(a.slots[left[fits]], starts, np.maximum(a_end, b_end)[fits])


def _keys(slots: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = (slots << 32) + np.clip(positions + _MARGIN, 0, (1 << 32) - 1)
    return keys


def _distinct(slots: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Spans:
    order = np.lexsort((ends, starts, slots))
    slots, starts, ends = slots[order], starts[order], ends[order]
    new = np.ones(len(slots), np.bool_)
    new[1:] = (np.diff(slots) != 0) | (np.diff(starts) != 0) | (np.diff(ends) != 0)
    return Spans(slots[new], starts[new], ends[new])
