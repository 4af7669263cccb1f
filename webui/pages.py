"""The pages that readers see: search, an article, help, and what the archive holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request

from search import jalali
from search.article import Article
from search.envelope import Envelope, FacetCounts, envelope
from search.request import SearchRequest
from search.result import SearchResult, Similar
from webui import current, links, navigation
from webui.charts import chart

blueprint = Blueprint("pages", __name__)

HOME_SIZE = 6
SIMILAR_SHOWN = 5  # near-duplicates that a result opens to; the page of its article has the others
FACET_ORDER = ("section", "agency", "year", "month", "tag")


class SimilarLinks(NamedTuple):
    """Near-duplicates, each with the path of its page; and how many more there are."""

    articles: list[tuple[Article, str]]
    rest: int


@blueprint.get("/")
def search() -> str:
    """The results; the front page where nothing is asked."""
    asked = SearchRequest.from_params(request.args.to_dict(flat=False))
    if asked == SearchRequest():
        return _home()
    if not asked.query and asked.sort == "relevance":
        asked = asked.with_sort("newest")
    result = current.searcher().search(asked)
    return render_template("search.html", **_search_context(result))


@blueprint.get("/articles/<agency>/<code>")
def article(agency: str, code: str) -> str:
    """One article, by its agency and code."""
    return _article_page(current.searcher().article(agency, code))


@blueprint.get("/article")
def article_by_key() -> str:
    """One article by `key`, for those without an agency or a code."""
    return _article_page(current.searcher().article_by_key(request.args.get("key", "")))


@blueprint.get("/help")
def help() -> str:
    """The query language, with examples that can be tried."""
    return render_template("help.html")


@blueprint.get("/about")
def about() -> str:
    """What the archive holds."""
    status = current.searcher().status()
    return render_template("about.html", status=status, span=_span(status.first_day, status.last_day))


def _home() -> str:
    searcher = current.searcher()
    status = searcher.status()
    result = searcher.search(SearchRequest(sort="newest", size=HOME_SIZE))
    context = _search_context(result)
    facets = {name: context["facets"][name] for name in ("section", "agency") if name in context["facets"]}
    return render_template("home.html", **{**context, "facets": facets}, span=_span(status.first_day, status.last_day))


def _search_context(result: SearchResult) -> dict[str, Any]:
    """What the templates of results need; links and counts are those of the API's envelope."""
    asked = result.request
    words = _words(result)
    answer = envelope(result, links.page_links(words))
    return {
        "query": asked.query,
        "words": words,
        "result": result,
        "answer": answer,
        "heading": words or "خبرها",
        "hits": list(zip(result.hits, (found.url for found in answer.results), _expanded(result, words), strict=True)),
        "facets": _facets(answer, asked),
        "chart": chart(answer.histogram),
        "notices": _notices(result),
        **_ways(answer, asked),
    }


def _expanded(result: SearchResult, query: str) -> list[SimilarLinks | None]:
    """The near-duplicates of each hit that has any, as far as they are shown beside it."""
    searcher = current.searcher()
    return [
        _similar_links(searcher.similar(hit.article, SIMILAR_SHOWN), query) if hit.similar else None
        for hit in result.hits
    ]


def _similar_links(similar: Similar, query: str) -> SimilarLinks:
    links_to = [(article, links.article_path(article, query)) for article in similar.articles]
    return SimilarLinks(links_to, similar.total - len(links_to))


def _ways(answer: Envelope, asked: SearchRequest) -> dict[str, Any]:
    """Where the reader can go from here, and what the forms keep of the search."""
    any_could_help = asked.match == "all" and len(asked.query.split()) > 1
    return {
        "chips": navigation.chips(asked),
        "cleared_url": links.search_path(navigation.without_filters(asked)),
        "any_url": links.search_path(replace(asked, match="any", page=1)) if any_could_help else "",
        "last_url": links.search_path(asked.with_page(max(1, answer.pages))),
        "sorts": navigation.sorts(asked),
        "collapsing": navigation.collapsing(asked),
        "page_links": navigation.page_links(answer, asked),
        "crumbs": navigation.crumbs(asked),
        "kept_fields": asked.with_query("").to_params(),
        "range_kept": asked.with_days(None, None).to_params(),
        "since": _typed_day(asked.since),
        "until": _typed_day(asked.until),
        "feed_url": links.feed_path(asked),
        "json_url": links.json_path(asked),
    }


def _facets(answer: Envelope, asked: SearchRequest) -> dict[str, FacetCounts]:
    """The facets to show: tags, of which there are many, last; months only once a year is chosen."""
    shown = {name: answer.facets[name] for name in FACET_ORDER if name in answer.facets}
    if not (asked.year or asked.month):
        shown.pop("month", None)
    return shown


def _notices(result: SearchResult) -> list[str]:
    """What the reader must know to read the results rightly."""
    notices = list(result.hints)
    if result.relaxed:
        notices.append("هیچ خبری همهٔ این واژه‌ها را ندارد؛ این‌ها خبرهایی‌اند که بیشترِ آن‌ها را دارند.")
    if not result.complete:
        notices.append("این جست‌وجو به درازا کشید و نیمه‌کاره ماند؛ شاید همهٔ نتیجه‌ها نیامده باشند.")
    return notices


def _words(result: SearchResult) -> str:
    """The query that the results answer: the correction, where it was applied."""
    return result.suggestion.query if result.suggestion and result.suggestion.applied else result.request.query


def _article_page(found: Article) -> str:
    query = SearchRequest.from_params({"q": request.args.getlist("q")}).query
    searcher = current.searcher()
    similar = searcher.similar(found)
    return render_template(
        "article.html",
        query=query,
        article=found,
        marked=searcher.mark(found, query),
        similar=similar.total,
        alike=_similar_links(similar, query),
        back_url=links.search_path(SearchRequest(query=query)),
        tags=[navigation.Choice(tag, links.search_path(SearchRequest(tag=(tag,)))) for tag in found.tags],
        record=navigation.record(found),
        json_url=links.article_json_path(found),
    )


def _span(first: date | None, last: date | None) -> str:
    """`از ۱ فروردین ۱۳۷۵ تا ۲۴ تیر ۱۴۰۰`; "" where no article has a date."""
    return navigation.range_label(first, last) if first and last else ""


def _typed_day(day: date | None) -> str:
    """A day as it could have been typed: `۱۴۰۰/۰۴/۲۴`."""
    return jalali.persian_digits(jalali.value_of(day, "day").replace("-", "/")) if day else ""
