"""Lexemes -> nodes: what the reader means.

    either  := all ( OR all )*
    all     := ( [NOT] operand )+
    operand := "(" either ")" | words | phrase | pattern | field value

AND binds closer than OR. An operator without its operands, a bracket or quote without its partner, a field without
a value and a date that is none are read as the words that they are, and a hint says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from search import jalali
from search.jalali import Period
from search.query.lexer import Lexeme, lexemes
from search.query.nodes import All, Days, Either, Exact, Excluded, Node, Pattern, Phrase, Words

LONGEST_READ = 4000  # characters: twice what a request may have, and the bound on all that follows
DEEPEST = 20  # brackets inside brackets
MOST_PATTERNS = 8
WIDEST_NEAR = 50  # words
_MOST_STARS = 3
_SHORTEST_FUZZY = 3  # letters; to a shorter word nearly every word is near
_LONGEST_QUOTED = 40  # characters of the query in a hint
_LONGEST_DATE = 5  # words: پنجشنبه ۲۴ تیر ماه ۱۴۰۰

_OPERANDS = frozenset({"word", "phrase", "field", "open"})
_SURROGATE = re.compile("[\ud800-\udfff]")  # halves of pairs, which no term can hold
_FUZZY = re.compile(r"(.*\w)~(\d?)")
_TEXT_FIELDS = frozenset({"title"})
_DATES: dict[str, Callable[[Period], Days]] = {
    "from": lambda period: Days(period.first.toordinal(), None),
    "to": lambda period: Days(None, period.last.toordinal()),
    "on": lambda period: Days(period.first.toordinal(), period.last.toordinal()),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was understood: what was typed, its node (None asks for everything), and hints in Persian."""

    text: str
    node: Node | None
    hints: tuple[str, ...]


def read(text: str) -> Reading:
    """Understand a query. Never fails; what is beyond `LONGEST_READ` characters is left out, with a hint."""
    hints: dict[str, None] = {}
    if len(text) > LONGEST_READ:
        hints[f"پرسش بسیار بلند بود؛ تنها {jalali.persian_digits(LONGEST_READ)} نویسهٔ نخست آن خوانده شد."] = None
    text = _SURROGATE.sub(" ", text[:LONGEST_READ])
    node = _Parser(text, _balanced(list(lexemes(text)), hints), hints).either()
    return Reading(text, node, tuple(hints))


def _balanced(found: Sequence[Lexeme], hints: dict[str, None]) -> list[Lexeme]:
    """Without quotes and brackets that have no partner, and without brackets that are too deep."""
    opened: list[int] = []
    kept = [lexeme.kind not in ("open", "close", "unclosed") for lexeme in found]
    for number, lexeme in enumerate(found):
        if lexeme.kind == "open":
            opened.append(number)
        elif lexeme.kind == "close" and opened:
            partner = opened.pop()
            kept[number] = kept[partner] = len(opened) < DEEPEST
    if not all(kept):
        _hint_at_dropped({lexeme.kind for lexeme, keep in zip(found, kept, strict=True) if not keep}, hints)
    return [lexeme for lexeme, keep in zip(found, kept, strict=True) if keep]


def _hint_at_dropped(kinds: set[str], hints: dict[str, None]) -> None:
    if "unclosed" in kinds:
        hints["گیومه‌ای بسته نشده است؛ واژه‌ها جدا از هم جست‌وجو شدند."] = None
    if kinds & {"open", "close"}:
        hints["پرانتزها جفت نیستند یا بیش از اندازه تودرتو هستند؛ پرانتزهای اضافه نادیده گرفته شدند."] = None


