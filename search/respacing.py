"""Respacing: a word of a query that no article has, parted where articles have its parts side by side.

The tables of the analysis part a solid string where its half-space was lost, if they know its parts. Names are too many
for tables (نعیم‌آبادی, typed نعیمآبادی); but the archive that is searched knows its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

from whoosh import query as whoosh_query

from search.engine.answer import EngineQuery
from search.engine.searching import SnapshotSearcher
from search.persian import Analyzer, Token

_HALF_SPACE = "\u200c"
_SOLID = re.compile("[\u0620-\u06ff]{5,30}")
_MOST = 8  # words of a query that are looked into
_PARTS = 3  # at most
_SHORTEST = 2  # letters of a part
_TRIED = 8  # ways to part a word that are looked up side by side


class Respacing:
    """Reads queries as the analyzer of the index does, but for words that no article has. For one thread at a time.

    Args:
        analyzer: of the index.
        engine: over the snapshot that is searched.
    """

    def __init__(self, analyzer: Analyzer, engine: SnapshotSearcher) -> None:
        self._analyzer = analyzer
        self._engine = engine

    def analyze(self, text: str) -> list[Token]:
        """The tokens of a query; the parts of a word that was parted stand at the place of the whole."""
        tokens = self._analyzer.analyze(text)
        missing = set(islice((token.position for token in tokens if self._is_missing(token)), _MOST))
        if not missing:
            return tokens
        parted = (self._parted(token) if token.position in missing else [token] for token in tokens)
        return [token._replace(position=i) for i, token in enumerate(chain.from_iterable(parted))]

    def _is_missing(self, token: Token) -> bool:
        return _SOLID.fullmatch(token.form) is not None and not any(self._articles("stem", s) for s in token.stems)

    def _parted(self, token: Token) -> list[Token]:
        """The parts that most articles have side by side; the token itself where none has."""
        ways = sorted(_ways(token.form, self._has), key=lambda parts: (len(parts), -min(map(self._has, parts))))
        read = [self._analyzer.analyze(_HALF_SPACE.join(parts)) for parts in ways[:_TRIED]]
        found = {self._together(tokens): tokens for tokens in reversed(read) if len(tokens) > 1}
        together = max(found, default=0)
        if not together:
            return [token]
        return [part._replace(start=token.start, end=token.end) for part in found[together]]

    def _has(self, form: str) -> int:
        return self._articles("form", form)

    def _articles(self, field: str, term: str) -> int:
        """How many articles have a term."""
        place = self._engine.lexicon.place(field, term)
        return place.statistics.document_frequency if place else 0

    def _together(self, tokens: list[Token]) -> int:
        """How many articles have the words one after the other."""
        phrase = whoosh_query.Phrase("form", [token.form for token in tokens])
        return self._engine.search(EngineQuery(tree=phrase, limit=0)).total


def _ways(word: str, known: Callable[[str], int], parts: int = _PARTS) -> Iterator[tuple[str, ...]]:
    """All ways to part a word into two and more known ones."""
    for cut in range(_SHORTEST, len(word) - _SHORTEST + 1):
        first, rest = word[:cut], word[cut:]
        if not known(first):
            continue
        if known(rest):
            yield first, rest
        elif parts > 2:
            yield from ((first, *others) for others in _ways(rest, known, parts - 1))
