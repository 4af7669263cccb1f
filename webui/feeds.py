"""Any search as an Atom feed of its newest articles, and the description by which browsers add the search box."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time

from flask import Blueprint, Response, request, url_for
from lxml import etree

from search import jalali
from search.request import SearchRequest
from search.result import Hit, SearchResult
from webui import current, links

blueprint = Blueprint("feeds", __name__)

ENTRIES = 30
ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
# What XML 1.0 cannot hold (its production 2, Char), found in archives all the same.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/feed.atom")
def atom() -> Response:
    """The newest articles of a search; those without a date have no place in a feed."""
    asked = SearchRequest.from_params(request.args.to_dict(flat=False))
    result = current.searcher().search(replace(asked, sort="newest", page=1, size=ENTRIES))
    return _xml(_feed(result), "application/atom+xml")


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """The OpenSearch description document of this archive."""
    root = etree.Element(f"{{{OPENSEARCH}}}OpenSearchDescription", nsmap={None: OPENSEARCH})
    _text(root, "ShortName", "بایگان")
    _text(root, "Description", current.archive().title)
    _text(root, "InputEncoding", "UTF-8")
    template = url_for("pages.search", _external=True) + "?q={searchTerms}"
    etree.SubElement(root, f"{{{OPENSEARCH}}}Url", type="text/html", template=template)
    return _xml(root, "application/opensearchdescription+xml")


def _feed(result: SearchResult) -> etree._Element:
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "fa")
    archive_title = current.archive().title
    words = result.request.query
    _text(root, "title", f"{words} | {archive_title}" if words else archive_title)
    _text(root, "id", request.url)
    _link(root, "self", request.url)
    _link(root, "alternate", links.search_page_url(result.request.with_page(1)))
    dated = [hit for hit in result.hits if hit.article.published]
    _text(root, "updated", max((_moment(hit.article.published) for hit in dated), default=_moment(date(1970, 1, 1))))
    for hit in dated:
        _entry(root, hit)
    return root


def _entry(root: etree._Element, hit: Hit) -> None:
    article = hit.article
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    url = links.article_page_url(article)
    _text(entry, "title", article.title)
    _text(entry, "id", url)
    _link(entry, "alternate", url)
    _text(entry, "updated", _moment(article.published))
    _text(etree.SubElement(entry, f"{{{ATOM}}}author"), "name", article.author or article.agency or "نامعلوم")
    _text(entry, "summary", " … ".join(snippet.text for snippet in hit.snippets))
    if article.section:
        etree.SubElement(entry, f"{{{ATOM}}}category", term=_clean(article.section))


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{parent.nsmap[None]}}}{name}").text = _clean(text)


def _link(parent: etree._Element, relation: str, url: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", rel=relation, href=url)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _xml(root: etree._Element, media_type: str) -> Response:
    return Response(etree.tostring(root, encoding="UTF-8", xml_declaration=True), content_type=media_type)


def _moment(moment: datetime | date | None) -> str:
    """RFC 3339; a date alone begins at midnight in Tehran."""
    assert moment is not None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(tzinfo=jalali.tehran()))
    return moment.isoformat()
