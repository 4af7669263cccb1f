"""Stopwords: words that keep a form and a position and give nothing to search for."""

from __future__ import annotations

from search.persian.affixes import SUFFIXES
from search.persian.letters import ZWNJ, fold
from search.persian.packaged import lines
from search.persian.variants import respell
from search.persian.verbs import IMPERFECTIVE

_HOSTS = ("خود", "برای")  # function words that take a possessive: برایشان
_PERFECT = ("ام", "ای", "ایم", "اید", "اند")
_POSSESSIVES = ("م", "ت", "ش", "مان", "تان", "شان")

_WORDS = frozenset(
    ("ات", "اش", "ام", "تان", "تر", "ترین", "شان", "مان")
)  # words too, where no host takes them: آش, تر, شأن


def stopwords() -> frozenset[str]:
    """The packaged list as folded solid forms, with the affixes that may stand alone when nothing hosts them."""
    listed = {respell(fold(word).replace(ZWNJ, "")) for word in lines("stopwords.txt")}
    listed |= {host + ending for host in _HOSTS for ending in _POSSESSIVES}
    listed |= {word + ending for word in listed if word.endswith("ده") for ending in _PERFECT}  # شده‌ام, کرده‌ای
    return frozenset(listed | (SUFFIXES - _WORDS) | IMPERFECTIVE)
