"""The OpenAPI document of the API, made from the records that parse its requests and write its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from importlib.metadata import version
from typing import Any, get_type_hints

import msgspec
from flask import Blueprint, Response, current_app

from search import request as limits
from search.envelope import Envelope, FullArticle, Record, SimilarArticles
from search.errors import ArchiveError, BayeganError, InvalidParameter, NotFound
from search.request import FACETS, SearchRequest
from webui import api
from webui.admin.administration import installed
from webui.api import ArchiveStatus, Completions
from webui.errors import MEDIA_TYPE, Problem

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")

# Parameters whose name is not that of the field.
NAMES = {"query": "q", "since": "from", "until": "to"}

DESCRIPTIONS = {
    "query": "Words in the query language; empty finds everything.",
    "section": "Only articles of this section; repeat for several (OR).",
    "agency": "Only articles of this agency; repeat for several (OR).",
    "tag": "Only articles with this tag; repeat for several (OR).",
    "year": "Only articles of this Jalali year: 1400; repeat for several (OR).",
    "month": "Only articles of this Jalali month: 1400-04; repeat for several (OR).",
    "since": "First day, Jalali or Gregorian: 1400-04-24, 1400/04, 1400, 2021-07-15.",
    "until": "Last day, included; a month or a year counts whole.",
    "sort": "The order of the results.",
    "collapse": "Whether near-duplicates are one result: the first of them in this order.",
    "page": "The page of the results, from 1.",
    "size": "Results a page.",
    "facet": "Count only these facets; all where absent.",
    "interval": "Of the histogram; chosen to fit where absent.",
    "match": "Whether results have all the words, or any of them.",
    "recency": "Whether newer articles gain a little in relevance.",
    "feedback": "Whether the query is widened with words of its best articles.",
}

# What the type of a field does not say.
_DATE = {"type": "string"}
_CONSTRAINTS: dict[str, dict[str, Any]] = {
    "query": {"maxLength": limits.LONGEST_QUERY},
    "page": {"minimum": 1, "maximum": limits.LAST_PAGE},
    "size": {"minimum": 1, "maximum": limits.LARGEST_PAGE},
    "facet": {"items": {"type": "string", "enum": list(FACETS)}},
}


@blueprint.get("/openapi.json")
def document() -> Response:
    """The description of the API."""
    return Response(_encoded(installed(current_app) is not None), content_type="application/json")


@cache
def _encoded(admin: bool) -> bytes:
    return msgspec.json.encode(build(admin=admin))


def build(*, admin: bool = False) -> dict[str, Any]:
    """The document, to be encoded; the admin API is in it only where there is one."""
    from webui.admin import openapi as administered

    answers = (
        Envelope,
        FullArticle,
        SimilarArticles,
        Completions,
        ArchiveStatus,
        Problem,
        *(administered.ANSWERS if admin else ()),
    )
    _, schemas = msgspec.json.schema_components(answers, ref_template=_REFERENCE)
    typed = text("q", "query", "What was typed so far.")
    key = text("key", "query", "The `key` of an article.")
    names = [
        text("agency", "path", "The agency (خبرگزاری)."),
        text("code", "path", "Its code of the article (کد خبر)."),
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bayegan", "version": version("bayegan"), "description": _DESCRIPTION},
        "paths": {
            "/api/v1/search": _get(api.search, Envelope, search_parameters(), InvalidParameter),
            "/api/v1/articles/{agency}/{code}": _get(api.article, FullArticle, names, NotFound),
            "/api/v1/articles/{agency}/{code}/similar": _get(api.similar, SimilarArticles, names, NotFound),
            "/api/v1/article/similar": _get(api.similar_by_key, SimilarArticles, [key], NotFound),
            "/api/v1/article": _get(api.article_by_key, FullArticle, [key], NotFound),
            "/api/v1/suggest": _get(api.suggest, Completions, [typed], InvalidParameter),
            "/api/v1/status": _get(api.status, ArchiveStatus, []),
            **(administered.paths() if admin else {}),
        },
        "components": {"schemas": schemas, **({"securitySchemes": administered.SECURITY} if admin else {})},
    }


_DESCRIPTION = "Search over a Persian news archive. Clients ignore keys that they do not know."
_REFERENCE = "#/components/schemas/{name}"


def _get(
    view: Callable[..., Response], answer: type[Record], parameters: list[dict[str, Any]], *errors: type[BayeganError]
) -> dict[str, Any]:
    """A path that is read; every path can fail as a whole archive does."""
    responses = {"200": content("application/json", answer)}
    failures: tuple[type[BayeganError], ...] = (*errors, ArchiveError)
    for error in failures:
        responses[str(error.http_status)] = content(MEDIA_TYPE, Problem)
    return {
        "get": {
            "operationId": view.__name__,
            "summary": view.__doc__,
            "parameters": parameters,
            "responses": responses,
        }
    }


def content(media_type: str, record: type[Record]) -> dict[str, Any]:
    """A response that holds a record."""
    schema = {"$ref": _REFERENCE.format(name=record.__name__)}
    return {"description": record.__doc__, "content": {media_type: {"schema": schema}}}


def search_parameters() -> list[dict[str, Any]]:
    """The parameters of a search, one for each field of `SearchRequest`."""
    hints = get_type_hints(SearchRequest)
    return [
        {
            "name": NAMES.get(field.name, field.name),
            "in": "query",
            "description": DESCRIPTIONS[field.name],
            "schema": _schema(field.name, hints[field.name], field.default),
        }
        for field in fields(SearchRequest)
    ]


def _schema(name: str, hint: Any, default: Any) -> dict[str, Any]:
    if name in ("since", "until"):
        return _DATE
    schema = msgspec.json.schema(hint)
    present = [kind for kind in schema.get("anyOf", [schema]) if kind != {"type": "null"}]
    known = {} if default in (None, (), "", MISSING) else {"default": default}
    return {**present[0], **_CONSTRAINTS.get(name, {}), **known}


def text(name: str, place: str, description: str) -> dict[str, Any]:
    """A parameter that is a text and must be there."""
    return {"name": name, "in": place, "required": True, "description": description, "schema": {"type": "string"}}
