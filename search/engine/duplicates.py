"""Clusters of near-duplicates: the documents of a snapshot, by their signatures.

Pairs are found by locality-sensitive hashing: two documents that agree in the three bytes of any of 64 bands are
compared. A pair is kept where the share of the shorter text's shingles that are also in the longer one, estimated
from how many bytes agree, is large enough; so a cut text belongs to the whole one.

Then the documents are taken in the order of their publication. One that resembles an earlier *first* of a cluster
joins it (of several, the one that it has most text in common with); else it is the first of its own. So each member
resembles the first itself, and no chain of small changes leads from one story to another. Nothing depends on the
numbers of documents: clusters are the same however the archive was indexed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.engine.signature import BINS, Signatures
from search.engine.snapshot import Snapshot

#: The share of the shorter text that a pair must have in common, and the least resemblance that 64 bytes can tell.
SHARED = 0.6
RESEMBLANCE = 0.2
#: The second and third byte of a band, counted from its first: no two bands have more than one byte in common.
_STEPS = (11, 29)
#: With so many of the next documents of its bucket each one is compared, and with the first of the bucket.
_NEIGHBOURS = 16
_CHANCE = 1 / 256
#: Pairs compared at a time.
_PAIRS = 1 << 16

Ints = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a snapshot, of two documents and more.

    Attributes:
        number: uint32[size], by document: 0 where it is in no cluster (or deleted), else 1 .. len(self).
        docs: int64, the members of cluster 1 in the order of publication, then those of cluster 2, and so on.
        first: int64[len(self) + 2]: the members of cluster c are docs[first[c]:first[c + 1]].
    """

    number: NDArray[np.uint32]
    docs: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.first) - 2

    def members(self, doc: int) -> list[int]:
        """The documents of its cluster, itself included, in the order of publication; itself where it is alone."""
        number = int(self.number[doc])
        return self.docs[self.first[number] : self.first[number + 1]].tolist() if number else [doc]

    def others(self, doc: int) -> int:
        """How many other documents are in its cluster."""
        number = int(self.number[doc])
        return int(self.first[number + 1] - self.first[number]) - 1 if number else 0


def find_clusters(snapshot: Snapshot) -> Clusters:
    """The clusters of the live documents of a snapshot."""
    docs, signatures, shingles = _signed(snapshot)
    first = _firsts(*_pairs(signatures, shingles), len(docs))
    clustered = np.flatnonzero((np.bincount(first, minlength=len(docs)) > 1)[first])
    clustered = clustered[np.argsort(first[clustered], kind="stable")]
    number = np.unique(first[clustered], return_inverse=True)[1] + 1
    numbers = np.zeros(snapshot.size, np.uint32)
    numbers[docs[clustered]] = number
    counts = np.bincount(number, minlength=1)
    return Clusters(numbers, docs[clustered], np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))))


def _signed(snapshot: Snapshot) -> tuple[Ints, Signatures, Ints]:
    """The live documents that have a signature, first published first (unknown times last), with what is compared."""
    docs, signatures, keys = [], [], []
    for segment in snapshot.segments:
        live = segment.signatures.any(axis=1) if segment.live is None else segment.live & segment.signatures.any(axis=1)
        local = np.flatnonzero(live)
        docs.append(local + segment.base)
        signatures.append(segment.signatures[local])
        keys.append([segment.numbers(name)[local] for name in ("identity", "published", "shingles")])
    if not docs:
        return np.zeros(0, np.int64), np.zeros((0, BINS), np.uint8), np.zeros(0, np.int64)
    identity, published, shingles = map(np.concatenate, zip(*keys, strict=True))
    # An unknown time is the least int64; one less than it, as an unsigned number, is the largest.
    order = np.lexsort((identity, (published.view(np.uint64) ^ np.uint64(1 << 63)) - np.uint64(1)))
    return np.concatenate(docs)[order], np.concatenate(signatures)[order], shingles[order].astype(np.int64)


def _pairs(signatures: Signatures, shingles: Ints) -> tuple[Ints, Ints, Shares]:
    """The pairs of near-duplicates: the earlier document, the later one, how many shingles they have in common."""

    def compared(pairs: NDArray[np.uint64]) -> tuple[Ints, Ints, Shares, Shares]:
        low, high = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64), (pairs >> np.uint64(32)).astype(np.int64)
        agreed = np.count_nonzero(signatures[low] == signatures[high], axis=1)
        return low, high, *estimated(agreed, shingles[low], shingles[high])

    found = [np.zeros(0, np.uint64)]
    for candidates in _candidates(signatures):
        for start in range(0, len(candidates), _PAIRS):
            pairs = candidates[start : start + _PAIRS]
            low, high, resemblance, common = compared(pairs)
            enough = common >= SHARED * np.minimum(shingles[low], shingles[high])
            found.append(pairs[enough & (resemblance >= RESEMBLANCE)])
    pairs = np.sort(np.concatenate(found))
    low, high, _, common = compared(pairs[np.diff(pairs, prepend=np.uint64(0)) > 0])
    return low, high, common


def estimated(agreed: Ints, one: Ints, other: Ints) -> tuple[Shares, Shares]:
    """The resemblance of texts of `one` and `other` shingles, from how many bytes agree; and their common shingles."""
    resemblance = np.maximum((agreed / BINS - _CHANCE) / (1 - _CHANCE), 0)
    return resemblance, resemblance / (1 + resemblance) * (one + other)


def _candidates(signatures: Signatures) -> Iterator[NDArray[np.uint64]]:
    """Pairs to compare, by band: later document << 32 | earlier document, each once a band."""
    places = np.arange(len(signatures), dtype=np.uint64)
    columns = np.ascontiguousarray(signatures.T)
    for band in range(BINS):
        values = np.zeros(len(places), np.uint64)
        for step in (0, *_STEPS):
            values = values << np.uint64(8) | columns[(band + step) % BINS]
        keys = np.sort(values << np.uint64(32) | places)
        bucket, members = keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)
        begins = np.concatenate((np.ones(min(len(keys), 1), np.bool_), bucket[1:] != bucket[:-1]))
        heads = np.flatnonzero(begins)
        owner = np.repeat(heads, np.diff(np.append(heads, len(keys))))
        for step in range(1, _NEIGHBOURS + 1):
            near = np.flatnonzero(owner[step:] == owner[:-step])
            if not len(near):
                break
            yield members[near + step] << np.uint64(32) | members[near]
        far = np.flatnonzero(np.arange(len(keys)) - owner > _NEIGHBOURS)
        yield members[far] << np.uint64(32) | members[owner[far]]


def _firsts(low: Ints, high: Ints, common: Shares, size: int) -> Ints:
    """For each document the first of its cluster, from the pairs."""
    firsts = list(range(size))
    order = np.lexsort((low, -common, high))
    for earlier, later in zip(low[order].tolist(), high[order].tolist(), strict=True):
        if firsts[later] == later and firsts[earlier] == earlier:
            firsts[later] = earlier
    return np.array(firsts, np.int64)
