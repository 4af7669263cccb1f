"""What hazm knows about Persian words, read from the data files of its package without importing hazm.

Importing hazm takes over a second (it brings its taggers); its two word lists are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from search.persian.letters import ZWNJ, fold
from search.persian.packaged import lines
from search.persian.variants import respell

# Flags of a known word.
ADJECTIVE = 1
PLURAL = 2
COMMON = 4  # hazm counts it a thousand times and more
WEIGHT = 16  # times the binary logarithm of hazm's count, at most 24

_COMMON_COUNT = 1000
_PARTICIPLE = re.compile(r"\w{2,}ن?(?:شده|کرده)")  # two words, which the list has as one
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
        | WEIGHT * min(int(count).bit_length(), 24)
    )


def _merged(one: int, other: int) -> int:
    """The flags of either, and the larger weight."""
    return (one | other) % WEIGHT + max(one, other) // WEIGHT * WEIGHT


def _read_verbs(counts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """The stems of the verbs, those with the more frequent infinitive first."""
    lines = fold(hazm_file("verbs.dat").read_text(encoding="utf-8")).split()
    stems = [(parts[0], parts[1]) for line in lines if len(parts := line.split("#")) == 2 and parts[0]]
    return tuple(sorted(stems, key=lambda verb: (-counts.get(verb[0] + "ن", 0), verb)))


@cache
def hazm_lexicon() -> Lexicon:
    """The word list and the verb list of the installed hazm (190,000 words, 690 verbs) and our additions, folded."""
    words: dict[str, int] = {}
    rare: set[str] = set()
    counts: dict[str, int] = {}
    compounds: dict[tuple[str, ...], None] = {}
    for line in fold(hazm_file("words.dat").read_text(encoding="utf-8")).splitlines():
        word, count, tags = line.split("\t")
        if not _WORD.fullmatch(word) or _PARTICIPLE.fullmatch(word):
            continue
        if ZWNJ in word:
            compounds[tuple(respell(part) for part in word.split(ZWNJ))] = None
        elif tags == "0":
            rare.add(respell(word))
        else:
            solid = respell(word)
            counts[solid] = max(counts.get(solid, 0), int(count))
            words[solid] = _merged(words.get(solid, 0), _flags(count, tags.upper()))
    for word in (word for line in lines("words.txt") for word in line.split()):
        words.setdefault(respell(fold(word)), COMMON | WEIGHT * 20)
    return Lexicon(words, frozenset(rare - words.keys()), tuple(compounds), _read_verbs(counts))
