"""A saved HTML page -> its article.

Four witnesses are heard, and each field is taken from the first that has it: JSON-LD, meta elements, microdata, the
structure of the page. The text comes from the structure where that shows as much of it as the metadata, since only
there it has paragraphs; and what no element shows (date line, code) is read from the lines, as on a page of text.
"""

from __future__ import annotations

import re

from search.article import Article
from search.errors import RejectedInput
from search.sources.agencies import agency_in, agency_of_name, agency_of_url
from search.sources.blocks import MAX_ATTRIBUTES, parse
from search.sources.decode import decode
from search.sources.draft import Draft
from search.sources.html_metadata import from_json_ld, from_meta, from_microdata
from search.sources.html_structure import Structure
from search.sources.names import name_key
from search.sources.page_text import draft_of_lines
from search.sources.paragraphs import without_controls
from search.sources.profile import Profile

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)|^\s*<\?xml[^>]*encoding=["']([\w-]+)""", re.I)
_DECLARED_WITHIN = 4096  # bytes; browsers look at the first 1,024
_CODE_IN_URL = re.compile(
    r"/(?:news|newsdetail|item|content)/(?:id/)?(\d{4,})(?:/|$)|[?&](?:nn|id|newsid)=(\d{4,})", re.I
)
_AS_MUCH = 0.5  # share of the metadata's text from which the structure's is as good
_TOLD = 30  # folded letters by which a description is known to be part of the page


def read_html(data: bytes, source: str, profile: Profile) -> Article:
    """The article of a page saved as HTML.

    Raises:
        RejectedInput: it is not text, or holds no article.
    """
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    charset = (declared[1] or declared[2]).decode("ascii", "ignore") if declared else ""
    text, _, notes = decode(data, source, charset)
    tree = parse(without_controls(text))
    if tree is None:
        raise RejectedInput(
            source, f"no HTML that can be parsed; it is empty, or a tag has over {MAX_ATTRIBUTES} attributes"
        )
    structure = Structure(tree)
    texts = structure.lines()
    lines = draft_of_lines(texts, source)
    draft = _merged(from_json_ld(tree), from_meta(tree), from_microdata(tree), structure.draft(), lines, texts)
    draft.notes = [*notes, *draft.notes]
    return draft.finish(profile, source)


def _merged(json_ld: Draft, meta: Draft, microdata: Draft, structure: Draft, lines: Draft, texts: list[str]) -> Draft:
    """One draft of all that was found; see the top of the module for what goes before what."""
    page = name_key("\n".join((*texts, json_ld.lead)))
    for found in (json_ld, meta, microdata):
        found.lead = _confirmed(found.lead, structure, page) if found.lead else ""
        found.code = found.code if found.code.isalnum() else ""
    draft = Draft(lead=structure.lead, code=lines.code, body=_body(json_ld, microdata, structure, lines))
    lines.lead = ""  # it is in the body, if that is from the lines
    for found in (json_ld, meta, microdata, structure, lines):
        draft.fill(found)
    _show_title(draft, structure.title, lines.title)
    draft.body = _without_head(draft)
    _use_url(draft)
    draft.agency = draft.agency or agency_in(next(iter(draft.body), ""))
    draft.author = "" if draft.author == draft.agency or "/" in draft.author else draft.author
    return draft


def _show_title(draft: Draft, *shown: str) -> None:
    """Takes the headline as the page shows it, where it was stated with the site's name beside it."""
    for title in shown:
        if title and title in draft.title and title != draft.title:
            draft.agency = draft.agency or agency_of_name(draft.title.replace(title, " "))
            draft.title = title


def _without_head(draft: Draft) -> list[str]:
    """The body without the lines at its start that are fields of their own."""
    head = {name_key(text) for text in (draft.title, draft.kicker, draft.lead, draft.author, draft.section)}
    start = next((index for index, text in enumerate(draft.body) if name_key(text) not in head), len(draft.body))
    return draft.body[start:]


def _use_url(draft: Draft) -> None:
    """Takes the agency from the URL, and the code where nothing else says it."""
    draft.url = draft.url if draft.url.startswith(("http://", "https://")) else ""
    draft.agency = agency_of_url(draft.url) or draft.agency
    draft.code = draft.code or _code_in_url(draft.url)


def _confirmed(lead: str, structure: Draft, page: str) -> str:
    """A description, if the page shows it; the whole paragraph, if it is one that was cut short."""
    stem = name_key(lead)
    if structure.body and name_key(structure.body[0]).startswith(stem):
        return structure.body[0]
    return lead if stem[:_TOLD] in page else ""


def _body(json_ld: Draft, microdata: Draft, structure: Draft, lines: Draft) -> list[str]:
    stated = json_ld.body or microdata.body
    if structure.body and _words(structure.body) >= _AS_MUCH * _words(stated):
        return structure.body
    return stated or [text for text in (lines.lead, *lines.body) if text]


def _words(body: list[str]) -> int:
    return sum(len(text.split()) for text in body)


def _code_in_url(url: str) -> str:
    match = _CODE_IN_URL.search(url)
    return (match[1] or match[2]) if match else ""
