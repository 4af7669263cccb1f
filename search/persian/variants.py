"""Spellings of one word that folding leaves apart: other seats of the hamza, Arabic letters of old loans."""

from __future__ import annotations

import re
from functools import cache

from search.persian.letters import fold
from search.persian.packaged import pairs

_PREFIXES = ("نا", "بی", "هم", "غیر")


@cache
def _variants() -> tuple[frozenset[str], re.Pattern[str], dict[str, str]]:
    """How words with a variant begin (three letters), a pattern of all their beginnings, what each variant becomes."""
    table = {fold(variant): fold(standard) for variant, standard in pairs("variants.tsv")}
    longest_first = sorted(table, key=len, reverse=True)
    starts = frozenset((prefix + variant)[:3] for prefix in ("", *_PREFIXES) for variant in table)
    alternatives = "|".join(map(re.escape, longest_first))
    return starts, re.compile(f"^({'|'.join(_PREFIXES)})?({alternatives})"), table


def respell(word: str) -> str:
    """The standard spelling of a folded solid word, where the word begins with a known variant; else the word."""
    starts, pattern, table = _variants()
    if word[:3] not in starts:
        return word
    return pattern.sub(lambda match: (match[1] or "") + table[match[2]], word)
