"""URLs: of a search and of an article, as paths for pages and whole for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from search.article import Article
from search.envelope import Links
from search.request import SearchRequest

# Segments of a path that browsers and servers resolve, or that a slash inside would split.
_UNSAFE_SEGMENTS = ("", ".", "..")


def search_path(request: SearchRequest) -> str:
    """The page of a search."""
    return _search("pages.search", request, whole=False)


def search_url(request: SearchRequest) -> str:
    """The whole URL of a search in the API."""
    return _search("api.search", request, whole=True)


def search_page_url(request: SearchRequest) -> str:
    """The whole URL of the page of a search."""
    return _search("pages.search", request, whole=True)


def feed_path(request: SearchRequest) -> str:
    """The feed of a search; it has an order and a length of its own."""
    return _search("feeds.atom", request.with_page(1), whole=False)


def json_path(request: SearchRequest) -> str:
    """The same search in the API."""
    return _search("api.search", request, whole=False)


def article_path(article: Article, query: str = "") -> str:
    """The page of an article, where the words of a query are marked."""
    return _article("pages", article, {"q": query} if query else {}, whole=False)


def article_url(article: Article) -> str:
    """The whole URL of an article in the API."""
    return _article("api", article, {}, whole=True)


def similar_url(article: Article) -> str:
    """The whole URL of the list of an article's near-duplicates in the API."""
    segments = (article.agency, article.code)
    if _unsafe(segments):
        return url_for("api.similar_by_key", key=article.key, _external=True)
    return url_for("api.similar", agency=article.agency, code=article.code, _external=True)


def article_page_url(article: Article) -> str:
    """The whole URL of the page of an article."""
    return _article("pages", article, {}, whole=True)


def article_json_path(article: Article) -> str:
    """The same article in the API."""
    return _article("api", article, {}, whole=False)


def page_links(query: str) -> Links:
    """For pages: paths, and articles that remember the query."""
    return Links(search=search_path, article=_with_query(query))


API_LINKS = Links(search=search_url, article=article_url, similar=similar_url)


def web_address(text: str) -> str:
    """The text if it is an address of the web, else "": an archive may hold `javascript:` and worse."""
    return text if text.lower().startswith(("http://", "https://")) else ""


def _with_query(query: str) -> Callable[[Article], str]:
    return lambda article: article_path(article, query)


def _search(endpoint: str, request: SearchRequest, *, whole: bool) -> str:
    params: dict[str, Any] = MultiDict(request.to_params()).to_dict(flat=False)
    return url_for(endpoint, _external=whole, **params)


def _article(blueprint: str, article: Article, extra: dict[str, str], *, whole: bool) -> str:
    segments = (article.agency, article.code)
    if _unsafe(segments):
        return url_for(f"{blueprint}.article_by_key", key=article.key, _external=whole, **extra)
    return url_for(f"{blueprint}.article", agency=article.agency, code=article.code, _external=whole, **extra)


def _unsafe(segments: tuple[str, ...]) -> bool:
    return any(segment in _UNSAFE_SEGMENTS or "/" in segment or "\\" in segment for segment in segments)
