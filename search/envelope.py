"""SearchResult and Article -> the JSON of the API and of `bayegan search --json`.

The records here are that JSON: the OpenAPI document is made from them, and `to_json` writes them. Every URL
in them is made by `Links`, which a front end passes in, so that nothing here knows of a web server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from search import jalali
from search.article import Article
from search.request import SearchRequest
from search.result import Bucket, Facet, FacetValue, Hit, Marked, SearchResult, Similar, Suggestion

Text = Annotated[str, Meta(description="Plain text as published; not escaped.")]
Html = Annotated[str, Meta(description="HTML-escaped text; what matched stands in <mark>.")]
Url = Annotated[str, Meta(description="A whole URL when answered over HTTP.")]
Moment = Annotated[str, Meta(description="ISO 8601: a time with its offset, or a date where no time is known.")]
JalaliMoment = Annotated[str, Meta(description="The same in the Jalali calendar: 1400-04-24 14:27:27 or 1400-04-24.")]
Day = Annotated[str, Meta(description="A Gregorian day, ISO 8601.", pattern=r"^\d{4}-\d\d-\d\d$")]
Count = Annotated[int, Meta(ge=0)]


class Record(msgspec.Struct):
    """A JSON object; clients ignore keys that they do not know."""


class Highlights(Record):
    """What matched in an article."""

    title: Html
    snippets: tuple[Html, ...]


class ArticleHead(Record):
    """An article without its body. An absent text is ""; an unknown date is null."""

    key: Annotated[str, Meta(description="The identity of the article: AGENCY/CODE, else its URL, else a hash.")]
    agency: Text
    code: Text
    title: Text
    kicker: Text
    lead: Text
    section: Text
    tags: tuple[Text, ...]
    author: Text
    published: Moment | None
    published_jalali: JalaliMoment | None
    source_url: Annotated[
        str, Meta(description="Where the article was published; from the archive, so do not trust it.")
    ]
    url: Url


class FullArticle(ArticleHead):
    """An article with its paragraphs, when its page was saved, and what had to be assumed when it was read."""

    body: tuple[Text, ...]
    captured: Annotated[str | None, Meta(description="When its page was saved, where a web archive tells; ISO 8601.")]
    captured_jalali: Annotated[str | None, Meta(description="The same in Tehran, in the Jalali calendar.")]
    notes: tuple[Text, ...]


class FoundArticle(ArticleHead):
    """One result: an article, how well it answers (0 when sorted by date), and what matched in it."""

    score: float
    similar: Annotated[
        Count | None, Meta(description="Near-duplicates of it in the archive, matching or not; null unless collapsed.")
    ]
    similar_url: Annotated[str | None, Meta(description="The list of them, where there are any.")]
    highlights: Highlights


class SimilarArticles(Record):
    """The near-duplicates of an article, without itself: the first published ones, in that order."""

    key: Annotated[str, Meta(description="The identity of the article itself.")]
    url: Url
    total: Annotated[int, Meta(ge=0, description="How many there are; at most a hundred are listed.")]
    articles: tuple[ArticleHead, ...]


class ValueCount(Record):
    """A value of a facet; `url` is this search with the value selected, or no longer selected if it was."""

    value: str
    label: str
    count: Annotated[int, Meta(ge=0, description="Exact, under every filter but those of its own facet.")]
    selected: bool
    url: Url


class FacetCounts(Record):
    """The values of a facet, the largest first; articles under values not listed, and without a value."""

    label: str
    values: tuple[ValueCount, ...]
    other: Count
    missing: Count


class BucketCount(Record, rename={"start": "from", "end": "to"}):
    """A Jalali period; `url` is this search narrowed to it."""

    start: Day
    end: Day
    value: Annotated[str, Meta(description="The period as a value: 1400, 1400-04 or 1400-04-24.")]
    label: str
    count: Count
    url: Url


class HistogramCounts(Record):
    """Articles over time in whole Jalali periods, empty ones included."""

    interval: jalali.Interval
    buckets: tuple[BucketCount, ...]


class OtherQuery(Record):
    """A query that may have been meant; where `applied`, the results are its results already."""

    query: str
    kind: Annotated[str, Meta(description="spelling, spacing, layout (wrong keyboard) or finglish.")]
    applied: bool
    url: Url


class Envelope(Record):
    """The answer to a search."""

    query: str
    total: Annotated[
        int, Meta(ge=0, description="The exact number of results: articles, or groups of near-duplicates if collapsed.")
    ]
    articles: Annotated[
        int, Meta(ge=0, description="The exact number of articles found; facets and histogram count these.")
    ]
    page: Annotated[int, Meta(ge=1)]
    size: Annotated[int, Meta(ge=1)]
    pages: Count
    next: Url | None
    previous: Url | None
    took_ms: Annotated[float, Meta(ge=0)]
    generation: Annotated[int, Meta(ge=0, description="Of the index that answered; it grows as the archive changes.")]
    complete: Annotated[bool, Meta(description="False when the time limit ended the search early.")]
    relaxed: Annotated[bool, Meta(description="True when no article has all the words and some of them had to do.")]
    hints: Annotated[tuple[str, ...], Meta(description="What of the query was read otherwise than typed; in Persian.")]
    results: tuple[FoundArticle, ...]
    facets: dict[str, FacetCounts]
    histogram: HistogramCounts | None
    suggestion: OtherQuery | None


def relative_search(request: SearchRequest) -> str:
    """The search as a query string alone, for a front end without URLs."""
    return "?" + urlencode(request.to_params())


def relative_article(article: Article) -> str:
    """The key of the article, for a front end without URLs."""
    return article.key


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the URLs of an envelope: of another search, of an article, and of the list of its near-duplicates."""

    search: Callable[[SearchRequest], str] = relative_search
    article: Callable[[Article], str] = relative_article
    similar: Callable[[Article], str] = relative_article


