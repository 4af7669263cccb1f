"""What the structure of a page shows: headline, kicker, lead, body, breadcrumb, tags.

Parts are known by the words in their class and id, which sites share (lead, body, rutitr, breadcrumb, related), and
the body, where no name gives it away, by where the paragraphs are densest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from datetime import date, datetime

from lxml.html import HtmlElement

from search.sources.agencies import agency_of_name
from search.sources.blocks import is_silent, lines_of, names, words
from search.sources.draft import Draft, split_tags
from search.sources.lines import classify, is_section, section_of_breadcrumb, without_trailer
from search.sources.names import name_key
from search.sources.paragraphs import one_line
from search.sources.published import moment

# Words of class and id, in the spellings that Iranian sites use.
_KICKER = words("rutitr rotitr rootitr roititr kicker overline pretitle uptitle suptitle ontitle")
_LEAD = words("lead lid lede leed introtext intro subtitle summary abstract excerpt")
_BODY = words("articlebody newsbody storybody bodytext newstext newscontent itemtext")
_BODY_PARTS = words("body text content story matn detail details")
_BODY_OF = words("article news item post story entry nt khabar single main")
_BREADCRUMB = words("breadcrumb breadcrumbs crumb crumbs path")
_TAGS = words("tags tag keywords keyword labels")
_SECTION = words("section service sarvis category cat")
_SMALLER_HEADINGS = words("h2 h3 h4 h5 h6")
# Parts of a page, or of its body, that are not of the article.
_FOREIGN = words(
    "related relation comment comments share sharing social sidebar menu nav navbar navigation footer tags tag "
    "keywords ad ads advert advertisement banner breadcrumb breadcrumbs print toolbar tools newsletter poll login "
    "search copyright shortlink rating recommended mostviewed popular latest widget caption"
)
_FOREIGN_TAGS = words("nav footer aside form figcaption button")
_HOLDERS = words("div article section td main span center font body blockquote")
_NO_NAMES: Set[str] = frozenset()
_TITLE_MARKS = ("|", "::", "»", " - ", " – ", " — ")  # between a headline and the site's name
_BETWEEN_SECTIONS = re.compile(r"[/|»›>\\،]|\s[-–]\s")
_SECTION_PREFIX = re.compile(r"^(?:اخبار|سرویس|گروه|بخش)\s+")
_LEAST_WORDS = 8  # of a paragraph that shows where the body is
_MOST_NAMED_WORDS = 150  # of a kicker or a lead; a longer one is the whole article
_MOST_SECTION_WORDS = 4
_MOST_LINKED = 0.5  # share of a paragraph's words that may be links
_MOST_LINKED_ALONE = 0.9  # share of letters from which a paragraph is nothing but links
_NAMED_BODY, _STATED_BODY = 1.5, 5.0  # what its name, or its microdata, adds to what an element holds


class Structure:
    """A page's elements, and which of them are of the article.

    Args:
        tree: of the whole page.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._elements = list(tree.iter())
        self._names = {
            element: names(element) for element in self._elements if element.get("class") or element.get("id")
        }
        self._headings = [heading for heading in tree.iter("h1") if "".join(heading.itertext()).strip()]
        # What contains the headline contains the article, whatever it is called (`has-sidebar`, `page-menu-left`).
        self._around = {element for heading in self._headings for element in heading.iterancestors()}
        self._foreign: set[HtmlElement] = set()
        self._menus: set[HtmlElement] = set()
        for element in self._elements:
            if is_silent(element) or _is_link_list(element):
                self._menus.add(element)
            if element.getparent() in self._foreign or self._starts_foreign(element):
                self._foreign.add(element)

    def draft(self) -> Draft:
        """What the elements show; a field that nothing shows is empty."""
        browser = one_line("".join(next((title.itertext() for title in self._tree.iter("title")), ())))
        title = self._title(browser)
        draft = Draft(
            title=title,
            agency=agency_of_name(browser.replace(title, " ")),
            kicker=self._named_text(_KICKER, _MOST_NAMED_WORDS) or self._heading_above(),
            lead=self._named_text(_LEAD, _MOST_NAMED_WORDS, after_heading=True),
            section=self._section() or _main_section(self._named_text(_SECTION, _MOST_SECTION_WORDS, least=1)),
            tags=self._tags(),
            published=self._published(),
        )
        container = self._container()
        if container is not None:
            draft.lead = draft.lead or self._bold_opening(container)
            outside = self._foreign | self._above_heading(container)
            draft.body = _body(lines_of(container, outside.__contains__))
        return draft

    def paragraphs(self, element: HtmlElement) -> list[str]:
        """The paragraphs of an element that is known to hold the article's text."""
        outside = self._menus if element in self._foreign else self._foreign
        return _body(lines_of(element, outside.__contains__))

    def lines(self) -> list[str]:
        """The lines of the page, without those of its menus."""
        return lines_of(self._tree, self._menus.__contains__)

    def _title(self, browser: str) -> str:
        """The h1 that the browser's title repeats, else the only h1, else the browser's title."""
        headings = [" ".join(lines_of(heading)) for heading in self._headings]
        repeated = [text for text in headings if name_key(text) in name_key(browser)]
        if repeated:
            return max(repeated, key=len)
        return headings[0] if len(headings) == 1 and len(headings[0].split()) > 2 else _without_site(browser)

    def _heading_above(self) -> str:
        """The smaller heading right above the headline, which is the kicker."""
        above = self._headings[0].getprevious() if self._headings else None
        text = " ".join(lines_of(above)) if above is not None and above.tag in _SMALLER_HEADINGS else ""
        return text if len(text.split()) > 1 and above not in self._foreign else ""

    def _above_heading(self, container: HtmlElement) -> set[HtmlElement]:
        """The elements of the body's container that come before the end of the headline, if that is in it."""
        above: set[HtmlElement] = set()
        for element in (node for heading in self._headings[:1] for node in (heading, *heading.iterancestors())):
            if element is container:
                return above | {self._headings[0]}
            above.update(element.itersiblings(preceding=True))
        return set()

    def _named_text(self, wanted: frozenset[str], most: int, *, least: int = 2, after_heading: bool = False) -> str:
        """The text, of `least` to `most` words, of the element named so that is nearest to the headline."""
        heading = self._elements.index(self._headings[0]) if self._headings else 0
        found = [
            (abs(place - heading), " ".join(lines_of(element)))
            for place, element in enumerate(self._elements)
            if self._called(element) & wanted and element not in self._around and element not in self._foreign
            if place > heading or not after_heading
        ]
        return min((pair for pair in found if least <= len(pair[1].split()) <= most), default=(0, ""))[1]

    def _published(self) -> datetime | date | None:
        """What the first time element of the article means."""
        times = (element for element in self._tree.iter("time") if element not in self._foreign)
        stated = (moment(element.get("datetime") or " ".join(lines_of(element))) for element in times)
        return next(filter(None, stated), None)

    def _bold_opening(self, container: HtmlElement) -> str:
        """The first paragraph, if all of it is bold; sites without a class for the lead set it so."""
        for paragraph in container.iter("p", "div"):
            text = " ".join(lines_of(paragraph)) if paragraph not in self._foreign and _words_of(paragraph) else ""
            if text:
                bold = (" ".join(lines_of(element)) for element in paragraph.iter("strong", "b"))
                return text if text in bold else ""
        return ""

    def _section(self) -> str:
        """The section that the breadcrumb leads through: a known name, or what follows the home page."""
        for element in self._elements:
            if self._called(element) & _BREADCRUMB:
                labels = [text for link in element.iter("a", "li", "span") if (text := " ".join(lines_of(link)))]
                if found := section_of_breadcrumb(" / ".join(dict.fromkeys(labels))):
                    return found
        return ""

    def _tags(self) -> tuple[str, ...]:
        links = [link for link in self._tree.iter("a") if "tag" in link.get("rel", "").split()]
        if not links:
            named = (element for element in self._elements if self._called(element) & _TAGS)
            lists = (element for element in named if element not in self._around)
            links = next((found for element in lists if (found := list(element.iter("a")))), [])
        return split_tags([*(" ".join(lines_of(link)) for link in links), ""])

    def _container(self) -> HtmlElement | None:
        """The element with the most text in paragraphs right under it, or under its children."""
        scores: dict[HtmlElement, float] = defaultdict(float)
        for element in self._elements:
            count = _words_of(element)
            if count < _LEAST_WORDS or element in self._foreign:
                continue
            holder = element.getparent() if element.tag == "p" else element
            if holder is not None:
                scores[holder] += count
                above = holder.getparent()
                if above is not None:
                    scores[above] += count / 2
        return max(
            scores, key=lambda element: scores[element] * _likelihood(element, self._called(element)), default=None
        )

    def _starts_foreign(self, element: HtmlElement) -> bool:
        """Whether an element says itself that it is no text of the article."""
        if element in self._menus:
            return True
        if element in self._around:
            return False
        return element.tag in _FOREIGN_TAGS or bool(self._called(element) & _FOREIGN)

    def _called(self, element: HtmlElement) -> Set[str]:
        """The words of an element's class and id."""
        return self._names.get(element, _NO_NAMES)