class _Parser:
    """Walks over the lexemes of a text whose brackets are balanced; adds to `hints` on the way."""

    def __init__(self, text: str, found: list[Lexeme], hints: dict[str, None]) -> None:
        self._text = text
        self._lexemes = found
        self._hints = hints
        self._at = 0
        self._patterns = 0

    def either(self) -> Node | None:
        """What stands up to a closing bracket, or the end; None where nothing does."""
        branches = [self._all()]
        while self._kind() == "or":
            self._at += 1
            branches.append(self._all())
        nodes = tuple(node for node in branches if node)
        return Either(nodes) if len(nodes) > 1 else next(iter(nodes), None)

    def _all(self) -> Node | None:
        nodes: list[Node] = []
        while (kind := self._kind()) not in ("", "close"):
            if kind in ("or", "and") and not (nodes and self._kind(1) in _OPERANDS | {"not"}):
                self._read_as_word()
            elif kind == "or":
                break
            elif kind == "and":
                self._at += 1
            elif kind == "not" and self._kind(1) not in _OPERANDS:
                self._read_as_word()
            elif node := self._excluded() if kind == "not" else self._operand():
                nodes.append(node)
        return All(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)

    def _excluded(self) -> Node | None:
        self._at += 1
        node = self._operand(alone=True)
        return node and Excluded(node)

    def _operand(self, alone: bool = False) -> Node | None:
        """The operand that begins here; of plain words only one if `alone`, else all that follow each other."""
        lexeme = self._next()
        if lexeme.kind == "open":
            node = self.either()
            self._at += 1
            return node
        if lexeme.kind == "phrase":
            return self._phrase(lexeme)
        if lexeme.kind == "field":
            return self._field(lexeme)
        return self._pattern(lexeme) or self._words(lexeme, alone)

    def _kind(self, ahead: int = 0) -> str:
        """The kind of the lexeme here, or further on; "" beyond the end."""
        at = self._at + ahead
        return self._lexemes[at].kind if at < len(self._lexemes) else ""

    def _next(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _read_as_word(self) -> None:
        """Turn the operator here, which has no operands, into a word; a sign is passed over."""
        lexeme = self._lexemes[self._at]
        if not lexeme.text.isalpha():
            self._at += 1
        else:
            self._lexemes[self._at] = replace(lexeme, kind="word")
        if len(self._lexemes) > 1:
            self._hints[f"«{lexeme.text}» میان یا پیش از واژه‌ها معنا دارد؛ این‌جا واژه‌ای ساده شمرده شد."] = None

    # --- Words, phrases, patterns ---

    def _words(self, first: Lexeme, alone: bool, place: str = "") -> Words | None:
        end = first.end
        while not alone and self._kind() == "word" and not _is_pattern(_trimmed(self._lexemes[self._at])[1]):
            end = self._next().end
        text = self._text[first.start : end]
        return Words(text, first.start, place) if any(map(str.isalnum, text)) else None

    def _phrase(self, lexeme: Lexeme, place: str = "") -> Node | None:
        if not any(map(str.isalnum, lexeme.text)):
            return None
        near = min(int(lexeme.value or 1), WIDEST_NEAR)
        return Phrase(lexeme.text, lexeme.start, max(near, 1), place)

    def _pattern(self, lexeme: Lexeme, place: str = "") -> Node | None:
        """The pattern that a word is, or None for a plain word, also where a pattern cannot be looked up."""
        start, text = _trimmed(lexeme)
        if not _is_pattern(text):
            return None
        fuzzy = _FUZZY.fullmatch(text)
        if problem := self._problem(fuzzy[1] if fuzzy else text, bool(fuzzy)):
            self._hints[problem] = None
            return None
        self._patterns += 1
        if fuzzy:
            return Pattern(fuzzy[1], start, max(1, min(2, int(fuzzy[2] or 1))), place)
        return Pattern(re.sub(r"\*+", "*", text), start, 0, place)

    def _problem(self, text: str, fuzzy: bool) -> str:
        letters = sum(map(str.isalnum, text))
        if fuzzy and letters < _SHORTEST_FUZZY:
            return "برای «~» واژه باید دست‌کم سه حرف داشته باشد."
        if not letters:
            return "ستاره (*) به دست‌کم یک حرف در کنارش نیاز دارد."
        if len(re.findall(r"\*+", text)) > _MOST_STARS:
            return "در یک واژه بیش از سه ستاره (*) نمی‌توان نوشت؛ واژه بدون ستاره جست‌وجو شد."
        if self._patterns >= MOST_PATTERNS:
            return "شمار الگوها (* و ~) بیش از اندازه بود؛ بقیه واژهٔ ساده شمرده شدند."
        return ""

    # --- Fields ---

    def _field(self, name: Lexeme) -> Node | None:
        if self._kind() not in ("word", "phrase"):
            self._hints[f"پس از «{name.text}:» چیزی نوشته نشده است؛ خود واژه جست‌وجو شد."] = None
            return Words(name.text, name.start)
        if name.value in _TEXT_FIELDS:
            lexeme = self._next()
            if lexeme.kind == "phrase":
                return self._phrase(lexeme, name.value)
            return self._pattern(lexeme, name.value) or self._words(lexeme, True, name.value)
        if name.value in _DATES:
            return self._days(name)
        value = self._next().text.strip()
        return Exact(name.value, value) if value else None

    def _days(self, name: Lexeme) -> Node:
        """The range of days of a field; the date is the longest one that the next words are, quoted or not."""
        reach = 1
        while reach < _LONGEST_DATE and self._kind(0) == self._kind(reach) == "word":
            reach += 1
        for count in range(reach, 0, -1):
            first, last = self._lexemes[self._at], self._lexemes[self._at + count - 1]
            text = first.text if first.kind == "phrase" else self._text[first.start : last.end]
            if period := jalali.parse_period(text):
                self._at += count
                return _DATES[name.value](period)
        text = self._lexemes[self._at].text[:_LONGEST_QUOTED]
        self._hints[f"«{text}» پس از «{name.text}:» تاریخ نیست؛ تاریخ را مانند ۱۴۰۰/۰۴/۲۴ یا ۱۴۰۰ بنویسید."] = None
        return Words(name.text, name.start)


def _trimmed(word: Lexeme) -> tuple[int, str]:
    """The word without punctuation around it, and where it then begins."""
    inside = [place for place, char in enumerate(word.text) if char.isalnum() or char in "*~"]
    return word.start + inside[0], word.text[inside[0] : inside[-1] + 1]


def _is_pattern(text: str) -> bool:
    return "*" in text or _FUZZY.fullmatch(text) is not None
