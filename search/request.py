"""SearchRequest: what a reader, a program or the command line asks, parsed and validated once, here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sort = Literal["relevance", "newest", "oldest"]
Interval = Literal["year", "month", "day"]
Match = Literal["all", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search, valid by construction through `from_params`.

    Attributes:
        query: what was typed, unchanged.
        section, agency, tag, year, month: selected facet values; several of one facet mean OR.
            Years are `1400`, months `1400-04`.
        since, until: first and last day (Gregorian), both included; None leaves the side open.
        sort: `relevance`, `newest` or `oldest`.
        page: from 1. size: results a page, 1 to 100.
        facet: names of the facets to count; empty means all.
        interval: of the histogram; None lets the searcher choose one that fits.
        match: `all` words, or `any`.
        recency: whether newer articles gain a little in relevance.
        feedback: whether the query is widened with words of its best articles.
    """

    query: str = ""
    section: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    page: int = 1
    size: int = 10
    facet: tuple[str, ...] = ()
    interval: Interval | None = None
    match: Match = "all"
    recency: bool = False
    feedback: bool = False
