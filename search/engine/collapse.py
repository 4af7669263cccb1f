"""Collapse: of each cluster of near-duplicates, only the member that comes first in the chosen order is shown."""

from __future__ import annotations

import numpy as np

from search.engine.collect import Leaders
from search.engine.duplicates import Clusters
from search.engine.kernel import Docs
from search.engine.segment import SegmentReader


class Collapse:
    """The groups of one search: clusters of which something matches, and matches that are in no cluster."""

    def __init__(self, clusters: Clusters) -> None:
        self._number = clusters.number
        self._seen = np.zeros(len(clusters) + 1, np.bool_)
        self._alone = 0

    @property
    def groups(self) -> int:
        """How many groups there are among all matches so far."""
        return self._alone + int(np.count_nonzero(self._seen[1:]))

    def add(self, reader: SegmentReader, docs: Docs) -> None:
        """Take in the matches of a segment."""
        numbers = self._number[reader.base : reader.base + reader.size][docs]
        self._seen[numbers] = True
        self._alone += len(docs) - int(np.count_nonzero(numbers))

    def distinct(self, ordered: Leaders) -> Leaders:
        """The first of each group among ordered documents, in that order."""
        numbers = self._number[ordered.docs].astype(np.int64)
        groups = np.where(numbers > 0, -numbers, ordered.docs)
        return ordered.take(np.sort(np.unique(groups, return_index=True)[1]))
