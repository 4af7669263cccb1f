"""Spellings of one word that folding leaves apart: other seats of the hamza, Arabic letters of old loans."""

from __future__ import annotations

import re
from functools import cache

from search.persian.letters import fold
from search.persian.packaged import pairs


@cache
def _variants() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all variant beginnings of words, and what each becomes."""
    table = {fold(variant): fold(standard) for variant, standard in pairs("variants.tsv")}
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile("^(نا|بی|هم|غیر)?(" + "|".join(map(re.escape, longest_first)) + ")"), table


def respell(word: str) -> str:
    """The standard spelling of a folded solid word, where the word begins with a known variant; else the word."""
    pattern, table = _variants()
    if not pattern.match(word):
        return word
    return pattern.sub(lambda match: (match[1] or "") + table[match[2]], word)
