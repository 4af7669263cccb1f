"""The merge policy: segments stay few, and no document is merged often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from search.engine.manifest import SegmentEntry

#: Segments of about one size that are merged into one; sizes count as equal within a factor of as much.
MERGE_FACTOR = 8
#: Segments below it count as equally small.
_SMALLEST = 1000


def plan(entries: Sequence[SegmentEntry], *, optimize: bool = False) -> list[list[SegmentEntry]]:
    """Which segments are to become one, group by group; none, where all is well.

    Segments are of one tier where their live documents are within a factor of MERGE_FACTOR; as soon as a tier has
    MERGE_FACTOR segments, they are merged. So each document is merged a number of times that grows as the logarithm of
    the archive, and so does the number of segments. A segment with a third of its documents deleted is written anew.

    Args:
        optimize: to one segment without deleted documents.
    """
    if optimize:
        return [list(entries)] if len(entries) > 1 or any(entry.deleted for entry in entries) else []
    groups = [[entry] for entry in entries if entry.deleted * 3 > entry.size]
    tiers: dict[int, list[SegmentEntry]] = defaultdict(list)
    for entry in entries:
        if entry.deleted * 3 <= entry.size:
            tiers[_tier(entry.size - entry.deleted)].append(entry)
    for tier in tiers.values():
        groups += [tier[i : i + MERGE_FACTOR] for i in range(0, len(tier) - MERGE_FACTOR + 1, MERGE_FACTOR)]
    return groups


def _tier(documents: int) -> int:
    tier = 0
    while documents >= _SMALLEST * MERGE_FACTOR ** (tier + 1):
        tier += 1
    return tier
