"""A saved HTML page -> its article.

Witnesses are heard in turn, and each field is taken from the first that has it: the profile of the site, if there is
one, then JSON-LD, meta elements, microdata, the structure of the page. The text comes from the structure where that
shows as much of it as the metadata, since only there it has paragraphs; and what no element shows (date line, code) is
read from the lines, as on a page of text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from search.article import Article
from search.errors import RejectedInput
from search.sources.agencies import agency_in, agency_of_name, agency_of_url
from search.sources.blocks import MAX_ATTRIBUTES, MAX_ELEMENTS, parse
from search.sources.decode import decode
from search.sources.draft import Draft
from search.sources.html_metadata import from_json_ld, from_meta, from_microdata
from search.sources.html_structure import Structure
from search.sources.names import name_key
from search.sources.page_profile import FIELDS
from search.sources.page_profiles import Choice
from search.sources.page_rules import Found, apply, drop_elements
from search.sources.page_text import draft_of_lines
from search.sources.paragraphs import without_controls
from search.sources.profile import Profile

# Who can fill a field of an article.
PROFILE, JSON_LD, META, MICRODATA = "profile", "JSON-LD", "meta elements", "microdata"
STRUCTURE, LINES, ADDRESS = "structure of the page", "lines of the page", "address of the page"

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)|^\s*<\?xml[^>]*encoding=["']([\w-]+)""", re.I)
_DECLARED_WITHIN = 4096  # bytes; browsers look at the first 1,024
_CODE_IN_URL = re.compile(
    r"/(?:news|newsdetail|item|content)/(?:id/)?(\d{4,})(?:/|$)|[?&](?:nn|id|newsid)=(\d{4,})", re.I
)
_AS_MUCH = 0.5  # share of the metadata's text from which the structure's is as good
_TOLD = 30  # folded letters by which a description is known to be part of the page


@dataclass(slots=True)
class Page:
    """What was made of a page.

    Attributes:
        tree: its elements, without those that its profile drops.
        draft: the article.
        choice: the profile of its site, if there is one.
        found: field -> which rule of the profile filled it.
        witnesses: field -> who filled it.
    """

    tree: HtmlElement
    draft: Draft = field(default_factory=Draft)
    choice: Choice | None = None
    found: dict[str, Found] = field(default_factory=dict)
    witnesses: dict[str, str] = field(default_factory=dict)

    def hear(self, found: Draft, witness: str) -> None:
        """Takes what is still missing from a draft."""
        missing = [name for name in FIELDS if not getattr(self.draft, name)]
        self.draft.fill(found)
        self.witnesses.update((name, witness) for name in missing if getattr(self.draft, name))

    def set(self, name: str, value: str, witness: str) -> None:
        """Gives a field another value, if there is one and it is another one."""
        if value and value != getattr(self.draft, name):
            setattr(self.draft, name, value)
            self.witnesses[name] = witness


def read_html(data: bytes, source: str, profile: Profile, *, url: str = "", charset: str = "") -> Article:
    """The article of a page saved as HTML.

    Args:
        data: all its bytes.
        source: of the page, for the article and for the rejection.
        profile: of the archive.
        url: where it was saved from, if that is known; what the page says of itself goes before it.
        charset: what the server said of its encoding, if that is known; it goes before what the page says.

    Raises:
        RejectedInput: it is not text, or holds no article.
    """
    return read_page(data, source, profile, url=url, charset=charset).draft.finish(profile, source)


def read_page(
    data: bytes, source: str, profile: Profile, *, url: str = "", charset: str = "", choice: Choice | None = None
) -> Page:
    """What the witnesses say of a page, merged.

    Args:
        data, source, profile, url, charset: as for `read_html`.
        choice: the page profile to use; the one of the page's site where None.

    Raises:
        RejectedInput: it is not text, or no HTML.
    """
    tree, notes = _tree(data, source, charset)
    page = Page(tree, Draft(notes=notes))
    json_ld, meta = from_json_ld(tree), from_meta(tree)
    address = next(filter(is_address, (meta.url, json_ld.url, url)), "")
    page.choice = choice or profile.pages.of_page(tree, address)
    if page.choice is not None:
        drop_elements(tree, page.choice.profile)
    structure = Structure(tree)
    if page.choice is not None:
        ruled, page.found = apply(page.choice.profile, tree, structure.paragraphs)
        page.hear(ruled, PROFILE)
    _hear_all(page, json_ld, meta, structure, source)
    _settle(page, address)
    return page


