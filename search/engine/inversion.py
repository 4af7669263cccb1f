"""Inversion: the tokens of documents -> the postings of one field, term after term.

Compiled (inversion.c), the occurrences are walked twice: to learn how much room each term needs, and to fill it. In
NumPy, each occurrence becomes one 64-bit key, (rank of the term, document, position), and one sort puts the postings of
all terms and their positions in order. Both give the same arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine.postings import SKIP, encode

compiled: ModuleType | None
try:
    from search.engine import _inversion as compiled
except ImportError:  # installed where there was no compiler
    compiled = None

#: Most documents that are inverted together: what 16 bits of a key, or of a posting, tell apart.
MAX_DOCUMENTS = 1 << 16
#: Positions left free between title, lead and body, so that no phrase runs from one into the next.
PART_GAP = 10
#: Peak of memory while a segment is written, by token collected: tokens, keys, postings and temporary arrays.
BYTES_A_TOKEN = 24 if compiled is None else 12
_POSITION_BITS = np.uint64(24)
_MAX_POSITION = (1 << 24) - 1
_RANK_SHIFT = np.uint64(40)
_NONE = np.uint64(2**64 - 1)
#: Documents whose keys are made at a time, and keys unpacked at a time.
_DOCUMENTS = 128
_SLICE = 1 << 17

Array = NDArray[Any]
Table = NDArray[np.int32]


class Text(NamedTuple):
    """The tokens of documents.

    Attributes:
        tokens: int32, the type of each token, document after document, part after part.
        counts: int32[documents, parts], how many tokens each part has.
    """

    tokens: NDArray[np.int32]
    counts: NDArray[np.int32]


class Inverted(NamedTuple):
    """The postings of a field.

    Attributes:
        numbers: of the terms that occur, in the order of their ranks.
        df, cf: int64, by term: documents that hold it, and occurrences.
        docs, freqs: by posting, term after term: document (uint16, ascending in each term), frequency (uint32).
        deltas: `postings.encode` of the positions, or None.
        skip: where the position bytes of every 128th posting begin.
        starts: int64, by term: where its position bytes begin; one more.
        lengths: uint32, by document: occurrences of terms.
    """

    numbers: NDArray[np.int64]
    df: NDArray[np.int64]
    cf: NDArray[np.int64]
    docs: NDArray[np.uint16]
    freqs: NDArray[np.uint32]
    deltas: NDArray[np.uint8] | None
    skip: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.uint32]


def invert(
    text: Text, parts: Sequence[int], tables: Sequence[Table], ranks: NDArray[np.int64], *, positions: bool
) -> Inverted:
    """The postings of one field.

    Args:
        text: of at most MAX_DOCUMENTS documents.
        parts: numbers of the parts that belong to the field, ascending.
        tables: the first term of each type, the second, and so on; -1 where it has none. Whoever has a second has a
            first; a type's terms are distinct.
        ranks: of each term number, its place in the order of the terms.
        positions: whether `deltas` and `skip` are wanted. Positions count the tokens of a document that have a term.
    """
    wanted = np.zeros(text.counts.shape[1], np.uint8)
    wanted[list(parts)] = 1
    if compiled is None:
        return _by_sorting(text, wanted.astype(np.bool_), tables, ranks, positions=positions)
    first = tables[0].copy()
    for further in tables[1:]:
        more = (further >= 0) & (first >= 0)
        first[more] = ~(first[more] + 1)
    walk = text.tokens, text.counts, wanted, (first, *tables[1:])
    df, cf, sizes = (np.empty(len(ranks), np.int64) for _ in range(3))
    lengths = np.empty(len(text.counts), np.uint32)
    compiled.count(*walk, df, cf, sizes, lengths)
    numbers = _ordered(np.flatnonzero(df), ranks)
    firsts, starts = _starts(df[numbers]), _starts(sizes[numbers])
    docs, freqs = np.empty(firsts[-1], np.uint16), np.empty(firsts[-1], np.uint32)
    deltas = np.empty(starts[-1], np.uint8) if positions else None
    skip = np.empty(-(-len(docs) // SKIP) if positions else 0, np.uint64)
    first_of, start_of = np.zeros(len(ranks), np.int64), np.zeros(len(ranks), np.int64)
    first_of[numbers], start_of[numbers] = firsts[:-1], starts[:-1]
    compiled.fill(*walk, first_of, start_of, docs, freqs, deltas, skip)
    return Inverted(numbers, df[numbers], cf[numbers], docs, freqs, deltas, skip, starts, lengths)


def _ordered(numbers: NDArray[np.int64], ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers[np.argsort(ranks[numbers])]


def _starts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _by_sorting(
    text: Text, wanted: NDArray[np.bool_], tables: Sequence[Table], ranks: NDArray[np.int64], *, positions: bool
) -> Inverted:
    tokens, counts = _select(text, wanted)
    heads_by_number = np.append(ranks.astype(np.uint64) << _RANK_SHIFT, _NONE)  # -1 finds the last
    heads = [heads_by_number[table] for table in tables]
    keys, lengths = _sorted_keys(tokens, counts, heads)
    df, cf, slices = np.zeros(len(ranks), np.int64), np.zeros(len(ranks), np.int64), []
    for part in _slices(keys):
        posting_ranks, docs, freqs, encoded = _unpacked(part, positions=positions)
        df += np.bincount(posting_ranks, minlength=len(ranks))
        cf += np.bincount(posting_ranks, freqs, len(ranks)).astype(np.int64)
        slices.append((docs, freqs, *encoded))
    docs, freqs, deltas, sizes = (np.concatenate(parts) for parts in zip(*slices, strict=True)) if slices else _NOTHING
    used = np.flatnonzero(df)
    by_posting, firsts = _starts(sizes), _starts(df[used])
    numbers = np.empty(len(ranks), np.int64)
    numbers[ranks] = np.arange(len(ranks))
    skip, starts = by_posting[:-1:SKIP].astype(np.uint64), by_posting[firsts]
    return Inverted(
        numbers[used], df[used], cf[used], docs, freqs, deltas if positions else None, skip, starts, lengths
    )


_NOTHING = np.empty(0, np.uint16), np.empty(0, np.uint32), np.empty(0, np.uint8), np.empty(0, np.int64)


def _select(text: Text, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The tokens of some parts of each document, and how many they are by document and part."""
    counts = text.counts.astype(np.int64)
    if wanted.all():
        return text.tokens, counts
    every = np.broadcast_to(wanted, counts.shape)
    return text.tokens[np.repeat(every.ravel(), counts.ravel())], counts[:, wanted]


