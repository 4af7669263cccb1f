"""Text -> lexemes, in one pass from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from search.persian import fold

Kind = Literal["word", "phrase", "open", "close", "or", "and", "not", "field", "unclosed"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query.

    Attributes:
        text: the characters between `start` and `end`; of a phrase, what stands between the quotes.
        value: of a field, its name in the index; of a phrase, the digits after `~`.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: str = ""


# Names that may stand before a colon, folded -> the field.
FIELDS = {
    name: field
    for field, names in {
        "title": "title عنوان تیتر",
        "section": "section بخش سرویس",
        "agency": "agency خبرگزاری",
        "tag": "tag برچسب کلیدواژه",
        "author": "author نویسنده خبرنگار",
        "code": "code کد کدخبر",
        "from": "from از",
        "to": "to تا",
        "on": "date تاریخ روز year سال month ماه",
    }.items()
    for name in names.split()
}

_OPERATORS: dict[str, Kind] = {"یا": "or", "OR": "or", "AND": "and", "NOT": "not"}
_CLOSERS = {'"': '"', "“": "”“", "”": "”“", "„": "”“", "«": "»"}
_LEXEME = re.compile(
    r"""
      (?P<space>  \s+ )
    | (?P<open>   \( )
    | (?P<close>  \) )
    | (?P<or>     \|+ )
    | (?P<quote>  ["“”„«»] )
    | (?P<not>    (?<![^\s(|]) [-−] (?=[^\s()|−-]|\() )
    | (?P<word>   [^\s()|"“”„«»]+ )
    """,
    re.VERBOSE,
)
_NEAR = re.compile(r"~(\d{1,3})")
_FIELD = re.compile(r"([^\W\d_][\w\u200c]*)[:：]")


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes of a text; `unclosed` stands for a quote without its partner. Words without a letter are left out."""
    absent: set[str] = set()  # closing quotes that do not come any more
    at = 0
    while found := _LEXEME.match(text, at):
        at = found.end()
        kind = found.lastgroup
        if kind == "quote":
            phrase = _phrase(text, found.start(), absent)
            at = phrase.end
            yield phrase
        elif kind == "word":
            yield from _word(found[0], found.start())
        elif kind != "space":
            yield Lexeme(cast(Kind, kind), found[0], found.start(), at)


def _phrase(text: str, start: int, absent: set[str]) -> Lexeme:
    """The phrase whose opening quote stands at `start`."""
    closers = _CLOSERS.get(text[start], "")
    ends = [] if closers in absent else [end for mark in closers if (end := text.find(mark, start + 1)) > 0]
    if not ends:
        absent.add(closers)
        return Lexeme("unclosed", text[start], start, start + 1)
    end = min(ends)
    near = _NEAR.match(text, end + 1)
    return Lexeme("phrase", text[start + 1 : end], start + 1, near.end() if near else end + 1, near[1] if near else "")


def _word(text: str, start: int) -> Iterator[Lexeme]:
    """An operator, a word, or the name of a field and the word behind its colon."""
    end = start + len(text)
    folded = text if text.isascii() else fold(text)
    if folded in _OPERATORS:
        yield Lexeme(_OPERATORS[folded], text, start, end)
        return
    name = _FIELD.match(text)
    field = FIELDS.get(fold(name[1]).replace("\u200c", "")) if name else None
    if name and field:
        yield Lexeme("field", name[1], start, start + name.end(), field)
        start += name.end()
        text = text[name.end() :]
    if any(char.isalnum() or char == "*" for char in text):
        yield Lexeme("word", text, start, end)