def _tree(data: bytes, source: str, charset: str) -> tuple[HtmlElement, list[str]]:
    """The elements of a page, and notes on how its bytes were read."""
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    if declared and not charset:
        charset = (declared[1] or declared[2]).decode("ascii", "ignore")
    text, _, notes = decode(data, source, charset)
    tree = parse(without_controls(text))
    if tree is None:
        raise RejectedInput(
            source,
            f"no HTML that can be parsed; it is empty, has over {MAX_ELEMENTS:,} elements, "
            f"or a tag with over {MAX_ATTRIBUTES} attributes",
        )
    return tree, list(notes)


def _hear_all(page: Page, json_ld: Draft, meta: Draft, structure: Structure, source: str) -> None:
    """Merges what the general witnesses say; see the top of the module for who goes before whom."""
    microdata, shown, texts = from_microdata(page.tree), structure.draft(), structure.lines()
    lines = draft_of_lines(texts, source)
    described = json_ld.lead or meta.lead or microdata.lead
    whole = name_key("\n".join((*texts, json_ld.lead))) if described else ""
    for found in (json_ld, meta, microdata):
        found.lead = _confirmed(found.lead, shown, whole) if found.lead else ""
        found.code = found.code if found.code.isalnum() else ""
    page.hear(Draft(lead=shown.lead), STRUCTURE)
    page.hear(Draft(code=lines.code), LINES)
    _hear_body(page, json_ld, microdata, shown, lines)
    lines.lead = ""  # it is in the body, if that is from the lines
    stated = ((json_ld, JSON_LD), (meta, META), (microdata, MICRODATA), (shown, STRUCTURE), (lines, LINES))
    for found, witness in stated:
        page.hear(found, witness)
    if page.witnesses.get("title") != PROFILE:
        _show_title(page, shown.title, lines.title)


def _settle(page: Page, address: str) -> None:
    """What follows from several fields together: no text twice, the agency and the code that the address shows."""
    draft = page.draft
    if not is_address(draft.url):
        draft.url = ""
        page.set("url", address, ADDRESS)
    if page.witnesses.get("agency") != PROFILE:
        page.set("agency", agency_of_url(draft.url), ADDRESS)
    if not draft.code:
        page.set("code", code_in_url(draft.url), ADDRESS)
    draft.body = _without_head(draft)
    if not draft.agency:
        page.set("agency", agency_in(next(iter(draft.body), "")), LINES)
    draft.author = "" if draft.author == draft.agency or "/" in draft.author else draft.author
    for name in page.choice.profile.absent if page.choice is not None else ():
        setattr(draft, name, getattr(Draft(), name))


def _show_title(page: Page, *shown: str) -> None:
    """Takes the headline as the page shows it, where it was stated with the site's name beside it."""
    draft = page.draft
    for title in shown:
        if title and title in draft.title and title != draft.title:
            if not draft.agency:
                page.set("agency", agency_of_name(draft.title.replace(title, " ")), STRUCTURE)
            page.set("title", title, STRUCTURE)


def _without_head(draft: Draft) -> list[str]:
    """The body without the lines at its start that are fields of their own."""
    head = {name_key(text) for text in (draft.title, draft.kicker, draft.lead, draft.author, draft.section)}
    start = next((index for index, text in enumerate(draft.body) if name_key(text) not in head), len(draft.body))
    return draft.body[start:]


def _confirmed(lead: str, shown: Draft, whole: str) -> str:
    """A description, if the page shows it; the whole paragraph, if it is one that was cut short."""
    stem = name_key(lead)
    if shown.body and name_key(shown.body[0]).startswith(stem):
        return shown.body[0]
    return lead if stem[:_TOLD] in whole else ""


def _hear_body(page: Page, json_ld: Draft, microdata: Draft, shown: Draft, lines: Draft) -> None:
    """The text as the page shows it, unless the metadata states a good deal more of it."""
    stated = json_ld.body or microdata.body
    if shown.body and _words(shown.body) >= _AS_MUCH * _words(stated):
        page.hear(Draft(body=shown.body), STRUCTURE)
    page.hear(Draft(body=json_ld.body), JSON_LD)
    page.hear(Draft(body=microdata.body), MICRODATA)
    page.hear(Draft(body=[text for text in (lines.lead, *lines.body) if text]), LINES)


def _words(body: list[str]) -> int:
    return sum(len(text.split()) for text in body)


def is_address(url: str) -> bool:
    """Whether a URL is a whole one, of the web."""
    return url.startswith(("http://", "https://"))


def code_in_url(url: str) -> str:
    """The number that an address of a news site has for a code, or ""."""
    match = _CODE_IN_URL.search(url)
    return (match[1] or match[2]) if match else ""
