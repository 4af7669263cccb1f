"""HTML elements -> the lines that a browser would show, and what their names say they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree, html

from search.sources.paragraphs import one_line


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


# Elements that start and end a line.
_BLOCKS = words(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul"
)
# Elements that hold no text of the page.
_SILENT = words(
    "applet audio button canvas embed head iframe input link math meta noscript object script select style svg "
    "template textarea video"
)
# Neighbours of these are set apart by style sheets, not by spaces.
_APART = words("span a time label")
MAX_ATTRIBUTES = 500
MAX_ELEMENTS = 50_000  # of a page; the longest have a few thousand
_QUOTED = r"""(?:"[^"]*+"|'[^']*+')"""
_LONG_TAG = re.compile(rf"""<[a-zA-Z](?:[^"'>]|{_QUOTED}){{{MAX_ATTRIBUTES},}}+""")
_LONGEST_NAME = 500  # characters of a class or an id that are looked at
_NAME = re.compile(r"[a-z]+|\d+")


def parse(text: str) -> html.HtmlElement | None:
    """The tree of a page, however broken; None where there is nothing to parse. Nothing is fetched or expanded.

    A page with a tag of more than MAX_ATTRIBUTES is not parsed: libxml2 takes time by the square of their number. Nor
    is one of more than MAX_ELEMENTS: a few bytes each would take minutes.
    """
    if text.count("<") - text.count("</") > MAX_ELEMENTS:
        return None
    if any(_attributes(tag[0]) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        return None
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _attributes(tag: str) -> int:
    return len(re.sub(_QUOTED, "", tag).split())


def markup_lines(text: str) -> list[str]:
    """The lines of a text with HTML tags in it."""
    tree = parse(text)
    return lines_of(tree) if tree is not None else []


def is_silent(element: html.HtmlElement) -> bool:
    """Whether an element holds no text that a reader of the page would see."""
    return element.tag in _SILENT


def lines_of(root: html.HtmlElement, skipped: Callable[[html.HtmlElement], bool] = is_silent) -> list[str]:
    """The lines under an element, in order, with white space collapsed; without the elements that are skipped."""
    lines: list[str] = []
    line: list[str] = []

    def end_line() -> None:
        if text := one_line("".join(line)):
            lines.append(text)
        line.clear()

    ended = ""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            end_line()
        if event == "start":
            if ended in _APART and element.tag in _APART:
                line.append(" ")
            if element is not root and skipped(element):
                walk.skip_subtree()
            else:
                line.append(element.text or "")
            ended = ""
        elif element is not root:
            line.append(element.tail or "")
            ended = "" if element.tail else str(element.tag)
    end_line()
    return lines


def names(element: html.HtmlElement) -> set[str]:
    """The words of an element's class and id: `news-Body_2` gives news, body and 2."""
    named = f"{element.get('class', '')[:_LONGEST_NAME]} {element.get('id', '')[:_LONGEST_NAME]}"
    return set(_NAME.findall(named.lower()))
