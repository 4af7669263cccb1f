"""Collapse: of each cluster of near-duplicates, only the member that comes first in the chosen order is shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.engine.collect import Leaders
from search.engine.duplicates import Clusters
from search.engine.kernel import Array, Docs
from search.engine.segment import SegmentReader


class Collapse:
    """The groups of one search: clusters of which something matches, and matches that are in no cluster."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._seen = np.zeros(len(clusters) + 1, np.bool_)
        self._alone = 0

    @property
    def groups(self) -> int:
        """How many groups there are in all segments so far."""
        return self._alone + int(np.count_nonzero(self._seen))

    def representatives(self, reader: SegmentReader, docs: Docs, key: Array) -> NDArray[np.int64]:
        """Places, ascending, of the matches of a segment that come first of their group there.

        Args:
            key: of each match, the largest first; then the newer one, then the lower number.
        """
        numbers = self._clusters.number[reader.base : reader.base + reader.size][docs]
        members = np.flatnonzero(numbers != 0)
        self._alone += len(docs) - len(members)
        self._seen[numbers[members]] = True
        members = members[self._largest(numbers[members], key[members])]
        members = members[self._largest(numbers[members], reader.numbers("published")[docs[members]])]
        first = np.empty(len(self._seen), np.int64)
        first[numbers[members[::-1]]] = members[::-1]
        kept = numbers == 0
        kept[first[numbers[members]]] = True
        return np.flatnonzero(kept)

    def _largest(self, owners: NDArray[np.uint32], key: Array) -> NDArray[np.int64]:
        """Places of the items whose key is the largest of their owner."""
        best = np.empty(len(self._seen), key.dtype)
        best[owners] = key
        np.maximum.at(best, owners, key)
        return np.flatnonzero(key == best[owners])

    def distinct(self, ordered: Leaders) -> Leaders:
        """The first of each group among ordered documents, in that order."""
        numbers = self._clusters.number[ordered.docs].astype(np.int64)
        groups = np.where(numbers > 0, -numbers, ordered.docs)
        return ordered.take(np.sort(np.unique(groups, return_index=True)[1]))
