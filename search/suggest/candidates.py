"""What may have been meant by one doubtful word, or by two that are one.

Each is judged as a noisy channel (Kernighan, Church and Gale 1990): its gain is ln of how many more articles have it
than what was typed, less the price of the error that leads from it to what was typed. The price comes from the
letters (`distance`), from a blank too many or too few, from the other keyboard layout, or from Finglish.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from search.persian import keyboard
from search.persian.finglish import readings
from search.suggest.display import Display
from search.suggest.distance import LONGEST, Neighbours
from search.suggest.typed import Kind, Replacement, Word
from search.suggest.vocabulary import Vocabulary

LAYOUT_PRICE = 2.0  # nats: how rarely a query is typed so at all
_BLANK_PRICE = 3.0
_DISTANCE_PRICE = 5.0  # nats for one unit of distance
_READING_PRICE = 1.5  # nats for one unit of the cost of a Finglish reading

_FREQUENT = 50  # a word of this many articles is right,
_FREQUENT_SHARE = 1000  # ... or of one article in so many, where that is more: large archives repeat misprints
SUPPORT = 2  # a word of fewer articles corrects nothing: it may be a misprint itself
_HALF_SUPPORT = 10  # ... and is no half of a word that lost its blank
_COMPARED = 200_000  # the most frequent words are compared; the rest are nearly all misprints and names met once
DOUBT = -5.0  # least gain where no article has the typed word
CONFIDENCE = 0.0  # least gain where some have it, or dictionaries know it
_SHORTEST_HALF = 4  # letters of a half of a Finglish word that is two
_KEPT = 4  # candidates for one place

_LATIN_WORD = re.compile("[a-z]+")


def _gain(frequency: int, typed_frequency: int, price: float) -> float:
    """How much likelier a word of that frequency is than the typed one, in nats."""
    return math.log((frequency + 0.5) / (typed_frequency + 0.5)) - price


class Candidates:
    """Finds replacements of words in the vocabulary of an archive.

    Args:
        vocabulary: of the field `form`.
        display: writes its words for readers.
        stopwords: corrections of nothing, since a query finds the same without them.
    """

    def __init__(self, vocabulary: Vocabulary, display: Display, stopwords: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._display = display
        self._stopwords = stopwords

    def of_word(self, query: str, word: Word) -> list[Replacement]:
        """The best replacements of one word of the query, likeliest first; none for a word that looks right."""
        typed = self._vocabulary.frequency(word.form)
        if typed >= self._frequent or len(word.form) < 2:
            return []
        found = [*self._misspelt(query, word, typed), *self._split(word, typed)]
        if _LATIN_WORD.match(word.form):
            found += self._finglish(word, word.form, typed, "finglish", 0.0)
        elif not word.known:
            found += self._on_latin_keys(query, word, typed)
        least = CONFIDENCE if typed or word.known else DOUBT
        found = [replacement for replacement in found if replacement.gain >= least]
        return sorted(found, key=lambda replacement: -replacement.gain)[:_KEPT]

    def of_pair(self, query: str, first: Word, second: Word) -> list[Replacement]:
        """The one word that two neighbours with a blank between them may be."""
        rarer, other = sorted(self._vocabulary.frequency(word.form) for word in (first, second))
        joined = first.form + second.form
        whole = self._vocabulary.frequency(joined)
        worth = _gain(whole, rarer, _BLANK_PRICE) + _gain(self._commonest, other, 0)
        if rarer >= self._frequent or whole < SUPPORT or not query[first.end : second.start].isspace():
            return []
        if worth < (CONFIDENCE if rarer else DOUBT):
            return []
        text = self._display.written(joined, query[first.start : first.end] + query[second.start : second.end])
        return [Replacement(first.start, second.end, text, "spacing", _BLANK_PRICE, worth)]

    @cached_property
    def _neighbours(self) -> tuple[list[int], Neighbours]:
        """The words that corrections are taken from, as indices into the vocabulary, and ready to be compared."""
        terms, frequencies = self._vocabulary.terms, self._vocabulary.frequencies
        supported = np.flatnonzero(frequencies >= SUPPORT)
        if len(supported) > _COMPARED:
            leading = np.argpartition(frequencies[supported], -_COMPARED)[-_COMPARED:]
            supported = np.sort(supported[leading])
        places = [place for place in supported.tolist() if self._corrects(terms[place])]
        return places, Neighbours([terms[place] for place in places])

    def _corrects(self, term: str) -> bool:
        return 1 < len(term) <= LONGEST and term.isalpha() and term not in self._stopwords

    @cached_property
    def _commonest(self) -> int:
        """The frequency of the commonest word, which nearly every article has."""
        return int(self._vocabulary.frequencies.max(initial=1))

    @property
    def _frequent(self) -> int:
        return max(_FREQUENT, self._commonest // _FREQUENT_SHARE)

    def _misspelt(self, query: str, word: Word, typed: int) -> Iterator[Replacement]:
        if len(word.form) > LONGEST:
            return
        places, neighbours = self._neighbours
        near, distances = neighbours.near(word.form, *_reach(word.form))
        written = query[word.start : word.end]
        frequencies = self._vocabulary.frequencies[np.array(places, np.intp)[near]]
        prices = _DISTANCE_PRICE * distances
        gains = np.log((frequencies + 0.5) / (typed + 0.5)) - prices
        for best in np.argsort(-gains)[: _KEPT + 1]:
            form = self._vocabulary.terms[places[near[best]]]
            if form != word.form:
                text = self._display.written(form, written)
                yield Replacement(word.start, word.end, text, "spelling", float(prices[best]), float(gains[best]))

    def _split(self, word: Word, typed: int) -> Iterator[Replacement]:
        """Two words whose blank was lost, taken as independent of each other."""
        for cut in range(2, len(word.form) - 1):
            first, second = word.form[:cut], word.form[cut:]
            rarer, other = sorted((self._vocabulary.frequency(first), self._vocabulary.frequency(second)))
            if rarer >= _HALF_SUPPORT and self._stopwords.isdisjoint((first, second)):
                worth = _gain(rarer * other // self._commonest, typed, _BLANK_PRICE)
                text = f"{self._display.written(first)} {self._display.written(second)}"
                yield Replacement(word.start, word.end, text, "spacing", _BLANK_PRICE, worth)

    def _finglish(self, word: Word, latin: str, typed: int, kind: Kind, price: float) -> Iterator[Replacement]:
        """Words, or else pairs of words (ahmadinejad), that Latin letters may spell."""
        found = self._readings(latin) or self._double_readings(latin)
        for text, frequency, cost in found:
            paid = price + _READING_PRICE * cost
            yield Replacement(word.start, word.end, text, kind, paid, _gain(frequency, typed, paid))

    def _readings(self, latin: str) -> list[tuple[str, int, float]]:
        """The words that Latin letters may spell, in how many articles they are, and what the readings cost."""
        terms, frequencies = self._vocabulary.terms, self._vocabulary.frequencies
        return [
            (self._display.written(terms[place]), int(frequencies[place]), cost)
            for place, cost in readings(latin, terms)
            if frequencies[place] >= SUPPORT
        ]

    def _double_readings(self, latin: str) -> list[tuple[str, int, float]]:
        """The same of two words written as one, which are taken as independent of each other."""
        found = []
        for cut in range(_SHORTEST_HALF, len(latin) - _SHORTEST_HALF + 1):
            heads, tails = self._readings(latin[:cut]), self._readings(latin[cut:])
            if heads and tails:
                (head, many, cost), (tail, others, more) = max(heads, key=_likelihood), max(tails, key=_likelihood)
                found.append((f"{head} {tail}", many * others // self._commonest, cost + more))
        return found

    def _on_latin_keys(self, query: str, word: Word, typed: int) -> Iterator[Replacement]:
        """A Latin word, or a Finglish one, typed while the keyboard was set to Persian."""
        for latin in set(keyboard.to_latin(query[word.start : word.end])):
            if _LATIN_WORD.fullmatch(latin):
                frequency = self._vocabulary.frequency(latin)
                if frequency >= SUPPORT:
                    worth = _gain(frequency, typed, LAYOUT_PRICE)
                    yield Replacement(word.start, word.end, latin, "layout", LAYOUT_PRICE, worth)
                yield from self._finglish(word, latin, typed, "layout", LAYOUT_PRICE)


def _likelihood(reading: tuple[str, int, float]) -> float:
    _, frequency, cost = reading
    return math.log(frequency) - _READING_PRICE * cost


def _reach(form: str) -> tuple[int, float]:
    """How many letters too many or too few, and what distance, a word of that length may be away."""
    if len(form) <= 3:
        return 1, 1.2
    return (1, 1.4) if len(form) <= 5 else (2, 2.0)
