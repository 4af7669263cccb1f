"""The merge policy: segments stay few, and no document is merged often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from search.engine.manifest import SegmentEntry

#: Segments of about one size that are merged into one; sizes count as equal within a factor of as much.
MERGE_FACTOR = 8
#: Segments below it count as equally small.
_SMALLEST = 1000
#: At the end of a run, each segment is left at least so many times as large as all smaller ones together.
LASTING_FACTOR = 4


def plan(entries: Sequence[SegmentEntry], *, last: bool = False, optimize: bool = False) -> list[list[SegmentEntry]]:
    """Which segments are to become one, group by group; none, where all is well.

    Segments are of one tier where their live documents are within a factor of MERGE_FACTOR; as soon as a tier has
    MERGE_FACTOR segments, they are merged. So each document is merged a number of times that grows as the logarithm of
    the archive, and so does the number of segments. A segment with a third of its documents deleted is written anew.

    Args:
        last: no more documents are to come soon: merge further, since each segment costs every query something.
        optimize: to one segment without deleted documents.
    """
    if optimize:
        return [list(entries)] if len(entries) > 1 or any(entry.deleted for entry in entries) else []
    if last and (group := _lasting(entries)):
        return [group]
    groups = [[entry] for entry in entries if entry.deleted * 3 > entry.size]
    tiers: dict[int, list[SegmentEntry]] = defaultdict(list)
    for entry in entries:
        if entry.deleted * 3 <= entry.size:
            tiers[_tier(entry.size - entry.deleted)].append(entry)
    for tier in tiers.values():
        groups += [tier[i : i + MERGE_FACTOR] for i in range(0, len(tier) - MERGE_FACTOR + 1, MERGE_FACTOR)]
    return groups


def _lasting(entries: Sequence[SegmentEntry]) -> list[SegmentEntry]:
    """The segments to merge at the end of a run: the first that is not large enough beside the smaller, and these."""
    by_size = sorted(entries, key=lambda entry: entry.size - entry.deleted, reverse=True)
    smaller = sum(entry.size - entry.deleted for entry in by_size)
    for place, entry in enumerate(by_size[:-1]):
        live = entry.size - entry.deleted
        smaller -= live
        if live < LASTING_FACTOR * smaller:
            return by_size[place:]
    return []


def _tier(documents: int) -> int:
    tier = 0
    while documents >= _SMALLEST * MERGE_FACTOR ** (tier + 1):
        tier += 1
    return tier
