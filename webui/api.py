"""The JSON API, version 1: the records of `search.envelope` over HTTP."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta

from search.article import Article
from search.envelope import Count, Day, Record, article_record, envelope, similar_record, to_json
from search.request import SearchRequest
from webui import current
from webui.links import API_LINKS

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


class Completions(Record):
    """Ways to go on from what was typed, the likeliest first."""

    query: str
    suggestions: tuple[Completed, ...]


class Completed(Record):
    """A whole query."""

    query: str


class Holding(Record):
    """How many articles have a value."""

    value: str
    count: Count


class ArchiveStatus(Record):
    """What the archive holds."""

    title: str
    description: str
    articles: Count
    generation: Count
    sections: tuple[Holding, ...]
    agencies: tuple[Holding, ...]
    first_day: Day | None
    last_day: Day | None
    size: Annotated[int, Meta(ge=0, description="Of the index, in bytes.")]


@blueprint.get("/search")
def search() -> Response:
    """Search; the parameters are those of `SearchRequest`."""
    asked = SearchRequest.from_params(request.args.to_dict(flat=False))
    return _json(envelope(current.searcher().search(asked), API_LINKS))


@blueprint.get("/articles/<agency>/<code>")
def article(agency: str, code: str) -> Response:
    """One article, by its agency and code."""
    return _article(current.searcher().article(agency, code))


@blueprint.get("/article")
def article_by_key() -> Response:
    """One article by `key`, for those without an agency or a code."""
    return _article(current.searcher().article_by_key(request.args.get("key", "")))


@blueprint.get("/articles/<agency>/<code>/similar")
def similar(agency: str, code: str) -> Response:
    """The near-duplicates of an article, by its agency and code."""
    return _similar(current.searcher().article(agency, code))


@blueprint.get("/article/similar")
def similar_by_key() -> Response:
    """The near-duplicates of an article by `key`, for those without an agency or a code."""
    return _similar(current.searcher().article_by_key(request.args.get("key", "")))


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completions of `q`."""
    typed = SearchRequest.from_params({"q": request.args.getlist("q")}).query
    found = current.searcher().suggest(typed) if typed else ()
    return _json(Completions(query=typed, suggestions=tuple(Completed(query=one.query) for one in found)))


@blueprint.get("/status")
def status() -> Response:
    """What the archive holds."""
    found = current.searcher().status()
    return _json(
        ArchiveStatus(
            title=found.title,
            description=found.description,
            articles=found.articles,
            generation=found.generation,
            sections=tuple(Holding(value=value, count=count) for value, count in found.sections),
            agencies=tuple(Holding(value=value, count=count) for value, count in found.agencies),
            first_day=found.first_day.isoformat() if found.first_day else None,
            last_day=found.last_day.isoformat() if found.last_day else None,
            size=found.size,
        )
    )


def _article(found: Article) -> Response:
    return _json(article_record(found, API_LINKS))


def _similar(found: Article) -> Response:
    return _json(similar_record(found, current.searcher().similar(found), API_LINKS))


def _json(record: Record) -> Response:
    return Response(to_json(record), content_type="application/json")
