"""Did you mean: other queries that the words of the archive offer for a query that finds little.

What a correction really finds, only the index knows: the searcher runs the best ones and keeps the first that finds
more than the typed query.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from search.persian import Analyzer, keyboard
from search.suggest.candidates import CONFIDENCE, DOUBT, LAYOUT_PRICE, SUPPORT, Candidates
from search.suggest.display import Display
from search.suggest.typed import Kind, Replacement, Word, replaced, words
from search.suggest.vocabulary import Vocabulary

_KEYS_RUN = re.compile(r"(?<![^\s\"()])(?:[a-z]+:)?(?P<keys>[^\s\"()؀-ۿ][^\"()؀-ۿ]*)", re.IGNORECASE)
_COUNTED = 8
_LIKELY = -4.0  # least score of what is offered
_FEWEST_KEYS = 3  # shorter strings are words of some language on any keyboard


@dataclass(frozen=True, slots=True)
class Correction:
    """Another query that may have been meant.

    Attributes:
        query: what was typed, with the wrong words replaced.
        kind: `spelling`, `spacing`, `layout` or `finglish`.
        price: how unlikely the errors are that lead from it to what was typed, in nats.
        score: how much likelier it is than what was typed, in nats; higher is likelier.
    """

    query: str
    kind: Kind
    price: float
    score: float


class SpellChecker:
    """Corrects queries by the words of one generation of an archive.

    It takes 2 to 5 ms for each doubtful word with 100,000 words in the vocabulary. What it needs is built when the
    first query comes (0.1 s).

    Args:
        vocabulary: of the field `form`.
        analyzer: of the index; a checker serves one thread at a time, as its analyzer does.
    """

    def __init__(self, vocabulary: Vocabulary, analyzer: Analyzer) -> None:
        self._vocabulary = vocabulary
        self._analyzer = analyzer
        self._candidates = Candidates(vocabulary, Display(analyzer), analyzer.tables.stopwords)

    def corrections(self, query: str, limit: int = 5) -> list[Correction]:
        """Other queries that may have been meant, judged by their words alone, the likeliest first.

        There are none where every word looks right. Quotes, operators, fields and all words that look right stay as
        they were typed.
        """
        return [correction for correction in self._corrections(query, limit) if correction.score >= 0]

    def _corrections(self, query: str, limit: int) -> list[Correction]:
        found = [*self._of_words(query), *self._on_persian_keys(query)]
        best: dict[str, Correction] = {}
        for correction in sorted(found, key=lambda correction: -correction.score):
            if correction.query != query:
                best.setdefault(correction.query, correction)
        return list(best.values())[:limit]

    def best(self, query: str, total: int, count: Callable[[str], int]) -> Correction | None:
        """The likeliest correction, judged by what it finds as a whole; None if none is likely enough.

        Words that are seen together in articles outweigh words that are merely frequent: the score of each correction
        becomes ln of how many more articles it finds than the typed query, less its price.

        Args:
            query: as typed.
            total: how many articles it finds.
            count: how many articles another query finds; called for the eight likeliest corrections.
        """
        judged = []
        for correction in self._corrections(query, _COUNTED):
            found = count(correction.query)
            if found > total:
                score = math.log((found + 0.5) / (total + 0.5)) - correction.price
                judged.append(replace(correction, score=score))
        best = max(judged, key=lambda correction: correction.score, default=None)
        return best if best and best.score >= _LIKELY else None

    def _of_words(self, query: str) -> Iterator[Correction]:
        typed = words(query, self._analyzer)
        options = [self._candidates.of_word(query, word) for word in typed]
        options += [self._candidates.of_pair(query, first, second) for first, second in pairwise(typed)]
        places = _disjoint([option for option in options if option])
        for choice in _choices(places):
            yield _correction(query, choice)

    def _on_persian_keys(self, query: str) -> Iterator[Correction]:
        """The query with all its Latin letters read as the keys of a Persian keyboard, under either layout."""
        runs = [match.span("keys") for match in _KEYS_RUN.finditer(query)]
        for layout in range(2):
            read = [self._read_keys(query, start, end, layout) for start, end in runs]
            if choice := [replacement for replacement in read if replacement]:
                yield _correction(query, choice)

    def _read_keys(self, query: str, start: int, end: int, layout: int) -> Replacement | None:
        """A run of keys as Persian words; None if the archive does not have them all, or has what was typed."""
        text = keyboard.to_persian(query[start:end])[layout]
        meant = [self._support(word) for word in words(text, self._analyzer)]
        typed = [self._vocabulary.frequency(chunk.lower()) for chunk in query[start:end].split()]
        if end - start < _FEWEST_KEYS or min(meant, default=0) < SUPPORT:
            return None
        worth = _evidence(meant) - _evidence(typed) - LAYOUT_PRICE
        likely = worth >= (CONFIDENCE if any(typed) else DOUBT)
        return Replacement(start, end, text, "layout", LAYOUT_PRICE, worth) if likely else None

    def _support(self, word: Word) -> int:
        """How many articles have a word; a solid compound that dictionaries know has its parts in the index."""
        return max(self._vocabulary.frequency(word.form), SUPPORT if word.known else 0)


def _correction(query: str, choice: list[Replacement]) -> Correction:
    kinds = {replacement.kind for replacement in choice}
    return Correction(
        replaced(query, choice),
        kinds.pop() if len(kinds) == 1 else "spelling",
        sum(replacement.price for replacement in choice),
        sum(replacement.gain for replacement in choice),
    )


def _evidence(frequencies: list[int]) -> float:
    return sum(math.log(frequency + 0.5) for frequency in frequencies)


def _disjoint(places: list[list[Replacement]]) -> list[list[Replacement]]:
    """The places to be replaced, each with its options: where two overlap, the one with the likelier best option."""
    taken: list[list[Replacement]] = []
    for options in sorted(places, key=lambda options: -options[0].gain):
        if all(options[0].end <= other[0].start or other[0].end <= options[0].start for other in taken):
            taken.append(options)
    return taken


def _choices(places: list[list[Replacement]]) -> Iterator[list[Replacement]]:
    """The best option at every place; then each further option at one place; then each place alone."""
    best = [options[0] for options in places]
    if best:
        yield best
    for place, options in enumerate(places):
        for option in options[1:]:
            yield [*best[:place], option, *best[place + 1 :]]
    if len(best) > 1:
        yield from ([option] for option in best)