def _sorted_keys(
    tokens: NDArray[np.int32], counts: NDArray[np.int64], heads: list[NDArray[np.uint64]]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The keys of all occurrences, sorted, and how many each document has.

    Worked out for a few documents at a time, so that what is in between stays in the processor's cache.
    """
    used = np.bincount(tokens, minlength=len(heads[0]))
    keys = np.empty(sum(int(used[head != _NONE].sum()) for head in heads), np.uint64)
    lengths = np.zeros(len(counts), np.uint32)
    bounds = _starts(counts.sum(axis=1))
    at = 0
    for start in range(0, len(counts), _DOCUMENTS):
        stop = min(start + _DOCUMENTS, len(counts))
        own = tokens[bounds[start] : bounds[stop]]
        places = _places(heads[0][own] != _NONE, counts[start:stop], start)
        for head in heads:
            key = head[own]
            kept = np.flatnonzero(key != _NONE)
            docs = (places[kept] >> _POSITION_BITS).astype(np.int64) - start
            lengths[start:stop] += np.bincount(docs, minlength=stop - start).astype(np.uint32)
            keys[at : at + len(kept)] = key[kept] | places[kept]
            at += len(kept)
    keys.sort()
    return keys, lengths


def _places(has: NDArray[np.bool_], counts: NDArray[np.int64], first: int) -> NDArray[np.uint64]:
    """Document and position of each token, as they stand in a key.

    Args:
        has: whether a token has a term; only such count as positions.
        counts: tokens by document and part. first: number of the first document.
    """
    size, parts = counts.shape
    seen = np.concatenate((np.zeros(1, np.int64), np.cumsum(has)))
    before = seen[_starts(counts.sum(axis=1))]
    base = np.arange(first, first + size)[:, None] << int(_POSITION_BITS) | np.arange(parts) * PART_GAP
    places = np.repeat((base - before[:-1, None]).ravel(), counts.ravel())
    places += seen[:-1]
    return places.view(np.uint64)


def _slices(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    """Cut sorted keys into slices of whole terms."""
    start = 0
    while start < len(keys):
        stop = min(start + _SLICE, len(keys))
        if stop < len(keys):
            after = (keys[stop - 1] >> _RANK_SHIFT) + np.uint64(1)
            stop = int(np.searchsorted(keys, after << _RANK_SHIFT))
        yield keys[start:stop]
        start = stop


def _unpacked(
    keys: NDArray[np.uint64], *, positions: bool
) -> tuple[NDArray[np.int64], NDArray[np.uint16], NDArray[np.uint32], tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """The postings of a slice: ranks, documents, frequencies; bytes of positions, and how many each posting has."""
    heads = keys >> _POSITION_BITS
    starts = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(heads[1:] != heads[:-1]) + 1))
    offsets = np.append(starts, len(keys))
    heads = heads[starts]
    freqs = np.diff(offsets).astype(np.uint32)
    if positions:
        deltas, ends = encode((keys & np.uint64(_MAX_POSITION)).astype(np.uint32), offsets)
    else:
        deltas, ends = np.empty(0, np.uint8), np.zeros(len(offsets), np.int64)
    docs = (heads & np.uint64(MAX_DOCUMENTS - 1)).astype(np.uint16)
    return (heads >> np.uint64(16)).astype(np.int64), docs, freqs, (deltas, np.diff(ends))
