"""What the engine is asked, and what it answers: plain records with arrays, free of any rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from search.engine.ranking import Signal

Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Recency:
    """Lets newer articles gain a little: (1 + weight * 2^(-age / half_life)) multiplies the score.

    Articles of an unknown day gain nothing; those after `today` count as of today.

    Attributes:
        today: day (Gregorian ordinal) from which age is counted.
        weight: the largest gain; 0.2 lifts an article of today by a fifth.
        half_life: days after which the gain is halved.
    """

    today: int
    weight: float = 0.2
    half_life: float = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineQuery:
    """One question to the engine.

    Attributes:
        tree: a Whoosh query over the fields of the index; its texts are terms, already analysed.
        signals: added to the scores of the leading candidates (the second stage of ranking).
        filters: column -> selected values. OR inside a column, AND among columns.
        days: first and last day (Gregorian ordinals), both included; None leaves a side open. An article of an
            unknown day is outside any range that is not open on both sides. Every facet counts under it.
        sort: by score, or by time of publication (then nothing is scored; unknown times come last either way).
        offset, limit: the page of documents wanted.
        facets: columns to count; each counts under all filters but its own.
        histogram: whether to count days.
        collapse: whether only the first of each cluster of near-duplicates is among the documents. Facets and histogram
            count articles, collapsed or not.
        recency: None leaves age out of the ranking.
        time_limit_ms: after it the search ends with what it has; None waits.
    """

    tree: Any
    signals: tuple[Signal, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: tuple[int | None, int | None] = (None, None)
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    facets: tuple[str, ...] = ()
    histogram: bool = False
    collapse: bool = False
    recency: Recency | None = None
    time_limit_ms: float | None = None


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """Counts of one column.

    Attributes:
        values: those that occur among the matches, in the order of the column's table.
        counts: int64[len(values)], none of them zero.
        missing: matches without a value.
    """

    values: tuple[str, ...]
    counts: NDArray[np.int64]
    missing: int


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Matches by day.

    Attributes:
        first: day (Gregorian ordinal) of the first count.
        counts: int64, one a day without gaps from the first matching day to the last; empty when none has a day.
        missing: matches of an unknown day.
    """

    first: int
    counts: NDArray[np.int64]
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the engine found.

    Attributes:
        docs: int32[k], global document numbers of the page, best first.
        scores: float32[k], 0 when sorted by date.
        total: exact number of matching documents; of their groups where they are collapsed.
        articles: exact number of matching documents.
        facets: by column name, for the columns asked for.
        days: the histogram, where asked for.
        complete: False when the time limit ended the search early: what is told is true of a part of the archive.
        capped: patterns (as written in the tree) that stand for more terms than are looked up; the most frequent
            terms were.
    """

    docs: NDArray[np.int32]
    scores: NDArray[np.float32]
    total: int
    articles: int
    facets: Mapping[str, FacetCounts]
    days: DayCounts | None
    complete: bool
    capped: tuple[str, ...] = ()
