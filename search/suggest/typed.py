"""The words of a typed query that may be corrected, and the query with some of them replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from search.persian import Analyzer, Tables, Token

Kind = Literal["spelling", "spacing", "layout", "finglish"]

# What is not a word to be corrected: an excluded word, the name of a field, a pattern, an operator.
_KEPT = re.compile(
    r"(?<![^\s(])-\S+ | [^\W\d]\w*:(?=\S) | [^\s\"()]*[\w\u200c][*~][^\s()]* | \b(?:OR|AND|NOT)\b", re.VERBOSE
)
_LATIN = re.compile(r"(?<![^\s\"(:«])[a-z](?:[a-z'’-]*[a-z])?(?![^\s\").,:!?؟،»])", re.IGNORECASE)
_PERSIAN = re.compile("[آ-ی]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query.

    Attributes:
        start, end: its characters there.
        form: as the index holds it.
        known: whether dictionaries have it, or the word that it is an inflection of.
    """

    start: int
    end: int
    form: str
    known: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """What may stand in the place of some characters of the query.

    Attributes:
        start, end: the characters.
        text: as a reader writes it.
        kind: what went wrong.
        price: how unlikely the error is that leads from it to what was typed, in nats.
        gain: how much likelier it is than what was typed: ln of how many more articles have it, less the price.
    """

    start: int
    end: int
    text: str
    kind: Kind
    price: float
    gain: float


def words(query: str, analyzer: Analyzer) -> list[Word]:
    """The words that may be wrong, in order: without operators, fields' names, patterns, excluded words, numbers.

    A solid string that the analyzer takes for several words is one word here, since the cut may be a wrong guess.
    """
    kept = [match.span() for match in _KEPT.finditer(query)]
    latin = [Word(match.start(), match.end(), match[0].lower(), False) for match in _LATIN.finditer(query)]
    found = [*latin, *_persian_words(query, analyzer)]
    return sorted(
        (word for word in found if not any(start < word.end and word.start < end for start, end in kept)),
        key=lambda word: word.start,
    )


def _persian_words(query: str, analyzer: Analyzer) -> list[Word]:
    found: list[Word] = []
    for token in analyzer.analyze(query):
        if not _PERSIAN.fullmatch(token.form):
            continue
        if found and found[-1].end >= token.start:
            form = found[-1].form + token.form
            found[-1] = Word(found[-1].start, token.end, form, form in analyzer.tables.splits)
        else:
            found.append(Word(token.start, token.end, token.form, _is_known(token, analyzer.tables)))
    return found


def _is_known(token: Token, tables: Tables) -> bool:
    verb = token.form in tables.verbs or token.form in tables.verbal
    return verb or any(word in tables.words for word in (token.form, *token.lemmas))


def replaced(query: str, replacements: Iterable[Replacement]) -> str:
    """The query with the replacements made; they do not overlap."""
    for replacement in sorted(replacements, key=lambda replacement: -replacement.start):
        query = query[: replacement.start] + replacement.text + query[replacement.end :]
    return query
