"""Feeds saved on disk (RSS 0.9 to 2.0, Atom) -> their articles.

Formats: the RSS 2.0 specification of the RSS Advisory Board, RDF Site Summary 1.0 with its content module, RFC 4287
(Atom), and sitemaps.org with the news extension of Google. Elements of other vocabularies are told by the prefixes
that everybody uses for them: content, dc, media.

A sitemap lists addresses, a news sitemap titles and dates with them; neither holds the text of an article, so that
either is one rejection. Articles of titles alone would be found by few words, and would take the place of the articles
that the pages give.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from lxml import etree

from search.article import Article
from search.errors import RejectedInput
from search.sources.agencies import agency_of_name, agency_of_url
from search.sources.blocks import parse
from search.sources.detect import feed_root, text_head
from search.sources.draft import ONLY_SUMMARY, Draft, split_tags
from search.sources.html import code_in_url, is_address
from search.sources.html_structure import Structure
from search.sources.lines import is_section
from search.sources.names import name_key
from search.sources.paragraphs import one_line, paragraphs
from search.sources.profile import Profile
from search.sources.published import moment
from search.sources.stream import HEAD_BYTES
from search.sources.xml_records import Record, markup_of, name_of, parse_record, read_records, text_of

NO_TEXT = "an item without text, neither content nor summary"

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>")
_EMAIL = re.compile(r"\S+@\S+")
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)")
_OPENING = 400  # characters within which, beside its own length, a summary that is part of the text begins
_DIGITS = re.compile(r"\d{3,}")
_SUB_SECTION = re.compile(r"\s*[>»›/|]\s*")


def read_feed(stream: io.BufferedReader, source: str, profile: Profile) -> Iterator[Article | RejectedInput]:
    """The articles of a feed, one for each item; an item without text is a rejection with its line.

    Raises:
        RejectedInput: it is no feed, or a sitemap.
    """
    head = text_head(stream.peek(HEAD_BYTES)[:HEAD_BYTES], source)
    root = feed_root(head.lstrip())
    if root in ("urlset", "sitemapindex"):
        raise RejectedInput(source, _told_sitemap(stream, root, source))
    if not root:
        raise RejectedInput(source, "no feed: it begins neither as RSS nor as Atom")
    tag, draft_of = ("entry", _of_entry) if root == "feed" else ("item", _of_item)
    channel = _channel(head, tag)
    empty = True
    for record in read_records(stream, tag, source):
        empty = False
        yield record if isinstance(record, RejectedInput) else _article(record, draft_of, channel, profile)
    if empty:
        yield RejectedInput(source, "a feed without items")


def _article(
    record: Record, draft_of: Callable[[Record], Draft], channel: Draft, profile: Profile
) -> Article | RejectedInput:
    draft = draft_of(record)
    if not draft.body and not draft.lead:
        return RejectedInput(record.place, NO_TEXT)
    draft.agency = agency_of_url(draft.url) or draft.agency or channel.agency
    draft.code = draft.code or code_in_url(draft.url)
    draft.notes = [*record.notes, *draft.notes]
    return draft.finish(profile, record.place)


def _told_sitemap(stream: io.BufferedReader, root: str, source: str) -> str:
    """Why a sitemap is rejected, with the number of pages that it lists."""
    tag = "url" if root == "urlset" else "sitemap"
    count = titles = 0
    for record in read_records(stream, tag, source):
        count += 1
        titles += isinstance(record, Record) and bool(record.children("news:news"))
    if tag == "sitemap":
        return f"an index of sitemaps ({count:,}), without the text of any article; save the pages themselves"
    held = "titles and dates" if titles else "addresses"
    return f"a sitemap, which holds {held} ({titles or count:,}) but the text of no article; save the pages themselves"


def _channel(head: str, tag: str) -> Draft:
    """What a feed says of itself before its first item: the agency."""
    opening = re.split(rf"<{tag}[\s>]", head, maxsplit=1, flags=re.I)[0]
    element = parse_record(f"<channel>{opening[opening.find('<title') :]}") if "<title" in opening else None
    if element is None:
        return Draft()
    channel = Record(element, "", [])
    links = [channel.text("link"), *(link.get("href", "") for link in channel.children("link"))]
    found = (agency_of_url(link) for link in links)
    return Draft(agency=next(filter(None, found), "") or agency_of_name(channel.text("title", "dc:publisher")))


def _of_item(item: Record) -> Draft:
    """What an item of RSS says."""
    full, summary = (_body(item.markup(name)) for name in ("content:encoded", "description"))
    guid = item.text("guid")
    draft = Draft(
        title=_title(item.text("title")),
        code=guid if _DIGITS.fullmatch(guid) else "",
        author="، ".join(dict.fromkeys(filter(None, map(_author, item.children("dc:creator", "author"))))),
        url=next(filter(is_address, (item.text("link"), guid)), ""),
    )
    _add_text(draft, full, summary)
    _add_labels(draft, [text_of(label) for label in item.children("category", "dc:subject")])
    draft.tags += split_tags([item.text("media:keywords")])
    _publish(draft, item.text("pubdate", "dc:date", "dcterms:issued", "published"))
    return draft


def _of_entry(entry: Record) -> Draft:
    """What an entry of Atom says."""
    links = entry.children("link")
    alternate = [link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"]
    identity = entry.text("id")
    content, summary = (_construct(next(iter(entry.children(name)), None)) for name in ("content", "summary"))
    names = [text_of(name) for author in entry.children("author") for name in author if name_of(name) == "name"]
    draft = Draft(
        title=_title(entry.text("title")),
        code=identity if _DIGITS.fullmatch(identity) else "",
        author="، ".join(dict.fromkeys(map(one_line, names))),
        url=next(filter(is_address, (*alternate, identity)), ""),
    )
    _add_text(draft, content, summary)
    _add_labels(draft, [label.get("label") or label.get("term") or "" for label in entry.children("category")])
    _publish(draft, entry.text("published", "issued", "updated", "dc:date"))
    return draft


def _construct(element: etree._Element | None) -> list[str]:
    """The paragraphs of a text construct of Atom; those of content that stands elsewhere, or is no text, are none."""
    kind = element.get("type", "text") if element is not None else ""
    if element is None or element.get("src") or not (kind in ("text", "html", "xhtml") or kind.startswith("text/")):
        return []
    return paragraphs(text_of(element)) if kind in ("text", "text/plain") else _body(markup_of(element))


def _body(text: str) -> list[str]:
    """The paragraphs of a text that may be HTML, read as the body of a page is."""
    if not _MARKUP.search(text):
        return paragraphs(text)
    tree = parse(f"<div>{text}</div>")
    return Structure(tree).paragraphs(tree) if tree is not None else []


def _add_text(draft: Draft, full: list[str], summary: list[str]) -> None:
    """The full text, with the summary as its lead unless the text begins with it; else the summary."""
    if not full:
        draft.lead, draft.body = " ".join(summary[:1]), summary[1:]
        draft.notes = [ONLY_SUMMARY]
        return
    draft.body = full
    lead = one_line(" ".join(summary))
    if lead and name_key(lead) not in name_key(" ".join(full)[: 2 * len(lead) + _OPENING]):
        draft.lead = lead


def _add_labels(draft: Draft, labels: list[str]) -> None:
    """Sorts categories into the section (the only one, or the first that is the name of a section) and tags."""
    names = [one_line(_SUB_SECTION.split(label)[0]) for label in labels if label.strip()]
    sections = names if len(names) == 1 else [name for name in names if is_section(name_key(name))]
    draft.section = next(iter(sections), "")
    draft.tags = split_tags([*(name for name in names if name != draft.section), ""])


def _publish(draft: Draft, text: str) -> None:
    draft.published = moment(text) if text else None
    draft.undated = "" if draft.published else one_line(text)


def _title(text: str) -> str:
    """A title, which may be HTML that was escaped once more."""
    tree = parse(text) if "<" in text or "&" in text else None
    return one_line(tree.text_content() if tree is not None else text)


def _author(element: etree._Element) -> str:
    """The name in `post@example.ir (name)`, or the text without an address."""
    text = text_of(element)
    named = _IN_PARENTHESES.search(text) if "@" in text else None
    return one_line(named[1] if named else _EMAIL.sub("", text))
