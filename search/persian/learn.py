"""Learning: the tables of an archive, from its own words and the lists of hazm and this package.

An archive shows how its writers space their words. Each word it writes with a half-space somewhere tells what the same
letters mean where the half-space was lost; each word it writes solid a hundred times and apart twice is one word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from search.persian.letters import ZWNJ, fold
from search.persian.lexicon import Lexicon, hazm_lexicon
from search.persian.morphology import Morphology
from search.persian.packaged import pairs
from search.persian.spacing import CONJUNCTION, SUFFIXES
from search.persian.stopwords import stopwords
from search.persian.tables import Tables
from search.persian.variants import respell
from search.persian.verbs import IMPERFECTIVE, verb_forms

if TYPE_CHECKING:
    from search.persian.archive_counts import ArchiveCounts

_JOIN_COUNT = 20  # a solid word that stands so often ...
_JOIN_RATIO = 5  # ... and this many times as often as its parts apart, is one word
_READING_SHARE = 0.1  # a reading of a lost half-space counts if it has this share of the evidence
_READING_COUNT = 2
_GUARD_ARTICLES = 8  # a word in fewer articles tells nothing about the company it keeps
_PRONE = ("ی", "ان", "ات")  # endings whose stripping the guard checks


def learn(texts: Iterable[str]) -> Tables:
    """The tables of an archive.

    Args:
        texts: the articles, titles and bodies, in any order that is the same each time; a sample of at most 10,000
            at even distances is counted. None at all gives what hazm and the packaged lists know.
    """
    from search.persian.archive_counts import ArchiveCounts  # numpy, which analysis alone does without

    lexicon = hazm_lexicon()
    archive = ArchiveCounts(texts)
    certain, possible = verb_forms(lexicon.verbs)
    dropped = stopwords()
    splits, joins = _compounds(lexicon, archive, dropped)
    tables = Tables(
        words=lexicon.words,
        verbs=certain,
        verbal=possible,
        counts={word: count for word, count in archive.words.items() if count > 1},
        splits=splits,
        joins=joins,
        readings={},
        guarded=frozenset(),
        plurals={respell(fold(plural)): respell(fold(singular)) for plural, singular in pairs("broken_plurals.tsv")},
        stopwords=dropped,
    )
    tables = _replace(tables, readings=_readings(tables, archive))
    return _replace(tables, guarded=_guarded(tables, archive))


def _replace(tables: Tables, **changes: object) -> Tables:
    return msgspec.structs.replace(tables, **changes)


# Compounds: one word or several?


def _core(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a half-spaced word without the affixes at its ends."""
    if parts[0] in IMPERFECTIVE:
        return ()
    end = len(parts)
    while end > 1 and parts[end - 1] in SUFFIXES:
        end -= 1
    return parts[:end]


