"""Interleaving: the passes of a merge over every posting, and over every byte of a position.

Compiled in interleave.c; in NumPy where that is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

compiled: ModuleType | None
try:
    from search.engine import _interleave as compiled
except ImportError:  # installed where there was no compiler
    compiled = None

Array = NDArray[Any]
Numbers = NDArray[np.int64]
#: The last value of a byte of positions: the position goes on in the next.
_GOES_ON = 255


def interleave(sources: Sequence[tuple[Array, Numbers]]) -> Array:
    """Term by term, what each source has of the term, source after source.

    Args:
        sources: items, term after term, all of one type; and how many each term has: int64, one number for each term of
            the slice, 0 where the source does not have it.
    """
    out = np.empty(sum(len(items) for items, _ in sources), sources[0][0].dtype)
    if compiled is not None:
        pairs = tuple((np.ascontiguousarray(items), np.ascontiguousarray(counts)) for items, counts in sources)
        compiled.interleave(pairs, out.itemsize, out)
        return out
    counts = np.array([counts for _, counts in sources])
    begins = starts(counts.T.ravel())[:-1].reshape(-1, len(sources)).T
    for (items, own), begin in zip(sources, begins, strict=True):
        out[_ranges(begin, own)] = items
    return out


def position_sizes(freqs: NDArray[np.uint32], deltas: NDArray[np.uint8]) -> Numbers:
    """How many bytes the positions of each posting take; none has frequency 0 (ValueError: there are too few bytes)."""
    if compiled is not None:
        sizes = np.empty(len(freqs), np.int64)
        compiled.sizes(np.ascontiguousarray(freqs, np.uint32), deltas, sizes)
        return sizes
    ends = np.flatnonzero(deltas != _GOES_ON) + 1
    wanted = np.cumsum(freqs, dtype=np.int64)
    if len(freqs) and wanted[-1] > len(ends):
        raise ValueError("there are fewer positions than frequencies tell")
    return np.diff(ends[wanted - 1], prepend=0)


def starts(sizes: Numbers) -> Numbers:
    """Where each begins that has one of these sizes, and where the last ends."""
    begins = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=begins[1:])
    return begins


def _ranges(begins: Numbers, sizes: Numbers) -> Numbers:
    """begins[0] .. begins[0] + sizes[0] - 1, then those of the second, and so on."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))
