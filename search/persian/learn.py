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

from search.persian.affixes import SUFFIXES
from search.persian.compounds import Compounds
from search.persian.letters import fold
from search.persian.lexicon import hazm_lexicon
from search.persian.morphology import Morphology
from search.persian.packaged import lines, pairs
from search.persian.stopwords import stopwords
from search.persian.tables import Tables
from search.persian.variants import respell
from search.persian.verbs import verb_forms

if TYPE_CHECKING:
    from search.persian.archive_counts import ArchiveCounts

_READING_SHARE = 0.1  # a reading of a lost half-space counts if it has this share of the evidence
_READING_COUNT = 2
_GUARD_ARTICLES = 8  # a word in fewer articles tells nothing about the company it keeps
_CLOSE_ARTICLES = 10  # a listed identity and its base are relatives if they share so many articles,
_CLOSE_LIFT = 2.5  # so many times more than chance has it
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
    compounds = Compounds(lexicon, archive, dropped)
    tables = Tables(
        words=lexicon.words,
        verbs=certain,
        verbal=possible,
        counts={word: count for word, count in archive.words.items() if count > 1},
        splits=compounds.splits,
        joins=compounds.joins,
        readings=_listed_readings(),
        guarded=frozenset(respell(fold(word)) for line in lines("identities.txt") for word in line.split()),
        plurals={respell(fold(plural)): respell(fold(singular)) for plural, singular in pairs("broken_plurals.tsv")},
        stopwords=dropped,
    )
    tables = _replace(tables, readings=_readings(tables, archive))
    return _replace(tables, guarded=_guarded(tables, archive))


def _replace(tables: Tables, **changes: object) -> Tables:
    return msgspec.structs.replace(tables, **changes)


# Readings: what stands before a lost half-space?


def _listed_readings() -> dict[str, tuple[str, ...]]:
    return {fold(solid): tuple(fold(lemmas).split()) for solid, lemmas in pairs("readings.tsv")}


def _readings(tables: Tables, archive: ArchiveCounts) -> dict[str, tuple[str, ...]]:
    """Solid string -> its lemmas, where the archive shows others than the rules would give."""
    morphology = Morphology(tables)
    evidence: dict[str, Counter[str]] = {}
    for base, ending, count in _inflections(archive):
        if len(base) > 2 and base not in tables.stopwords and (ending[0] != "ا" or base[-1] in "هی"):
            evidence.setdefault(base + ending, Counter())[base] += count
    readings = dict(tables.readings)
    for solid, bases in sorted(evidence.items()):
        if morphology.is_settled(solid) or solid in tables.stopwords or solid in tables.verbs:
            continue
        least = max(_READING_COUNT, _READING_SHARE * bases.total())
        shown = [base for base, count in bases.most_common(2) if count >= least]
        lemmas = tuple(dict.fromkeys(lemma for base in shown for lemma in morphology.lemmas(base)[:1]))
        if lemmas and lemmas != morphology.lemmas(solid):
            readings[solid] = lemmas
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
    """The listed identities, and words that meet their supposed stem less often than chance has it (انصاری, انصار).

    A listed word in ات is let go where the archive shows it with its base far more often than chance has it (واردات,
    وارد): then they belong together in this archive, whatever they mean elsewhere.
    """
    unguarded = Morphology(_replace(tables, guarded=frozenset()))
    guarded = {word for word in tables.guarded if not (word.endswith("ات") and _are_close(archive, word, word[:-2]))}
    for word, count in tables.counts.items():
        if count < _GUARD_ARTICLES or not word.endswith(_PRONE) or unguarded.lemmas(word) != (word,):
            continue
        stem = unguarded.stem(word)
        if stem != word and _are_strangers(archive, word, stem):
            guarded.add(word)
    return frozenset(guarded)


def _are_strangers(archive: ArchiveCounts, word: str, base: str) -> bool:
    own, other, both = archive.articles_with(word, base)
    chance = own * other / archive.articles
    # Plurals are regular: for them a chance below one article tells nothing.
    regular = word[-1] != "ی" or word[-2] in "او"
    return own >= _GUARD_ARTICLES and both < chance and (chance >= 1 or not regular)


def _are_close(archive: ArchiveCounts, word: str, base: str) -> bool:
    own, other, both = archive.articles_with(word, base)
    return both >= _CLOSE_ARTICLES and both * archive.articles >= _CLOSE_LIFT * own * other
