"""What hazm knows about Persian words, read from the data files of its package without importing hazm.

Importing hazm takes over a second (it brings its taggers); its two word lists are plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from search.persian.letters import ZWNJ, fold
from search.persian.variants import respell

# Flags of a known word.
ADJECTIVE = 1
PLURAL = 2
COMMON = 4  # hazm counts it a thousand times and more

_COMMON_COUNT = 1000
_WORD = re.compile(r"[^\W\d_]{2,}(?:\u200c[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A dictionary of folded words.

    Attributes:
        words: solid words (no half-space) that hazm's list tags with a part of speech, with their flags.
        rare: solid words that it lists without a tag: old, foreign or derived ones.
        compounds: words with half-spaces, as their parts.
        verbs: (past, present) stems.
    """

    words: dict[str, int] = field(default_factory=dict)
    rare: frozenset[str] = frozenset()
    compounds: tuple[tuple[str, ...], ...] = ()
    verbs: tuple[tuple[str, str], ...] = ()


def hazm_file(name: str) -> Path:
    """A data file of the installed hazm."""
    spec = find_spec("hazm")
    assert spec is not None, "hazm is a dependency of this package"
    assert spec.submodule_search_locations, "hazm is a package"
    return Path(spec.submodule_search_locations[0]) / "data" / name


def _flags(count: str, tags: str) -> int:
    names = tags.split(",")
    return (
        (ADJECTIVE if "AJ" in names or "AJC" in names else 0)
        | (PLURAL if "PL" in names else 0)
        | (COMMON if int(count) >= _COMMON_COUNT else 0)
    )


def _read_verbs() -> tuple[tuple[str, str], ...]:
    lines = hazm_file("verbs.dat").read_text(encoding="utf-8").split()
    stems = (fold(line).split("#") for line in lines)
    return tuple((parts[0], parts[1]) for parts in stems if len(parts) == 2 and parts[0])


@cache
def hazm_lexicon() -> Lexicon:
    """The word list and the verb list of the installed hazm (about 190,000 words, 690 verbs), folded."""
    words: dict[str, int] = {}
    rare: set[str] = set()
    compounds: dict[tuple[str, ...], None] = {}
    for line in fold(hazm_file("words.dat").read_text(encoding="utf-8")).splitlines():
        word, count, tags = line.split("\t")
        if not _WORD.fullmatch(word):
            continue
        if ZWNJ in word:
            compounds[tuple(respell(part) for part in word.split(ZWNJ))] = None
        elif tags == "0":
            rare.add(respell(word))
        else:
            solid = respell(word)
            words[solid] = words.get(solid, 0) | _flags(count, tags.upper())
    return Lexicon(words, frozenset(rare - words.keys()), tuple(compounds), _read_verbs())
