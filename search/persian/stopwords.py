"""Stopwords: words that keep a form and a position and give nothing to search for."""

from __future__ import annotations

from search.persian.letters import ZWNJ, fold
from search.persian.packaged import lines
from search.persian.spacing import SUFFIXES
from search.persian.variants import respell
from search.persian.verbs import IMPERFECTIVE


def stopwords() -> frozenset[str]:
    """The packaged list as folded solid forms, with the affixes that may stand alone when nothing hosts them."""
    listed = {respell(fold(word).replace(ZWNJ, "")) for word in lines("stopwords.txt")}
    return frozenset(listed | SUFFIXES | IMPERFECTIVE)
