"""What a page says of its article for machines: JSON-LD, then OpenGraph, Dublin Core and other meta elements,
then microdata."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from search.sources.blocks import lines_of, markup_lines
from search.sources.draft import Draft, split_tags
from search.sources.paragraphs import one_line, paragraphs, without_controls
from search.sources.published import moment

BROKEN_JSON_LD = "the page's JSON-LD is damaged and was not read"

_ARTICLE_TYPES = re.compile(r"(?:Article|BlogPosting|Report)$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|(?://\s*|/\*\s*)?<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)\s*$"
)

# Field of Article -> names (or properties) of meta elements, the likelier first.
_META = {
    "title": "og:title twitter:title dc.title dcterms.title title",
    "lead": "og:description twitter:description dc.description dcterms.description description",
    "agency": "og:site_name dcterms.publisher dc.publisher publisher application-name",
    "code": "news_id newsid news-id nid articleid article:id dc.identifier dcterms.identifier",
    "section": "article:section dc.subject section category",
    "author": "article:author dc.creator dcterms.creator author",
    "published": "article:published_time og:published_time datepublished dcterms.issued dcterms.created dc.date.issued "
    "dc.date dcterms.date pubdate publish-date publishdate published_date article_date date",
    "url": "og:url twitter:url dcterms.source",
}
_TAG_META = ("article:tag", "news_keywords", "keywords")


def from_json_ld(tree: HtmlElement) -> Draft:
    """The page's NewsArticle in JSON-LD: alone, in a list, in a @graph, in one of several blocks."""
    draft = Draft()
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "").lower():
            continue
        try:
            document = _loads(script.text or "")
        except (ValueError, RecursionError):
            draft.notes = [BROKEN_JSON_LD]
            continue
        for node in _nodes(document):
            if _is_article(node):
                draft.fill(_draft_of_node(node))
            elif _is_type(node, "BreadcrumbList") and not draft.section:
                draft.section = _section_of_breadcrumbs(node)
    return draft


def _loads(text: str) -> Any:
    """The value of a block of JSON-LD; comments around it and commas too many are overlooked."""
    text = without_controls(_WRAPPING.sub("", text.strip()))
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_TRAILING_COMMA.sub("", text), strict=False)


def _nodes(document: object) -> Iterator[dict[str, Any]]:
    """Every object of a document, the outer ones first; what an article contains belongs to the article."""
    queue = deque([document])
    while queue:
        node = queue.popleft()
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            yield node
            if not _is_article(node) and not _is_type(node, "ItemList"):
                queue.extend(node.values())


def _is_type(node: dict[str, Any], name: str) -> bool:
    types = node.get("@type")
    return name in (types if isinstance(types, list) else [types])


def _is_article(node: dict[str, Any]) -> bool:
    types = node.get("@type")
    listed = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and _ARTICLE_TYPES.search(name) for name in listed)


def _draft_of_node(node: dict[str, Any]) -> Draft:
    published = _text(node.get("datePublished")) or _text(node.get("dateCreated"))
    body = _text(node.get("articleBody")) or _text(node.get("text"))
    return Draft(
        title=one_line(_text(node.get("headline")) or _text(node.get("name"))),
        kicker=one_line(_text(node.get("alternativeHeadline"))),
        lead=one_line(_text(node.get("description"))),
        body=markup_lines(body) if "<" in body else paragraphs(body),
        agency=one_line(_text(node.get("publisher")) or _text(node.get("sourceOrganization"))),
        code=_text(node.get("identifier")),
        section=one_line(_text(node.get("articleSection"))),
        tags=split_tags(_texts(node.get("keywords"))),
        author="، ".join(map(one_line, _texts(node.get("author")))),
        published=moment(published) if published else None,
        undated=published,
        url=_text(node.get("url")) or _text(node.get("mainEntityOfPage")),
    )


def _texts(value: object) -> list[str]:
    """The texts of a value of JSON-LD: a text, a number, the name (or @id) of an object, or those of a list."""
    if isinstance(value, list):
        return [text for item in value if not isinstance(item, list) for text in _texts(item)]
    if isinstance(value, dict):
        named = (value.get(name) for name in ("name", "@value", "value", "@id", "url"))
        value = next((text for text in named if isinstance(text, str)), None)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return [unescaped] if isinstance(value, str) and (unescaped := html.unescape(value).strip()) else []


def _text(value: object) -> str:
    return next(iter(_texts(value)), "")


def _section_of_breadcrumbs(node: dict[str, Any]) -> str:
    """The second of at least three breadcrumbs: home, section, article."""
    items = node.get("itemListElement")
    crumbs = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    labels = [_text(crumb.get("name")) or _text(crumb.get("item")) for crumb in crumbs]
    return labels[1] if len(labels) >= 3 else ""


def from_meta(tree: HtmlElement) -> Draft:
    """What the meta and link elements of the page say."""
    content: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        if name and (text := one_line(meta.get("content", ""))):
            content.setdefault(name, []).append(text)
    found = {
        field: next((content[name][0] for name in names.split() if name in content), "")
        for field, names in _META.items()
    }
    published = found.pop("published")
    draft = Draft(**found)  # type: ignore[arg-type]  # all remaining fields are texts
    draft.published, draft.undated = moment(published) if published else None, published
    draft.tags = split_tags(next((content[name] for name in _TAG_META if name in content), []))
    draft.url = next((link.get("href", "") for link in tree.iter("link") if link.get("rel") == "canonical"), draft.url)
    return draft


def from_microdata(tree: HtmlElement) -> Draft:
    """The properties of the page's first item of a type such as schema.org/NewsArticle."""
    item = next((e for e in tree.iter() if _ARTICLE_TYPES.search(e.get("itemtype", "").rstrip("/"))), None)
    if item is None:
        return Draft()
    found: dict[str, list[HtmlElement]] = {}
    for element in item.iter():
        for name in element.get("itemprop", "").split():
            found.setdefault(name, []).append(element)

    def first(name: str) -> str:
        return next(filter(None, map(_property, found.get(name, []))), "")

    published = first("datePublished")
    return Draft(
        title=first("headline") or first("name"),
        kicker=first("alternativeHeadline"),
        lead=first("description"),
        body=[line for element in found.get("articleBody", []) for line in lines_of(element)],
        agency=first("publisher"),
        code=first("identifier"),
        section=first("articleSection"),
        tags=split_tags([text for element in found.get("keywords", []) if (text := _property(element))]),
        author=first("author"),
        published=moment(published) if published else None,
        undated=published,
    )


def _property(element: HtmlElement) -> str:
    """The value of an item property; of an item, its name."""
    for name in element.iter():
        if name is not element and name.get("itemprop") == "name":
            return _property(name)
    given = element.get("content") or element.get("datetime")
    return one_line(given if given is not None else " ".join(lines_of(element)))
