"""What was taken from a page, and from where: for whoever writes a page profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from search.sources.blocks import is_silent, lines_of
from search.sources.draft import split_tags
from search.sources.html import ADDRESS, JSON_LD, META, PROFILE, Page
from search.sources.lines import facts_of
from search.sources.names import name_key
from search.sources.page_profile import FIELDS, PageRule
from search.sources.paragraphs import one_line
from search.sources.published import moment

_STEPS = 3  # of a path
_CLASSES = 2  # of one step
_MOST_ELEMENTS = 3  # that are shown for one field
_LONGEST_DATE = 160  # characters of a line that may hold the date


class Traced(NamedTuple):
    """One field of the article of a page.

    Attributes:
        field: its name.
        witness: who gave the value, as in `search.sources.html`; "" where nobody did.
        rule: the selector that found it.
        missed: the selectors of the profile that were asked first and found nothing.
        elements: paths of the elements that hold the value, as far as they can be told.
    """

    field: str
    witness: str
    rule: str
    missed: tuple[str, ...]
    elements: tuple[str, ...]


def trace(page: Page) -> list[Traced]:
    """Where each field of a page's article is from, in the order of FIELDS."""
    return [_traced(page, field) for field in FIELDS]


def _traced(page: Page, field: str) -> Traced:
    rules = page.choice.profile.fields.get(field, ()) if page.choice else ()
    value = getattr(page.draft, field)
    witness = page.witnesses.get(field, "") if value else ""
    found = page.found.get(field)
    if witness == PROFILE and found is not None:
        missed = rules[: rules.index(found.rule)]
        return Traced(field, witness, found.rule.select, _selectors(missed), _paths(found.elements))
    elements = _holders(page.tree, field, value, witness) if witness not in ("", PROFILE) else []
    return Traced(field, witness, "", _selectors(rules), _paths(elements))


def _selectors(rules: Sequence[PageRule]) -> tuple[str, ...]:
    return tuple(rule.select for rule in rules)


def element_path(element: HtmlElement) -> str:
    """Where an element stands, in the way of a CSS selector: `article#item > div.item-title > h1.title`."""
    steps = [_step(element)]
    for above in element.iterancestors():
        if "#" in steps[0] or len(steps) == _STEPS or above.tag in ("html", "body"):
            break
        steps.insert(0, _step(above))
    return " > ".join(steps)


def _step(element: HtmlElement) -> str:
    if element.tag == "meta":
        name = next((name for name in ("property", "name", "itemprop") if element.get(name)), "name")
        return f'meta[{name}="{element.get(name)}"]'
    if element.get("id"):
        return str(element.tag) + f"#{element.get('id')}"
    return ".".join([str(element.tag), *element.get("class", "").split()[:_CLASSES]])


def _paths(elements: Sequence[HtmlElement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(element_path, elements)))[:_MOST_ELEMENTS]


def _holders(tree: HtmlElement, field: str, value: Any, witness: str) -> list[HtmlElement]:
    """The elements that hold a value that no rule found."""
    if witness in (JSON_LD, ADDRESS):
        return []
    if witness == META:
        return [meta for meta in tree.iter("meta", "link") if _states(meta, value)]
    if isinstance(value, date):
        return [element for element in tree.iter() if _dates(element) == value][-1:]
    if field == "body":
        return _around(_shown(tree, value[0]), _shown(tree, value[-1]))
    return _shown(tree, value[0] if isinstance(value, tuple) else value)


def _states(element: HtmlElement, value: Any) -> bool:
    """Whether a meta or link element says a value."""
    said = one_line(element.get("content") or element.get("href") or "")
    if isinstance(value, date):
        return moment(said) == value
    return value[0] in split_tags([said]) if isinstance(value, tuple) else said == value


def _dates(element: HtmlElement) -> datetime | date | None:
    """The date of an element that holds a date line and nothing else."""
    if not _is_seen(element) or sum(map(len, element.itertext())) > _LONGEST_DATE:
        return None
    facts = facts_of(_text(element))
    return moment(element.get("datetime") or (facts.date if facts else ""))


def _shown(tree: HtmlElement, value: str) -> list[HtmlElement]:
    """The elements of the body that show a text and nothing else; where there are none, the innermost that has it."""
    key = name_key(value)
    current = next(tree.iter("body"), None)
    holding = None
    while current is not None and key in name_key(_text(current)):
        holding = current
        current = next((child for child in current if _is_seen(child) and key in name_key(_text(child))), None)
    if holding is None or not key:
        return []
    whole = [element for element in tree.iter() if _is_seen(element) and _is_as_long(element, value)]
    return [element for element in whole if name_key(_text(element)) == key] or [holding]


def _is_as_long(element: HtmlElement, value: str) -> bool:
    """Whether an element can show a text and nothing else: a cheap look before the dear one."""
    return len(value) // 2 <= sum(map(len, element.itertext())) <= 2 * len(value) + 20


def _is_seen(element: HtmlElement) -> bool:
    return not is_silent(element) and element.tag != "title"


def _text(element: HtmlElement) -> str:
    return " ".join(lines_of(element))


def _around(first: list[HtmlElement], last: list[HtmlElement]) -> list[HtmlElement]:
    """The innermost element that the first and the last paragraph are in."""
    if not first or not last:
        return first or last
    around = {last[-1], *last[-1].iterancestors()}
    return [next(element for element in (first[0], *first[0].iterancestors()) if element in around)]
