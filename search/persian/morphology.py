"""Morphology: from a solid form to its lemmas (inflection removed) and its stems (close derivations joined)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.persian.lexicon import ADJECTIVE, COMMON, PLURAL, WEIGHT
from search.persian.tables import Tables

_PLURAL = re.compile(r"(?P<base>.{2,}?)ها(?:ی(?:ی|م|ت|ش|مان|تان|شان)?|یند|ست)?$")
_COMPARATIVE = re.compile(r"(?P<base>.{2,})تر(?P<superlative>ین)?ی?$")
_AFTER_H = re.compile(r"(?P<base>.+ه)(?:ا(?:م|ت|ش|ی|یم|ید|ند)|ست|مان|تان|شان)$")
_AFTER_VOWEL = re.compile(r"(?P<base>.+[او])(?:ی(?:م|ت|ش|ی|مان|تان|شان)?|ست)$")
_AFTER_Y = re.compile(r"(?P<base>.{2,}ی)(?:ا(?:م|ت|ش|ی|یم|ید|ند)|ست)$")
_AFTER_LETTER = re.compile(r"(?P<base>.{3,})(?:ا(?:ش|ند)|مان|تان|شان|م|ش)$")
_CLITICS = (_AFTER_H, _AFTER_VOWEL, _AFTER_Y, _AFTER_LETTER)

_STEM_SUFFIXES = (
    ("گانی", "ه"), ("یانی", ""), ("انی", ""), ("اتی", ""), ("یان", ""), ("گان", "ه"), ("ان", ""), ("ات", ""),
    ("یی", ""), ("ی", ""),
)  # fmt: skip
_OF_Y = re.compile(r"(.{2,}ی)انی?$")  # plurals of words in ی: قربانیان
_INFLECTED = frozenset("متشیدنا")  # last letters of the forms that the patterns above match, تر apart,
_DERIVED = frozenset("ینت")  # and of those with a suffix of a stem
_ROUNDS = 3  # ایرانیانی, ایرانیان, ایرانی, ایران
_MINIMUM_SHARE = 0.02  # a base or a second reading must have this share of the weight of its rival
_UNSEEN_SHARE = 0.5  # the same, where there is no archive to tell
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
        if form in tables.plurals:
            return (form,)
        if known := tables.readings.get(form):
            return known
        if infinitive := tables.verbs.get(form):
            return () if infinitive[:-1] in tables.stopwords else (infinitive,)
        if "ها" in form and (match := _PLURAL.match(form)) and match["base"] + "ها" in tables.stopwords:
            return ()  # آن‌هایی
        return (form,) if self.is_settled(form) else self._readings(form) or (form,)

    def stem(self, lemma: str) -> str:
        """The term under which close relatives of a lemma meet (ایرانی, ایرانیان -> ایران)."""
        for _ in range(_ROUNDS):
            lemma = self._tables.plurals.get(lemma, lemma)
            shorter = self._shorten(lemma)
            if shorter is None:
                break
            lemma = shorter
        return self._tables.plurals.get(lemma, lemma)

    def is_settled(self, word: str) -> bool:
        """Whether a word is too common in its own right to be the inflection of another."""
        return self._tables.words.get(word, PLURAL) & (COMMON | PLURAL) == COMMON

    def is_known(self, word: str) -> bool:
        """Whether the lexicon or the archive has the word."""
        return word in self._tables.words or self._tables.counts.get(word, 0) >= _KNOWN_COUNT

    def weight(self, word: str) -> float:
        """How common a word is: its count in the archive, and a little for what hazm counted (a million is one)."""
        flags = self._tables.words.get(word, 0)
        return self._tables.counts.get(word, 0) + 2.0 ** (flags // WEIGHT - 20)

    def _readings(self, form: str) -> tuple[str, ...]:
        """The most likely base, and the next if it is a serious rival; none if the form is no inflection."""
        if form[-1] not in _INFLECTED and form[-1] != "ر":
            return ()
        if (match := _AFTER_VOWEL.match(form)) and self._ends_in_word(form, match["base"]):
            return (match["base"],)
        bases = {lemma: self.weight(lemma) for base in self._bases(form) for lemma in self.lemmas(base)}
        ranked = sorted(bases, key=lambda base: -bases[base])
        share = _MINIMUM_SHARE if self._tables.counts else _UNSEEN_SHARE
        return tuple(base for base in ranked[:2] if bases[base] >= share * bases[ranked[0]])

    def _ends_in_word(self, form: str, base: str) -> bool:
        """Whether ها at the end of a base is no plural: انتهای, تنهایی; but تنهای may be تن‌های."""
        if not self.is_settled(base):
            return False
        return not (base.endswith("ها") and form == base + "ی" and self.is_settled(base[:-2]))

    def _bases(self, form: str) -> Iterator[str]:
        words = self._tables.words
        if match := _PLURAL.match(form):
            base = match["base"]
            if base not in self._tables.stopwords and (self.is_known(base) or (len(base) > 2 and form not in words)):
                yield self._positive(base)
            if form.endswith("های") and not self.is_known(base) and base not in self._tables.verbal:
                yield base + "ه"
        elif (match := _COMPARATIVE.match(form)) and (positive := self._compared(form, match)):
            yield positive
        if form in words:
            return
        for pattern in (_AFTER_H,) if _PLURAL.match(form) else _CLITICS:
            if (match := pattern.match(form)) and self._hosts(form, match["base"]):
                yield self._positive(match["base"])

    def _hosts(self, form: str, base: str) -> bool:
        """Whether a base may carry the clitic that makes it the form."""
        tables = self._tables
        known = self.is_known(base) or self.stem(base) != base
        if not known or base in tables.stopwords or self._outnumbers(form, base):
            return False
        if (form in tables.verbal or base in tables.verbal) and base[-1] != "ه" and not self.is_settled(base):
            return False
        if form[len(base) :] in ("م", "ش") and form in tables.verbal:
            return False
        return not (form.endswith("ان") and self.weight(form[:-2]) > self.weight(base))  # متهمان: متهم, not مته

    def _positive(self, base: str) -> str:
        match = _COMPARATIVE.match(base)
        return (match and self._compared(base, match)) or base

    def _compared(self, form: str, match: re.Match[str]) -> str | None:
        """The adjective of a comparative or superlative; the comparative itself where it is a word (بیشتر)."""
        words = self._tables.words
        base, comparative = match["base"], match["base"] + "تر"
        if comparative in words:
            return comparative if form != comparative else None
        if form in words or self._outnumbers(comparative, base):
            return None
        if words.get(base, 0) & ADJECTIVE or (base[-1] == "ی" and (self.is_known(base[:-1]) or base.endswith("های"))):
            return base
        return base if match["superlative"] is not None and len(base) > 2 else None

    def _is_noun(self, word: str) -> bool:
        """Whether a word stays whole though it looks like a plural or a derivation."""
        return word in self._tables.guarded or self.is_settled(word)

    def _outnumbers(self, word: str, base: str) -> bool:
        """Whether a word stands so much more often than its supposed base that it must be another word."""
        return self.weight(base) < _MINIMUM_SHARE * self.weight(word)

    def _shorten(self, word: str) -> str | None:
        if word[-1] not in _DERIVED or word in self._tables.guarded:
            return None
        if word.endswith("ی") and word[:-1] in self._tables.plurals:
            return word[:-1]
        if (match := _OF_Y.match(word)) and not self.is_settled(word) and not self._is_noun(word.removesuffix("ی")):
            singular = match[1]
            if self._is_noun(singular) or self._shorten(singular):
                return singular
        for suffix, ending in _STEM_SUFFIXES:
            if word.endswith(suffix) and self._may_strip(word, suffix, base := word[: -len(suffix)] + ending):
                return base
        return None

    def _may_strip(self, word: str, suffix: str, base: str) -> bool:
        least = 2 if suffix in ("ی", "یی") and base[-1:] in ("ا", "و") else 3
        if len(base) < least or not self.is_known(base) or base in self._tables.stopwords:
            return False
        if len(suffix) > 2 and suffix[-1] == "ی" and self._is_noun(word[:-1]):
            return False  # زندانی: زندان, not زند
        if self.is_settled(word) and not (suffix in ("گان", "یی") and self.is_settled(base)):
            return False
        return not self._outnumbers(word, base)
