"""Nodes -> trees over the terms of the index.

Words become their stems, so that every form of a word answers; phrases and patterns become forms, so that they
answer as written. Words of a text that have no stem (stopwords) count only where nothing else is asked for.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Any, NamedTuple, Protocol

from whoosh import query

from search import jalali
from search.persian import Token, fold
from search.query.grammar import Reading
from search.query.nodes import All, Days, Either, Exact, Excluded, Node, Pattern, Phrase, Words, narrows, positive
from search.request import Match

#: (field, value as typed) -> the value as the index has it.
Canonical = Callable[[str, str], str]
Tree = Any  # a whoosh.query.Query; Whoosh is untyped


class TokenSource(Protocol):
    """What reads the words of a query: a `search.persian.Analyzer`, or what stands before it."""

    def analyze(self, text: str) -> list[Token]: ...  # noqa: D102


_MOST_READINGS = 4  # of a phrase in the title whose words have two stems
_PUNCTUATION = string.punctuation + "،؛؟…«»"
_LONG = 5  # letters; a shorter word is not itself any more after two edits


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuery:
    """A query, ready for the engine.

    Attributes:
        tree: a `whoosh.query.Query`; its texts are terms of the index.
        relaxed: the same with any of the words; None where that is no different.
        tokens: the words looked for, in order, with their places in the typed text; positions count on over the
            query, with a gap wherever words do not stand side by side. Excluded words and patterns are left out.
        phrases: the forms of each exact phrase of two words and more.
        words: the plain words as typed, outside phrases, patterns and values.
        hints: what was read otherwise than typed, in Persian, a sentence each.
    """

    tree: Tree
    relaxed: Tree | None = None
    tokens: tuple[Token, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def matches_everything(self) -> bool:
        """Whether all articles answer."""
        return isinstance(self.tree, query.Every)


def as_typed(field: str, value: str) -> str:
    """The value itself, for an archive that spells it one way only."""
    return value


def build(reading: Reading, analyzer: TokenSource, *, match: Match, canonical: Canonical) -> ParsedQuery:
    """The trees of a query, and what else is known of it; see `search.query.parse`."""
    builder = _Builder(analyzer, canonical)
    tree = builder.tree(reading.node, match == "any")
    hints = (*reading.hints, *builder.hints)
    if reading.node is None or tree is None:
        return ParsedQuery(tree=query.Every(), hints=(*hints, _NOTHING) if reading.text.strip() else hints)
    relaxed = builder.tree(reading.node, True)
    leaves = list(positive(reading.node))
    phrases = (builder.forms(leaf.text) for leaf in leaves if isinstance(leaf, Phrase) and leaf.near == 1)
    return ParsedQuery(
        tree=tree,
        relaxed=relaxed if relaxed != tree else None,
        tokens=tuple(builder.tokens(leaves)),
        phrases=tuple(forms for forms in phrases if len(forms) > 1),
        words=tuple(_plain_words(leaf.text for leaf in leaves if isinstance(leaf, Words))),
        hints=hints,
    )


_NOTHING = "در پرسش واژه‌ای برای جست‌وجو نبود؛ همهٔ خبرها نشان داده می‌شوند."
_COMMON = 'واژه‌های بسیار رایج را تنها در گیومه می‌توان کنار گذاشت؛ نمونه: -"از"'


class _Clause(NamedTuple):
    """A part of a conjunction; one that is not `telling` (stopwords) counts only where no other is."""

    tree: Tree
    telling: bool = True


class _Builder:
    """Makes trees for one query; each text is analysed once."""

    def __init__(self, analyzer: TokenSource, canonical: Canonical) -> None:
        self._analyze: Callable[[str], list[Token]] = cache(analyzer.analyze)
        self._canonical = canonical
        self.hints: dict[str, None] = {}

    def tree(self, node: Node | None, any_word: bool) -> Tree | None:
        """The tree of a node, all of whose words are needed, or any; None where it asks for nothing."""
        clause = self._all(_parts(node), any_word) if node else None
        return clause and clause.tree

    def forms(self, text: str) -> tuple[str, ...]:
        """The words of a text as they are written."""
        return tuple(token.form for token in self._analyze(text))

    def tokens(self, leaves: Iterable[Words | Phrase]) -> Iterable[Token]:
        """The tokens of all leaves, with places and positions in the query."""
        position = 0
        for leaf in leaves:
            found = self._analyze(leaf.text)
            for token in found:
                start, end = token.start + leaf.start, token.end + leaf.start
                yield token._replace(position=token.position + position, start=start, end=end)
            position += len(found) + 1

    def _all(self, nodes: Sequence[Node], any_word: bool) -> _Clause | None:
        """A conjunction. Values and dates narrow it, also where any of the words will do."""
        narrowing = [clause.tree for node in nodes if _filters(node) for clause in self._clauses(node, False)]
        excluded = [tree for node in nodes if isinstance(node, Excluded) for tree in self._excluded(node)]
        wanted = [clause for node in nodes if not narrows(node) for clause in self._clauses(node, any_word)]
        telling = [clause.tree for clause in wanted if clause.telling]
        core = _joined(query.Or if any_word else query.And, telling or [clause.tree for clause in wanted])
        tree = _joined(query.And, [*([core] if core else []), *narrowing])
        if excluded:
            tree = query.AndNot(tree or query.Every(), _joined(query.Or, excluded))
        return _Clause(tree, bool(telling or narrowing or excluded)) if tree else None

    def _excluded(self, node: Excluded) -> list[Tree]:
        """What a conjunction goes without; stopwords are in every article, so they stay."""
        clause = self._all(_parts(node.node), False)
        if clause and clause.telling:
            return [clause.tree]
        if clause:
            self.hints[_COMMON] = None
        return []

    def _clauses(self, node: Node, any_word: bool) -> list[_Clause]:
        """The clauses that a node adds to a conjunction: of words, one a word; else one, or none."""
        if isinstance(node, Words):
            return self._words(node)
        if isinstance(node, Phrase):
            return _clause(self._phrase(node))
        if isinstance(node, Pattern):
            return _clause(_joined(query.And, list(self._pattern(node))))
        if isinstance(node, Exact):
            return _clause(query.Term(node.field, self._value(node)))
        if isinstance(node, Days):
            return _clause(query.NumericRange("day", node.first, node.last))
        clause = self._either(node, any_word) if isinstance(node, Either) else self._all(_parts(node), any_word)
        return [clause] if clause else []

    def _value(self, node: Exact) -> str:
        """The value without needless space, as the index has it; a code has ASCII digits."""
        value = " ".join(node.value.split())
        return self._canonical(node.field, jalali.ascii_digits(value) if node.field == "code" else value)

    def _either(self, node: Either, any_word: bool) -> _Clause | None:
        branches = [clause for part in node.nodes if (clause := self._all(_parts(part), any_word))]
        tree = _joined(query.Or, [branch.tree for branch in branches])
        return _Clause(tree, any(branch.telling for branch in branches)) if tree else None

    def _words(self, node: Words) -> list[_Clause]:
        """A clause a word: its stem, or one of its stems; of a stopword its form, not telling."""
        field = node.place or "stem"
        return [
            _Clause(_joined(query.Or, [query.Term(field, stem) for stem in token.stems]))
            if token.stems
            else _Clause(query.Term("form", token.form), telling=False)
            for token in self._analyze(node.text)
        ]

    def _phrase(self, node: Phrase) -> Tree | None:
        """Forms side by side or near each other; in the title, which holds no forms, stems."""
        if not node.place:
            return _sequence("form", self.forms(node.text), node.near)
        stems = [token.stems for token in self._analyze(node.text) if token.stems]
        readings = islice(product(*stems), _MOST_READINGS)
        trees = [_sequence(node.place, reading, node.near) for reading in readings]
        return _joined(query.Or, [tree for tree in trees if tree])

    def _pattern(self, node: Pattern) -> Iterable[Tree]:
        """Wildcards over forms; what the analyzer takes for several words is a pattern in its last word."""
        field = node.place or "form"
        if node.distance:
            return [_fuzzy(field, form, node.distance) for form in self.forms(node.text)]
        if node.text.find("*") < len(node.text) - 1:
            pieces = ["".join(filter(str.isalnum, piece)) for piece in fold(node.text).split("*")]
            return [query.Wildcard(field, re.sub(r"\*+", "*", "*".join(pieces)))] if any(pieces) else []
        forms = self.forms(node.text[:-1])
        return [*(query.Term(field, form) for form in forms[:-1]), *(query.Prefix(field, form) for form in forms[-1:])]


def _plain_words(texts: Iterable[str]) -> Iterable[str]:
    bare = (word.strip(_PUNCTUATION) for text in texts for word in text.split())
    return filter(None, bare)


def _filters(node: Node) -> bool:
    return narrows(node) and not isinstance(node, Excluded)


def _parts(node: Node) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, All) else (node,)


def _clause(tree: Tree | None) -> list[_Clause]:
    return [_Clause(tree)] if tree else []


def _joined(operator: Callable[[list[Tree]], Tree], trees: Sequence[Tree]) -> Tree | None:
    """The trees under an operator, each once; a single tree needs none."""
    distinct = list(dict.fromkeys(trees))
    return operator(distinct) if len(distinct) > 1 else next(iter(distinct), None)


def _sequence(field: str, terms: Sequence[str], near: int) -> Tree | None:
    """Terms side by side, or within `near` words of each other in any order."""
    if near > 1 and len(terms) > 1:
        return query.SpanNear2([query.Term(field, term) for term in terms], slop=near, ordered=False)
    if len(terms) > 1:
        return query.Phrase(field, list(terms))
    return query.Term(field, terms[0]) if terms else None


def _fuzzy(field: str, form: str, distance: int) -> Tree:
    return query.FuzzyTerm(field, form, maxdist=min(distance, 1 if len(form) < _LONG else 2), prefixlength=1)