def _compounds(
    lexicon: Lexicon, archive: ArchiveCounts, dropped: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Solid string -> parts, and parts -> solid word, for all words that were seen with a half-space inside."""
    written: Counter[tuple[str, ...]] = Counter()
    for parts, count in (*((parts, 0) for parts in lexicon.compounds), *archive.half_spaced.items()):
        if len(core := _core(parts)) > 1:
            written[tuple(_apart_from_conjunctions(core, lexicon))] += count
    splits: dict[str, str] = {}
    joins: dict[str, str] = {}
    for parts, count in sorted(written.items(), key=lambda item: (item[1], item[0])):
        solid = "".join(parts)
        if dropped.issuperset(parts):
            splits[solid] = " ".join(parts)
        elif len(parts) == 2 and _is_one_word(parts, solid, count, lexicon, archive):
            joins[" ".join(parts)] = solid
        elif solid not in lexicon.words and archive.words[solid] <= _apart(parts, count, archive):
            splits[solid] = " ".join(parts)
    for half_spaced, solid in pairs("joined.tsv"):
        first, second = fold(half_spaced).split(ZWNJ + CONJUNCTION)
        joins.update(dict.fromkeys(_spellings(first, second), fold(solid)))
        splits[f"{first}{CONJUNCTION}{second}"] = fold(solid)
    return splits, joins


def _apart_from_conjunctions(parts: tuple[str, ...], lexicon: Lexicon) -> Iterator[str]:
    """گفت, وگو -> گفت, و, گو."""
    for number, part in enumerate(parts):
        if number and len(part) > 2 and part.startswith(CONJUNCTION) and part not in lexicon.words:
            yield CONJUNCTION
            yield part[1:]
        else:
            yield part


def _apart(parts: tuple[str, ...], count: int, archive: ArchiveCounts) -> int:
    together = archive.coordinated if len(parts) > 2 and parts[1] == CONJUNCTION else archive.pair
    return count + together(parts[0], parts[-1])


def _is_one_word(parts: tuple[str, ...], solid: str, count: int, lexicon: Lexicon, archive: ArchiveCounts) -> bool:
    if len(parts[0]) < 2 or len(parts[1]) < 2:
        return False
    if solid in lexicon.words:
        return archive.words[solid] >= archive.pair(*parts)
    return archive.words[solid] >= max(_JOIN_COUNT, _JOIN_RATIO * (count + archive.pair(*parts)) + 1)


def _spellings(first: str, second: str) -> tuple[str, ...]:
    """All ways in which the parts of a word around و may stand apart."""
    between = (" ", f" {CONJUNCTION} ", f" {CONJUNCTION}", f"{CONJUNCTION} ")
    return tuple(first + link + second for link in between)


# Readings: what stands before a lost half-space?


def _readings(tables: Tables, archive: ArchiveCounts) -> dict[str, tuple[str, ...]]:
    """Solid string -> its lemmas, where the archive shows others than the rules would give."""
    morphology = Morphology(tables)
    evidence: dict[str, Counter[str]] = {}
    for base, ending, count in _inflections(archive):
        if len(base) > 2 and base not in tables.stopwords and (ending[0] != "ا" or base[-1] in "هی"):
            evidence.setdefault(base + ending, Counter())[base] += count
    readings = {}
    for solid, bases in sorted(evidence.items()):
        if solid in tables.words or solid in tables.stopwords or solid in tables.verbs:
            continue
        least = max(_READING_COUNT, _READING_SHARE * bases.total())
        lemmas = [
            morphology.lemmas(base)[0]
            for base, count in bases.most_common(2)
            if count >= least and morphology.lemmas(base)
        ]
        if lemmas and tuple(dict.fromkeys(lemmas)) != morphology.lemmas(solid):
            readings[solid] = tuple(dict.fromkeys(lemmas))
    return readings


def _inflections(archive: ArchiveCounts) -> Iterator[tuple[str, str, int]]:
    """Each base that the archive shows with a suffix apart from it: base, suffix, count."""
    yield from archive.followed_by(sorted(SUFFIXES - {"ی"}))
    for parts, count in archive.half_spaced.items():
        for base, ending in pairwise(parts):
            if ending in SUFFIXES and base not in SUFFIXES:
                yield base, ending, count


# The guard: does a word keep the company of the word it seems to come from?


def _guarded(tables: Tables, archive: ArchiveCounts) -> frozenset[str]:
    """Words that meet the stem the rules would give them less often than chance would have it (انصاری, انصار)."""
    morphology = Morphology(tables)
    guarded = set()
    for word, count in tables.counts.items():
        if count < _GUARD_ARTICLES or not word.endswith(_PRONE) or not (lemmas := morphology.lemmas(word)):
            continue
        stem = morphology.stem(lemmas[0])
        if stem == word or lemmas[0] != word:
            continue
        own, other, both = archive.articles_with(word, stem)
        chance = own * other / archive.articles
        if own >= _GUARD_ARTICLES and both < chance and (chance >= 1 or (word[-1] == "ی" and word[-2] not in "او")):
            guarded.add(word)
    return frozenset(guarded)