RELATIVE = Links()


def to_json(record: Record) -> bytes:
    """The record as UTF-8 JSON."""
    return msgspec.json.encode(record)


def envelope(result: SearchResult, links: Links = RELATIVE) -> Envelope:
    """The whole answer."""
    request = result.request
    next_page, previous_page = neighbours(result)
    return Envelope(
        query=request.query,
        total=result.total,
        articles=result.articles,
        page=request.page,
        size=request.size,
        pages=result.pages,
        next=links.search(next_page) if next_page else None,
        previous=links.search(previous_page) if previous_page else None,
        took_ms=round(result.took_ms, 3),
        generation=result.generation,
        complete=result.complete,
        relaxed=result.relaxed,
        hints=result.hints,
        results=tuple(_found(hit, links) for hit in result.hits),
        facets={facet.name: _facet(facet, request, links) for facet in result.facets},
        histogram=_histogram(result, links),
        suggestion=_suggestion(result.suggestion, request, links),
    )


def neighbours(result: SearchResult) -> tuple[SearchRequest | None, SearchRequest | None]:
    """The requests of the next and of the previous page that hold results; None where there is none."""
    request, last = result.request, result.pages
    following = request.with_page(request.page + 1) if request.page < last else None
    preceding = request.with_page(min(request.page - 1, last)) if request.page > 1 and last else None
    return following, preceding


def article_record(article: Article, links: Links = RELATIVE) -> FullArticle:
    """An article with all its text."""
    saved = article.captured
    return FullArticle(
        **_head(article, links),
        body=article.body,
        captured=saved.isoformat() if saved else None,
        captured_jalali=jalali_text(saved) if saved else None,
        notes=article.notes,
    )


def similar_record(article: Article, similar: Similar, links: Links = RELATIVE) -> SimilarArticles:
    """The near-duplicates of an article."""
    heads = tuple(ArticleHead(**_head(one, links)) for one in similar.articles)
    return SimilarArticles(key=article.key, url=links.article(article), total=similar.total, articles=heads)


def marked_html(marked: Marked) -> str:
    """The text HTML-escaped, with <mark> around the places that matched."""
    pieces, end = [], 0
    for start, stop in marked.marks:
        pieces += [escape(marked.text[end:start]), "<mark>", escape(marked.text[start:stop]), "</mark>"]
        end = stop
    return "".join(pieces) + escape(marked.text[end:])


def jalali_text(moment: datetime | date) -> str:
    """`1400-04-24 14:27:27` in Tehran, or `1400-04-24` for a date alone."""
    if not isinstance(moment, datetime):
        return jalali.value_of(moment, "day")
    local = moment.astimezone(jalali.tehran())
    return f"{jalali.value_of(local.date(), 'day')} {local:%H:%M:%S}"


def _head(article: Article, links: Links) -> dict[str, Any]:
    moment = article.published
    return {
        "key": article.key,
        "agency": article.agency,
        "code": article.code,
        "title": article.title,
        "kicker": article.kicker,
        "lead": article.lead,
        "section": article.section,
        "tags": article.tags,
        "author": article.author,
        "published": moment.isoformat() if moment else None,
        "published_jalali": jalali_text(moment) if moment else None,
        "source_url": article.url,
        "url": links.article(article),
    }


def _found(hit: Hit, links: Links) -> FoundArticle:
    highlights = Highlights(title=marked_html(hit.title), snippets=tuple(map(marked_html, hit.snippets)))
    return FoundArticle(
        **_head(hit.article, links),
        score=round(hit.score, 6),
        similar=hit.similar,
        similar_url=links.similar(hit.article) if hit.similar else None,
        highlights=highlights,
    )


def _facet(facet: Facet, request: SearchRequest, links: Links) -> FacetCounts:
    values = tuple(_value(facet.name, value, request, links) for value in facet.values)
    return FacetCounts(label=facet.label, values=values, other=facet.other, missing=facet.missing)


def _value(name: str, value: FacetValue, request: SearchRequest, links: Links) -> ValueCount:
    change = request.without_facet if value.selected else request.with_facet
    return ValueCount(
        value=value.value,
        label=value.label,
        count=value.count,
        selected=value.selected,
        url=links.search(change(name, value.value)),
    )


def _histogram(result: SearchResult, links: Links) -> HistogramCounts | None:
    if result.histogram is None:
        return None
    buckets = tuple(_bucket(bucket, result.request, links) for bucket in result.histogram.buckets)
    return HistogramCounts(interval=result.histogram.interval, buckets=buckets)


def _bucket(bucket: Bucket, request: SearchRequest, links: Links) -> BucketCount:
    return BucketCount(
        start=bucket.start.isoformat(),
        end=bucket.end.isoformat(),
        value=bucket.value,
        label=bucket.label,
        count=bucket.count,
        url=links.search(request.with_period(bucket.value)),
    )


def _suggestion(suggestion: Suggestion | None, request: SearchRequest, links: Links) -> OtherQuery | None:
    if suggestion is None:
        return None
    return OtherQuery(
        query=suggestion.query,
        kind=suggestion.kind,
        applied=suggestion.applied,
        url=links.search(request.with_query(suggestion.query)),
    )
