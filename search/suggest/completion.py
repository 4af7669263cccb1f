"""Completions: how the word being typed may go on, and the titles that the words so far may mean.

Words come from the sorted vocabulary: those that begin with the letters typed are one range of it, found by bisection,
and the most frequent of the range are picked by selection; O(log n + r) for a range of r words, at most 1 ms for one
letter and 300,000 words. Titles need no structure of their own, which at a million articles would cost as much memory
as the vocabulary: the best of those words, together with the words before, are asked of the index as a query on the
field `title`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from whoosh import query

from search.persian import Analyzer, fold, keyboard
from search.persian.letters import ZWNJ
from search.persian.verbs import CONJUNCTION
from search.suggest.display import Display
from search.suggest.vocabulary import Vocabulary

_LAST_WORD = re.compile(r"[^\W_]+(?:\u200c[^\W_]*)*$")
_LAST_TWO = re.compile(r"([^\W_]+) [^\W_]+$")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_PERSIAN = re.compile("[آ-ی]")
_SHARE = 0.02  # what a word and an affix after a blank have together of the word's own frequency, at least
_READ = 24  # words looked at, of which some are function words
_ALTERNATIVES = 10  # words that a title may have in the place of the one being typed

TitleSearch = Callable[[query.Query, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Completion:
    """What a reader may be about to type.

    Attributes:
        query: the whole query: what was typed with its last word completed, or a title.
        kind: `word` or `title`.
        count: in how many articles the completed word is; 1 for a title.
    """

    query: str
    kind: Literal["word", "title"]
    count: int


class Completer:
    """Completes queries by the words and titles of one generation of an archive.

    Args:
        vocabulary: of the field `form`.
        analyzer: of the index; a completer serves one thread at a time, as its analyzer does.
        titles: the titles of the best articles of a Whoosh query, at most so many.
    """

    def __init__(self, vocabulary: Vocabulary, analyzer: Analyzer, titles: TitleSearch) -> None:
        self._vocabulary = vocabulary
        self._analyzer = analyzer
        self._titles = titles
        self._display = Display(analyzer)
        joins = analyzer.tables.joins.items()
        self._joined = {key.replace(" ", ""): solid for key, solid in joins if f" {CONJUNCTION} " in key}

    def complete(self, text: str, size: int = 8) -> list[Completion]:
        """How a query may go on: words, the most frequent first, then titles; at most `size` together.

        The letters typed are compared folded and without half-spaces. What matches nothing is read once more as typed
        on a Persian keyboard that was set to Latin. After a blank the last word counts as complete, and there are
        titles only.
        """
        found = self._complete(text, size)
        if not found and _LATIN.search(text) and not _PERSIAN.search(text):
            readings = dict.fromkeys(keyboard.to_persian(text))
            found = next(filter(None, (self._complete(reading, size) for reading in readings)), [])
        return found

    def _complete(self, text: str, size: int) -> list[Completion]:
        words = list(islice(self._words(text), max(size, _ALTERNATIVES)))
        titles = self._titled(text, [form for _, form, _ in words[:_ALTERNATIVES]], size // 2)
        completions = {written: Completion(written, "word", count) for written, _, count in words if written != text}
        return [*list(completions.values())[: size - len(titles)], *titles]

    def _words(self, text: str) -> Iterator[tuple[str, str, int]]:
        """The query with its last word completed, that word as the index holds it, and its frequency; best first.

        What follows a blank may begin an affix (کتاب ه): if so, one word with the word before comes first.
        """
        found = self._range(_LAST_WORD.search(text))
        if two := _LAST_TWO.search(text):
            least = _SHARE * self._vocabulary.frequency(_solid(two[1]))
            found = [entry for entry in self._range(two) if self._vocabulary.frequencies[entry[0]] >= least] + found
        for place, start in found:
            form = self._vocabulary.terms[place]
            if form not in self._analyzer.tables.stopwords:
                yield text[:start] + self._display.written(form), form, int(self._vocabulary.frequencies[place])

    def _range(self, end: re.Match[str] | None) -> list[tuple[int, int]]:
        """The commonest words that begin as the end of the query does, and where in the query that is."""
        if end is None:
            return []
        span = self._vocabulary.span(self._standard(_solid(end[0])))
        return [(place, end.start()) for place in self._vocabulary.commonest(*span, _READ)]

    def _standard(self, beginning: str) -> str:
        """The beginning of a word as the index spells it: گفتگو for گفتو, which گفتوگو begins with."""
        for spelled, standard in self._joined.items():
            if beginning.startswith(spelled):
                return standard + beginning[len(spelled) :]
            if spelled.startswith(beginning) and not standard.startswith(beginning):
                return standard
        return beginning

    def _titled(self, text: str, forms: Sequence[str], size: int) -> list[Completion]:
        """Titles that have all the words before the last one, and one of `forms` in its place.

        Those that begin as the text does come first.
        """
        last = _LAST_WORD.search(text)
        asked = [_any(token.stems) for token in self._analyzer.analyze(text[: last.start()] if last else text)]
        if last:
            asked.append(_any(stem for form in forms for token in self._analyzer.analyze(form) for stem in token.stems))
        wanted = [tree for tree in asked if tree is not None]
        if not wanted or (last and not forms):
            return []
        titles = dict.fromkeys(self._titles(query.And(wanted), size))
        beginning = _solid(text)
        return [
            Completion(title, "title", 1)
            for title in sorted(titles, key=lambda title: not _solid(title).startswith(beginning))
        ]


def _any(stems: Iterable[str]) -> query.Query | None:
    """A title that has one of the stems; None of no stems, as a function word has."""
    terms = [query.Term("title", stem) for stem in dict.fromkeys(stems)]
    return query.Or(terms) if terms else None


def _solid(text: str) -> str:
    """Folded, without blanks and half-spaces."""
    return "".join(fold(text).replace(ZWNJ, "").split())
