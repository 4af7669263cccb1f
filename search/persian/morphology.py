"""Morphology: from a solid form to its lemmas (inflection removed) and its stems (close derivations joined)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.persian.lexicon import ADJECTIVE, COMMON, PLURAL
from search.persian.tables import Tables

_POSSESSIVE = "مان|تان|شان|م|ت|ش"
_PLURAL = re.compile(rf"(?P<base>.{{2,}}?)ها(?:ی(?:ی|{_POSSESSIVE})?|یند|ست|{_POSSESSIVE})?$")
_COMPARATIVE = re.compile(r"(?P<base>.{2,})تر(?P<superlative>ین)?ی?$")
_AFTER_H = re.compile(r"(?P<base>.+ه)(?:ا(?:م|ت|ش|ی|یم|ید|ند|یی)|یی|ست|مان|تان|شان)$")
_AFTER_VOWEL = re.compile(r"(?P<base>.+[او])(?:ی(?:ش|مان|تان|شان)?|ست)$")
_AFTER_LETTER = re.compile(r"(?P<base>.{3,})(?:ا(?:م|ت|ش|یم|ید|ند)|مان|تان|شان|ش)$")

_STEM_SUFFIXES = (("یان", ""), ("گان", "ه"), ("ان", ""), ("ات", ""), ("یی", ""), ("ی", ""))
_MINIMUM_SHARE = 0.02  # a base or a second reading must have this share of the frequency of its rival
_KNOWN_COUNT = 5  # a word that stands so often in the archive is known from it


class Morphology:
    """Lemmas and stems of solid forms, by the tables of a generation."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The form without its inflection; two readings where it truly has two; nothing for a stopword."""
        tables = self._tables
        if form in tables.stopwords:
            return ()
        if known := tables.readings.get(form):
            return known
        if infinitive := tables.verbs.get(form):
            return () if infinitive[:-1] in tables.stopwords else (infinitive,)
        return self._readings(form) or (form,)

    def stem(self, lemma: str) -> str:
        """The term under which close relatives of a lemma meet (ایرانی, ایرانیان -> ایران)."""
        for _ in range(2):
            lemma = self._tables.plurals.get(lemma, lemma)
            shorter = self._shorten(lemma)
            if shorter is None:
                break
            lemma = shorter
        return self._tables.plurals.get(lemma, lemma)

    def _is_known(self, word: str) -> bool:
        return word in self._tables.words or self._tables.counts.get(word, 0) >= _KNOWN_COUNT

    def _readings(self, form: str) -> tuple[str, ...]:
        if self._tables.words.get(form, PLURAL) & (COMMON | PLURAL) == COMMON:
            return ()
        bases = dict.fromkeys(self._bases(form))
        if not bases:
            return ()
        counts = self._tables.counts
        ranked = sorted(bases, key=lambda base: -counts.get(base, 0))
        least = counts.get(ranked[0], 0) * _MINIMUM_SHARE
        return tuple(base for base in ranked[:2] if counts.get(base, 0) >= least)

    def _bases(self, form: str) -> Iterator[str]:
        words = self._tables.words
        if match := _PLURAL.match(form):
            base = match["base"]
            if (base not in self._tables.stopwords and self._is_known(base)) or (len(base) > 2 and form not in words):
                yield self._positive(base)
        if (match := _COMPARATIVE.match(form)) and self._compares(form, match):
            yield match["base"]
        if form in words:
            return
        for pattern in (_AFTER_H, _AFTER_VOWEL, _AFTER_LETTER):
            if (match := pattern.match(form)) and self._hosts(match["base"]):
                yield match["base"]

    def _hosts(self, base: str) -> bool:
        return self._is_known(base) and base not in self._tables.stopwords and base not in self._tables.verbal

    def _positive(self, base: str) -> str:
        match = _COMPARATIVE.match(base)
        return match["base"] if match and self._compares(base, match) else base

    def _compares(self, form: str, match: re.Match[str]) -> bool:
        words = self._tables.words
        base, comparative = match["base"], match["base"] + "تر"
        if form in words or comparative in words or self._outnumbers(comparative, base):
            return False
        if words.get(base, 0) & ADJECTIVE:
            return True
        return match["superlative"] is not None and len(match["base"]) > 2 and form not in words

    def _outnumbers(self, word: str, base: str) -> bool:
        """Whether a word stands so much more often than its supposed base that it must be another word."""
        counts = self._tables.counts
        return counts.get(base, 0) < _MINIMUM_SHARE * counts.get(word, 0)

    def _shorten(self, word: str) -> str | None:
        if word in self._tables.guarded:
            return None
        for suffix, ending in _STEM_SUFFIXES:
            if word.endswith(suffix) and self._may_strip(word, suffix, base := word[: -len(suffix)] + ending):
                return base
        return None

    def _may_strip(self, word: str, suffix: str, base: str) -> bool:
        least = 2 if suffix in ("ی", "یان", "یی") and base[-1:] in ("ا", "و") else 3
        if len(base) < least or not self._is_known(base) or base in self._tables.stopwords:
            return False
        flags = self._tables.words.get(word, 0)
        if suffix in ("ان", "ات") and flags & (COMMON | PLURAL) == COMMON:
            return False
        return not self._outnumbers(word, base)
