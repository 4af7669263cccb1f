"""Finglish: Persian words written in Latin letters, read back by rules of spelling that a vocabulary confirms.

Latin letters drop what Persian writing keeps apart (z stands for ز, ذ, ض or ظ) and write what it leaves out (short
vowels), so that one Latin word has hundreds of readings. Only those count that begin, letter by letter, some word of
a given vocabulary: `readings` walks the rules along the Latin word and down the sorted vocabulary together, like an
automaton, and keeps the cheapest states at each letter. No table of names is used.

The rules and their costs are in `data/finglish.tsv`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from search.persian.packaged import lines

_BEAM = 150  # states kept at each letter; more finds no better readings
_LONGEST = 24  # letters of a Latin word
_LONGEST_RULE = 4
_BEHIND_ALL_LETTERS = "\U0010ffff"
_DOUBLED = 0.1  # the second of two equal consonants is not written in Persian

_Alternatives = tuple[tuple[str, float], ...]


class Reading(NamedTuple):
    """A word of the vocabulary that a Latin word may spell: its place there, and what that costs (0 is best)."""

    place: int
    cost: float


class _State(NamedTuple):
    """A beginning of words, the range of the vocabulary that has it, and its cost."""

    prefix: str
    low: int
    high: int
    cost: float


def readings(word: str, vocabulary: Sequence[str]) -> list[Reading]:
    """Find the words of a vocabulary that a Finglish word may spell, cheapest first.

    Takes time in proportion to the letters, 150 states, the alternatives of a letter (about four) and the logarithm
    of the vocabulary; a few milliseconds.

    Args:
        word: Latin letters in any case, `'` and `-`; anything else has no readings.
        vocabulary: folded words in the order of their code points.
    """
    latin = word.lower().replace("\u2019", "'").replace("-", "")
    if not re.fullmatch(r"[a-z']+", latin) or len(latin) > _LONGEST:
        return []
    waiting: list[dict[str, _State]] = [{} for _ in range(len(latin) + 1)]
    waiting[0][""] = _State("", 0, len(vocabulary), 0.0)
    for place in range(len(latin)):
        cheapest = sorted(waiting[place].values(), key=lambda state: state.cost)[:_BEAM]
        for length, alternatives in _steps(latin, place):
            _advance(cheapest, alternatives, vocabulary, waiting[place + length])
    return sorted(
        (Reading(low, cost) for prefix, low, high, cost in waiting[-1].values() if vocabulary[low] == prefix),
        key=lambda reading: reading.cost,
    )


def _steps(latin: str, place: int) -> Iterator[tuple[int, _Alternatives]]:
    """The rules that apply at a place: how many Latin letters each takes, and what they may be in Persian."""
    for length in range(1, min(_LONGEST_RULE, len(latin) - place) + 1):
        letters = latin[place : place + length]
        where = "start" if place == 0 else "end" if place + length == len(latin) else "anywhere"
        alternatives = _rules().get((where, letters)) or _rules().get(("anywhere", letters))
        if alternatives:
            yield length, alternatives
        if length == 2 and letters[0] == letters[1] and letters[0] not in "aeiou'":
            single = _rules()["anywhere", letters[0]]
            yield length, tuple((persian, cost + _DOUBLED) for persian, cost in single)


def _advance(
    states: list[_State], alternatives: _Alternatives, vocabulary: Sequence[str], arrivals: dict[str, _State]
) -> None:
    """Lengthen each state by each alternative, and keep those that still begin some word of the vocabulary."""
    for prefix, low, high, cost in states:
        for persian, its_cost in alternatives:
            longer, total = prefix + persian, cost + its_cost
            known = arrivals.get(longer)
            if known is not None:
                if total < known.cost:
                    arrivals[longer] = known._replace(cost=total)
                continue
            first = bisect_left(vocabulary, longer, low, high)
            if first < high and vocabulary[first].startswith(longer):
                last = bisect_left(vocabulary, longer + _BEHIND_ALL_LETTERS, first, high)
                arrivals[longer] = _State(longer, first, last, total)


@cache
def _rules() -> dict[tuple[str, str], _Alternatives]:
    """(place, Latin letters) -> Persian letters with costs."""
    rows = (line.split("\t") for line in lines("finglish.tsv"))
    return {(place, latin): tuple(map(_alternative, persian.split(", "))) for place, latin, persian in rows}


def _alternative(text: str) -> tuple[str, float]:
    persian, cost = text.split()
    return ("" if persian == "-" else persian), float(cost)
