"""What a search gives back, free of any rendering: each front end draws the same records its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search.article import Article
from search.jalali import Interval
from search.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Marked:
    """Original text with the places that matched.

    Attributes:
        text: as published, not escaped.
        marks: (start, end) character ranges, ascending, not overlapping.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    Attributes:
        score: 0.0 when sorted by date.
        title, snippets: its title, and pieces of its text, with what matched.
        similar: how many near-duplicates of it the archive has, whether they match or not; None where nothing is
            collapsed.
    """

    article: Article
    score: float
    title: Marked
    snippets: tuple[Marked, ...]
    similar: int | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, and how many articles it would leave if it were the only one selected in its facet.

    Attributes:
        value: what goes into a request (`1400-04` for a month).
        label: what a reader sees (`تیر ۱۴۰۰`).
    """

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of one facet, the largest first.

    Attributes:
        values: the leading values, and every selected one.
        other: articles under values that are not listed.
        missing: articles that have no value here.
    """

    name: str
    label: str
    values: tuple[FacetValue, ...]
    other: int
    missing: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """Articles published from `start` to `end`, both included (Gregorian days of one Jalali period)."""

    start: date
    end: date
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Articles over time, in whole Jalali periods, without gaps; `interval` is year, month or day."""

    interval: Interval
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another query that the reader may have meant.

    Attributes:
        query: the corrected query.
        kind: `spelling`, `spacing`, `layout` (wrong keyboard) or `finglish`.
        applied: whether the results are already those of the corrected query, since the typed one had none.
    """

    query: str
    kind: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Similar:
    """The near-duplicates of an article.

    Attributes:
        total: how many there are.
        articles: the first published of them, in that order; those of an unknown time come last.
    """

    total: int
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a SearchRequest.

    Attributes:
        total: the exact number of results: articles, or groups of near-duplicates where they are collapsed.
        articles: the exact number of articles found; facets and histogram count these.
        relaxed: no article has all the words, so those with some of them are shown.
        hints: what of the query was read otherwise than typed, in Persian, one sentence each.
        complete: False when the time limit ended the search early.
        took_ms: time taken, in milliseconds.
        generation: of the index that answered.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    total: int
    articles: int
    facets: tuple[Facet, ...]
    histogram: Histogram | None
    suggestion: Suggestion | None
    relaxed: bool
    hints: tuple[str, ...]
    complete: bool
    took_ms: float
    generation: int

    @property
    def pages(self) -> int:
        """How many pages there are; 0 when nothing was found."""
        return -(-self.total // self.request.size)
