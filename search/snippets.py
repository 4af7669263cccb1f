"""Which words of a text answer the query, and which pieces of the text show it best.

Matching is by terms, on the original text: a word is marked when one of its stems, or its form, is what the
query asks, however it is spelled there. Words inside a quoted phrase are marked only where the phrase stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import NamedTuple

from whoosh import query as whoosh_query
from whoosh.support.levenshtein import distance

from search.persian import Analyzer, Token
from search.result import Marked

SNIPPET_LENGTH = 230  # characters: about three lines of a result
STEM_FIELDS = frozenset({"stem", "title", "lead", "lemma"})
_SENTENCE_END = re.compile(r"[.!?؟؛\n]\s+")


class Match(NamedTuple):
    """Characters `start` to `end` of a text answer the part `unit` of the query."""

    start: int
    end: int
    unit: str


@dataclass(frozen=True)
class Wanted:
    """What of a query can be seen in a text.

    Attributes:
        stems, forms: terms asked for.
        phrases: sequences of forms asked for side by side.
        patterns: tests of a form (prefix, wildcard, fuzzy), by their text.
    """

    stems: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    patterns: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: whoosh_query.Query) -> Wanted:
        """Everything that `tree` asks for; what it excludes does not count."""
        leaves = list(_positive_leaves(tree))
        terms = [leaf for leaf in leaves if type(leaf) is whoosh_query.Term]
        phrases = [leaf for leaf in leaves if isinstance(leaf, whoosh_query.Phrase) and leaf.fieldname == "form"]
        loose = {word for phrase in phrases if phrase.slop > 1 for word in phrase.words}
        return cls(
            stems=frozenset(term.text for term in terms if term.fieldname in STEM_FIELDS),
            forms=frozenset(term.text for term in terms if term.fieldname == "form") | loose,
            phrases=tuple(tuple(phrase.words) for phrase in phrases if phrase.slop == 1),
            patterns={leaf.text: test for leaf in leaves if (test := _pattern(leaf)) is not None},
        )

    def matches(self, tokens: Sequence[Token]) -> list[Match]:
        """The places of `tokens` that answer, ascending, not overlapping."""
        found = [Match(t.start, t.end, unit) for t in tokens if (unit := self._unit(t)) is not None]
        for phrase in self.phrases:
            found.extend(_phrase_matches(tokens, phrase))
        return _without_overlaps(found)

    def _unit(self, token: Token) -> str | None:
        for stem in token.stems:
            if stem in self.stems:
                return stem
        if token.form in self.forms:
            return token.form
        return next((text for text, test in self.patterns.items() if test(token.form)), None)


def _positive_leaves(tree: whoosh_query.Query) -> Iterator[whoosh_query.Query]:
    if isinstance(tree, whoosh_query.Not):
        return
    if isinstance(tree, whoosh_query.AndNot):
        yield from _positive_leaves(tree.a)
        return
    children = list(tree.children())
    if not children:
        yield tree
    for child in children:
        yield from _positive_leaves(child)


def _pattern(leaf: whoosh_query.Query) -> Callable[[str], bool] | None:
    if isinstance(leaf, whoosh_query.Prefix):
        prefix = leaf.text
        return lambda form: form.startswith(prefix)
    if isinstance(leaf, whoosh_query.Wildcard):
        parts = re.split(r"([*?])", leaf.text)
        shape = re.compile("".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts))
        return lambda form: shape.fullmatch(form) is not None
    if isinstance(leaf, whoosh_query.FuzzyTerm):
        text, limit, fixed = leaf.text, leaf.maxdist, leaf.text[: leaf.prefixlength]
        return lambda form: form.startswith(fixed) and distance(form, text, limit) <= limit
    return None


def _phrase_matches(tokens: Sequence[Token], phrase: tuple[str, ...]) -> Iterator[Match]:
    size = len(phrase)
    for first, token in enumerate(tokens):
        window = tokens[first : first + size]
        if token.form == phrase[0] and tuple(t.form for t in window) == phrase:
            yield Match(token.start, window[-1].end, " ".join(phrase))


def _without_overlaps(found: Iterable[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


class Highlighter:
    """Marks texts for one query.

    Args:
        analyzer: of the index that is searched.
        wanted: what the query asks for.
        weight: how telling a unit of the query is (its inverse document frequency); 1.0 where absent.
    """

    def __init__(self, analyzer: Analyzer, wanted: Wanted, weight: Mapping[str, float] | None = None) -> None:
        self._analyzer = analyzer
        self._wanted = wanted
        self._weight = weight or {}

    def mark(self, text: str) -> Marked:
        """The whole text with its matches."""
        return Marked(text, tuple((m.start, m.end) for m in self._matches(text)))

    def snippets(self, paragraphs: Sequence[str], count: int = 2) -> tuple[Marked, ...]:
        """Up to `count` pieces, in the order of the text, that show the most telling words together.

        Where nothing matches, the beginning of the first paragraph that has text.
        """
        candidates = [
            (self._value(window), number, window)
            for number, text in enumerate(paragraphs)
            for window in _windows(self._matches(text))
        ]
        chosen: list[tuple[int, list[Match]]] = []
        shown: set[str] = set()
        while candidates and len(chosen) < count:
            # What an earlier piece shows already adds nothing: the second piece is for the rest of the query.
            best = max(candidates, key=lambda c: (self._value(c[2], shown), c[0], -c[1]))
            if chosen and not self._value(best[2], shown):
                break
            chosen.append((best[1], best[2]))
            shown |= {match.unit for match in best[2]}
            candidates.remove(best)
        if not chosen:
            return tuple(_piece(text, [], 0, 0) for text in paragraphs if text.strip())[:1]
        return tuple(_around(paragraphs[number], window) for number, window in sorted(chosen, key=_place))

    def _matches(self, text: str) -> list[Match]:
        return self._wanted.matches(self._analyzer.analyze(text)) if text else []

    def _value(self, window: Sequence[Match], shown: Iterable[str] = ()) -> float:
        units = {match.unit for match in window}.difference(shown)
        # A tenth for repetition: among equal sets of words, the denser piece wins.
        return sum(self._weight.get(unit, 1.0) for unit in units) * (1 + len(window) / 10)


def _place(choice: tuple[int, list[Match]]) -> tuple[int, int]:
    return choice[0], choice[1][0].start


def _windows(matches: Sequence[Match]) -> Iterator[list[Match]]:
    """The matches that fit into one snippet, one for each match that no earlier one reaches."""
    covered = 0
    for first, match in enumerate(matches):
        window = [match, *takewhile(_ends_by(match.start + SNIPPET_LENGTH), islice(matches, first + 1, None))]
        if first + len(window) > covered:
            covered = first + len(window)
            yield window


def _ends_by(limit: int) -> Callable[[Match], bool]:
    return lambda match: match.end <= limit


def _around(text: str, window: Sequence[Match]) -> Marked:
    """The piece of text around the matches: from the start of the sentence where that is near."""
    room = max(0, SNIPPET_LENGTH - (window[-1].end - window[0].start))
    earliest = max(0, window[0].start - room)
    sentences = [m.end() for m in _SENTENCE_END.finditer(text, earliest, window[0].start)]
    # The nearest beginning, unless the text ends so soon after it that the piece would be short.
    full = [place for place in sentences if len(text) - place >= SNIPPET_LENGTH * 2 // 3]
    start = full[-1] if full else 0 if not earliest else sentences[0] if sentences else window[0].start - room // 3
    return _piece(text, window, _word_start(text, start), window[-1].end)


def _word_start(text: str, place: int) -> int:
    if place == 0 or text[place - 1].isspace():
        return place
    following = re.compile(r"\s+").search(text, place)
    return following.end() if following and following.end() - place < 40 else place


def _piece(text: str, window: Sequence[Match], start: int, needed: int) -> Marked:
    """text[start:...] of the usual length, cut between words, with ellipses where something is left out."""
    end = min(len(text), max(needed, start + SNIPPET_LENGTH))
    if end < len(text):
        space = text.rfind(" ", max(needed, start + 1), end)
        end = space if space > 0 else end
    lead, trail = ("… " if start else ""), (" …" if end < len(text) else "")
    shift = len(lead) - start
    marks = tuple((m.start + shift, m.end + shift) for m in window if start <= m.start and m.end <= end)
    return Marked(f"{lead}{text[start:end]}{trail}", marks)
