"""A page and the profile of its site -> what the rules of the profile find, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from lxml.html import HtmlElement

from search.jalali import ascii_digits
from search.sources.blocks import lines_of
from search.sources.draft import Draft, split_tags
from search.sources.names import name_key
from search.sources.page_profile import PageProfile, PageRule, compiled
from search.sources.paragraphs import one_line, without_controls
from search.sources.published import moment, moment_in_match


class Found(NamedTuple):
    """What filled a field: one of its rules, and the elements that it took."""

    rule: PageRule
    elements: tuple[HtmlElement, ...]


def drop_elements(tree: HtmlElement, profile: PageProfile) -> None:
    """Removes from a page what the profile says is no part of an article; the text that follows it stays."""
    for select in profile.drop:
        for element in compiled(select)(tree):
            if element.getparent() is not None:
                element.drop_tree()


def apply(
    profile: PageProfile, tree: HtmlElement, body_of: Callable[[HtmlElement], list[str]]
) -> tuple[Draft, dict[str, Found]]:
    """What the rules find, and by which rule, field by field.

    Args:
        profile: of the page's site.
        tree: of the page.
        body_of: gives the paragraphs of an element.
    """
    draft, found = Draft(), {}
    for field, rules in profile.fields.items():
        for rule in rules:
            if elements := _filled(draft, field, rule, tree, body_of):
                found[field] = Found(rule, elements)
                break
    draft.agency = draft.agency or profile.agency
    draft.section = profile.sections.get(name_key(draft.section), draft.section)
    return draft, found


def _filled(
    draft: Draft, field: str, rule: PageRule, tree: HtmlElement, body_of: Callable[[HtmlElement], list[str]]
) -> tuple[HtmlElement, ...]:
    """The elements that a rule filled a field from; none where it found nothing."""
    elements = compiled(rule.select)(tree)
    if field == "body":
        pairs = [(element, body_of(element)) for element in _outermost(elements)]
    else:
        pairs = [(element, [text]) for element in elements if (text := _text(element, rule))]
    pairs = _taken([pair for pair in pairs if pair[1]], rule)
    if pairs and _set(draft, field, [text for _, texts in pairs for text in texts], rule.pattern):
        return tuple(element for element, _ in pairs)
    return ()


def _taken(pairs: list[tuple[HtmlElement, list[str]]], rule: PageRule) -> list[tuple[HtmlElement, list[str]]]:
    match rule.take:
        case "first":
            return pairs[:1]
        case "last":
            return pairs[-1:]
        case "all":
            return pairs


def _outermost(elements: list[HtmlElement]) -> Iterator[HtmlElement]:
    """Those that are in none of the others, so that no paragraph counts twice."""
    chosen = set(elements)
    return (element for element in elements if chosen.isdisjoint(element.iterancestors()))


def _text(element: HtmlElement, rule: PageRule) -> str:
    """The attribute or the text of an element, on one line."""
    return one_line(
        without_controls(element.get(rule.attribute, "")) if rule.attribute else " ".join(lines_of(element))
    )


def _picked(text: str, pattern: re.Pattern[str] | None) -> str:
    """What a pattern takes of a text: its first group, or the whole match where it has none."""
    if pattern is None:
        return text
    match = pattern.search(text)
    return one_line(match[1] or "" if pattern.groups else match[0]) if match else ""


def _set(draft: Draft, field: str, texts: list[str], pattern: re.Pattern[str] | None) -> bool:
    """Fills a field of the draft; whether that came to anything."""
    if field == "published":
        text = " ".join(texts)
        draft.published = _moment(text, pattern)
        draft.undated = "" if draft.published else text
        return draft.published is not None
    texts = list(filter(None, (_picked(text, pattern) for text in texts)))
    match field:
        case "body":
            draft.body = texts
        case "tags":
            draft.tags = split_tags(texts)
        case "author":
            draft.author = "، ".join(dict.fromkeys(texts))
        case "code":
            draft.code = ascii_digits("".join(texts))
        case _:
            setattr(draft, field, " ".join(texts))
    return bool(texts)


def _moment(text: str, pattern: re.Pattern[str] | None) -> datetime | date | None:
    if pattern is None:
        return moment(text)
    match = pattern.search(text)
    return moment_in_match(match) if match else None