def _without_site(browser: str) -> str:
    """The longest part of a browser's title that has the site's name beside the headline."""
    for mark in _TITLE_MARKS:
        if mark in browser:
            return max(browser.split(mark), key=len).strip()
    return browser


def _main_section(text: str) -> str:
    """The section that `سیاسی / مجلس` or `اخبار سیاسی` begins with, where that is a known one; else the text."""
    first = _SECTION_PREFIX.sub("", _BETWEEN_SECTIONS.split(text)[0].strip())
    return first if is_section(name_key(first)) else text


def _words_of(element: HtmlElement) -> int:
    """The number of words of a paragraph, or right inside another element, that are not links."""
    if element.tag != "p":
        direct = [element.text or "", *(child.tail or "" for child in element)]
        return sum(len(text.split()) for text in direct) if element.tag in _HOLDERS else 0
    linked = sum(len("".join(link.itertext()).split()) for link in element.iter("a"))
    count = len("".join(element.itertext()).split())
    return count if linked <= _MOST_LINKED * count else 0


def _likelihood(element: HtmlElement, called: Set[str]) -> float:
    """How much an element's name adds to what its paragraphs say of it."""
    if element.get("itemprop") == "articleBody":
        return _STATED_BODY
    named = called & _BODY or (called & _BODY_PARTS and called & _BODY_OF)
    return _NAMED_BODY if named or element.tag == "article" else 1.0


def _is_link_list(element: HtmlElement) -> bool:
    """Whether a paragraph, a list or a row is nothing but links, as menus and `more on this` are."""
    row = element.tag in ("div", "header", "td") and len(element) > 1 and all(child.tag == "a" for child in element)
    if not row and element.tag not in ("p", "ul", "ol", "li", "h2", "h3", "h4", "h5"):
        return False
    if next(element.iterdescendants("ul", "ol"), None) is not None:
        return False
    if row and section_of_breadcrumb(" ".join(lines_of(element))):
        return False
    linked = sum(map(_letters, element.iter("a")))
    return bool(linked) and linked > _MOST_LINKED_ALONE * _letters(element)


def _letters(element: HtmlElement) -> int:
    return sum(len(word) for text in element.itertext() for word in text.split())


def _body(texts: list[str]) -> list[str]:
    """The paragraphs among the lines of the body's element, up to where the article is over."""
    body: list[str] = []
    for line in map(classify, texts):
        if line.ends and body:
            break
        if line.other and (text := without_trailer(line.text)):
            body.append(text)
    return body
