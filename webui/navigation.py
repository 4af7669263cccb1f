"""Where a reader can go from a search: chips that take a filter off, sorts, pages, and the way up from a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from search import jalali
from search.article import Article
from search.envelope import Envelope
from search.facets import LABELS
from search.request import FacetName, SearchRequest, Sort
from webui.links import search_path, web_address

SORTS: dict[Sort, str] = {"relevance": "مرتبط‌ترین", "newest": "تازه‌ترین", "oldest": "قدیمی‌ترین"}
AROUND = 2  # pages shown on each side of the current one


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on; `url` is the search without it."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of which one at a time is current; `url` is "" where there is nowhere to go."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page by its number; a gap between pages where `url` is ""."""

    number: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of metadata; `url` is "" where there is nowhere to go, `outside` an address given by the archive."""

    name: str
    label: str
    url: str = ""
    outside: bool = False


def chips(request: SearchRequest) -> list[Chip]:
    """The filters that are on, in the order of the facets, the range of dates last."""
    found = [
        Chip(LABELS[facet], _label(facet, value), search_path(request.without_facet(facet, value)))
        for facet, values in request.filters.items()
        for value in values
    ]
    if request.since or request.until:
        label = range_label(request.since, request.until)
        found.append(Chip("تاریخ", label, search_path(request.with_days(None, None))))
    return found


def without_filters(request: SearchRequest) -> SearchRequest:
    """The same words, in the whole archive."""
    return replace(anytime(request), section=(), agency=(), tag=())


def anytime(request: SearchRequest) -> SearchRequest:
    """The same search over all dates."""
    return replace(request, year=(), month=(), since=None, until=None, page=1)


def range_label(since: date | None, until: date | None) -> str:
    """`۲۴ تیر ۱۴۰۰`, `از ۲۴ تیر ۱۴۰۰`, `تا ۳۱ تیر ۱۴۰۰` or both."""
    if since and since == until:
        return jalali.format_day(since)
    sides = (("از", since), ("تا", until))
    return " ".join(f"{word} {jalali.format_day(day)}" for word, day in sides if day)


def sorts(request: SearchRequest) -> list[Choice]:
    """The orders; relevance only where there are words to be relevant to."""
    offered = (sort for sort in SORTS if request.query or sort != "relevance")
    return [Choice(SORTS[sort], search_path(request.with_sort(sort)), sort == request.sort) for sort in offered]


def collapsing(request: SearchRequest) -> Choice:
    """The switch that makes near-duplicates one result, or shows each of them again."""
    other = request.with_collapse(None if request.collapse else "duplicates")
    return Choice("خبرهای همانند یکی شوند", search_path(other), request.collapse is not None)


def page_links(answer: Envelope, request: SearchRequest) -> list[PageLink]:
    """The first, the last and the neighbouring pages, with gaps between; none where one page holds all."""
    if answer.pages < 2 or answer.page > answer.pages:
        return []
    return [
        PageLink(page, search_path(request.with_page(page)) if page else "", page == answer.page)
        for page in window(answer.page, answer.pages)
    ]


def crumbs(request: SearchRequest) -> list[Choice]:
    """The way from all dates down to the period that is looked at: year, month, day or range."""
    period = _period(request)
    if not period:
        return [Choice("همهٔ تاریخ‌ها", "", True)]
    parts = period.split("-") if period[0].isdigit() else []
    levels = ["-".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    way = [Choice(jalali.label(value), search_path(anytime(request).with_period(value))) for value in levels[:-1]]
    here = Choice(jalali.label(period) if parts else period, "", True)
    return [Choice("همهٔ تاریخ‌ها", search_path(anytime(request))), *way, here]


def record(article: Article) -> list[Fact]:
    """The metadata of an article, with links to more of the same; what is absent is left out."""
    facts = [
        Fact(LABELS["section"], article.section, search_path(SearchRequest(section=(article.section,)))),
        Fact(LABELS["agency"], article.agency, search_path(SearchRequest(agency=(article.agency,)))),
        Fact("کد خبر", article.code),
        Fact("نویسنده", article.author),
        Fact("نشانی", article.url, web_address(article.url), outside=True),
        Fact("تاریخ ذخیرهٔ صفحه", jalali.format_moment(article.captured) if article.captured else ""),
        *(Fact("یادداشت بایگانی", note) for note in article.notes),
    ]
    return _dates(article) + [fact for fact in facts if fact.label]


def _dates(article: Article) -> list[Fact]:
    moment, day = article.published, article.day
    if moment is None or day is None:
        return [Fact("تاریخ", "نامعلوم")]
    same_day = SearchRequest().with_period(jalali.value_of(day, "day"))
    gregorian = f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()
    return [
        Fact("تاریخ", jalali.format_moment(moment, weekday=True), search_path(same_day)),
        Fact("تاریخ میلادی", gregorian),
    ]


def _period(request: SearchRequest) -> str:
    """The value of the one period that is selected, a label where it is anything else, "" where it is all dates."""
    if request.since or request.until:
        one_day = request.since is not None and request.since == request.until
        return jalali.value_of(request.since, "day") if one_day and request.since else "بازهٔ برگزیده"
    values = request.month or request.year
    return values[0] if len(values) == 1 else "چند بازه" if values else ""


def _label(facet: FacetName, value: str) -> str:
    return jalali.label(value) if facet in ("year", "month") else value


def window(current: int, last: int) -> Iterator[int]:
    """Page numbers to show, 0 for a gap: 1 0 4 5 6 7 8 0 20."""
    shown = sorted({1, last, *range(max(1, current - AROUND), min(last, current + AROUND) + 1)})
    before = 0
    for page in shown:
        if page - before == 2:
            yield page - 1
        elif page - before > 2:
            yield 0
        yield page
        before = page
