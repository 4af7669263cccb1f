"""A Whoosh query tree over one segment -> the documents that match, with their scores, as arrays.

Every kind of query that `SegmentEvaluator.match` does not know by name goes to Whoosh's own matchers (stock.py).
What the clock cuts short is left out: whatever is given does match, and `Run.expired` tells that it is not all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import singledispatchmethod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import query
from whoosh.query import spans

from search.engine import kernel, phrases, stock
from search.engine.expand import Ordinals, expand, expandable
from search.engine.kernel import Docs, Scores, WeightedTerm
from search.engine.lexicon import Lexicon
from search.engine.ranking import weighting_of
from search.engine.schema import TEXT


class Matches(NamedTuple):
    """Documents of a segment, ascending and distinct, and the score of each."""

    docs: Docs
    scores: Scores


NOTHING = Matches(np.zeros(0, np.uint32), np.zeros(0, np.float32))


def constant(docs: Docs, score: float) -> Matches:
    """Documents that all have one score."""
    return Matches(docs, np.full(len(docs), score, np.float32))


class Run:
    """What the evaluators of one search share: expanded patterns, and the clock.

    Attributes:
        lexicon: of the snapshot that is searched.
        capped: patterns, as text, that stand for more terms than were looked up.
    """

    def __init__(
        self, lexicon: Lexicon, time_limit_ms: float | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.lexicon = lexicon
        self.capped: dict[str, None] = {}
        self._clock = clock
        self._end = None if time_limit_ms is None else clock() + time_limit_ms / 1000
        self._expired = False
        self._expansions: dict[query.Query, list[Ordinals]] = {}

    def expired(self) -> bool:
        """Whether the time is over; once true, it stays so."""
        if self._end is not None and not self._expired:
            self._expired = self._clock() >= self._end
        return self._expired

    def expansion(self, pattern: query.Query, segment: int) -> Ordinals:
        """The ordinals of one segment's terms that a pattern stands for."""
        if pattern not in self._expansions:
            self._expansions[pattern], capped = expand(pattern, self.lexicon, self.expired)
            if capped:
                self.capped[str(pattern)] = None
        return self._expansions[pattern][segment]


class SegmentEvaluator:
    """Evaluates queries over one segment. Deleted documents count as any other; the caller drops them.

    Args:
        segment: its number in the snapshot.
    """

    def __init__(self, run: Run, segment: int) -> None:
        self.run = run
        self.segment = segment
        self.reader = run.lexicon.snapshot.segments[segment]

    def match(self, tree: query.Query) -> Matches:
        """The matching documents and their scores."""
        return NOTHING if self.run.expired() else self._match(tree)

    def docs(self, tree: query.Query) -> Docs:
        """The matching documents alone, where scores do not matter."""
        return NOTHING.docs if self.run.expired() else self._docs(tree)

    @singledispatchmethod
    def _match(self, tree: query.Query) -> Matches:
        return Matches(*stock.match(tree, self.run, self.segment))

    @singledispatchmethod
    def _docs(self, tree: query.Query) -> Docs:
        return self._match(tree).docs

    # Terms

    @_match.register(query.Term)
    def _(self, tree: query.Term) -> Matches:
        term = self.weighted(tree)
        return Matches(*kernel.intersect((term,), self.reader.size)) if term else NOTHING

    @_docs.register(query.Term)
    def _(self, tree: query.Term) -> Docs:
        place = self.run.lexicon.place(tree.fieldname, tree.text)
        postings = place and place.postings[self.segment]
        return kernel.decode(postings) if postings else NOTHING.docs

    @_match.register(query.MultiTerm)
    def _(self, tree: query.MultiTerm) -> Matches:
        if not expandable(tree):
            return Matches(*stock.match(tree, self.run, self.segment))
        if tree.constantscore:
            return constant(self._docs(tree), tree.boost)
        return self._any(self.expanded(tree), 1.0)

    @_docs.register(query.MultiTerm)
    def _(self, tree: query.MultiTerm) -> Docs:
        if not expandable(tree):
            return Matches(*stock.match(tree, self.run, self.segment)).docs
        ordinals = self.run.expansion(tree, self.segment)
        postings = self.reader.field_postings(tree.field()) if len(ordinals) else None
        if postings is None:
            return NOTHING.docs
        if ordinals[-1] - ordinals[0] == len(ordinals) - 1:
            return self._union([postings.documents(int(ordinals[0]), int(ordinals[-1]) + 1)])
        return self._union(postings.documents(ordinal, ordinal + 1) for ordinal in ordinals.tolist())

    @_match.register(query.NumericRange)
    def _(self, tree: query.NumericRange) -> Matches:
        if tree.fieldname != "day" or not tree.constantscore or isinstance(tree, query.DateRange):
            return Matches(*stock.match(tree, self.run, self.segment))
        days = self.reader.numbers("day")
        inside = days >= 0
        if tree.start is not None:
            inside &= days > tree.start if tree.startexcl else days >= tree.start
        if tree.end is not None:
            inside &= days < tree.end if tree.endexcl else days <= tree.end
        return constant(np.flatnonzero(inside).astype(np.uint32), tree.boost)

    @_match.register(query.Every)
    def _(self, tree: query.Every) -> Matches:
        return constant(self._docs(tree), tree.boost)

    @_docs.register(query.Every)
    def _(self, tree: query.Every) -> Docs:
        field, size = tree.fieldname, self.reader.size
        if field is None:
            return np.arange(size, dtype=np.uint32)
        if field in TEXT:
            return np.flatnonzero(self.reader.lengths(field)).astype(np.uint32)
        postings = self.reader.field_postings(field)
        return self._union([postings.documents(0, len(self.reader.dictionary(field)))])

    @_match.register(type(query.NullQuery))
    def _(self, tree: query.Query) -> Matches:
        return NOTHING

    # Compounds

    @_match.register(query.Or)
    def _(self, tree: query.Or) -> Matches:
        if tree.scale:
            return Matches(*stock.match(tree, self.run, self.segment))
        return self._any(tree.subqueries, tree.boost)

    @_docs.register(query.Or)
    @_docs.register(query.DisjunctionMax)
    def _(self, tree: query.Or | query.DisjunctionMax) -> Docs:
        return self._union(map(self.docs, tree.subqueries))

    @_match.register(query.DisjunctionMax)
    def _(self, tree: query.DisjunctionMax) -> Matches:
        parts = [self.match(child) for child in tree.subqueries]
        docs = self._union(part.docs for part in parts)
        best = np.full(len(docs), -np.inf, np.float32)
        total = np.zeros(len(docs), np.float32)
        for part in parts:
            at = kernel.rows(part.docs, docs)
            best[at] = np.maximum(best[at], part.scores)
            total[at] += part.scores
        return Matches(docs, (best + tree.tiebreak * (total - best)) * np.float32(tree.boost))

    @_match.register(query.And)
    def _(self, tree: query.And) -> Matches:
        wanted = [child for child in tree.subqueries if not isinstance(child, query.Not)]
        unwanted = [child for child in tree.subqueries if isinstance(child, query.Not)]
        if not tree.subqueries:
            return NOTHING
        found = self._all(wanted) if wanted else constant(self._docs(query.Every()), 0.0)
        for child in unwanted:
            found = self._without(found, child.query)
        return Matches(found.docs, (found.scores + np.float32(len(unwanted))) * np.float32(tree.boost))

    @_match.register(query.Not)
    def _(self, tree: query.Not) -> Matches:
        return self._without(constant(self._docs(query.Every()), 1.0), tree.query)

    @_match.register(query.AndNot)
    def _(self, tree: query.AndNot) -> Matches:
        return self._without(self.match(tree.a), tree.b)

    @_match.register(query.Require)
    def _(self, tree: query.Require) -> Matches:
        return self._within(self.match(tree.a), tree.b)

    @_match.register(query.AndMaybe)
    def _(self, tree: query.AndMaybe) -> Matches:
        found = self.match(tree.a)
        terms = self._plain(tree.b)
        if terms is not None:
            kernel.augment(found.docs, found.scores, terms, self.reader.size)
            return found
        more = self.match(tree.b)
        rows = kernel.rows(found.docs, more.docs)
        held = np.flatnonzero(rows >= 0)
        found.scores[held] += more.scores[rows[held]]
        return found

    @_docs.register(query.AndMaybe)
    def _(self, tree: query.AndMaybe) -> Docs:
        return self.docs(tree.a)

    @_match.register(query.ConstantScoreQuery)
    def _(self, tree: query.ConstantScoreQuery) -> Matches:
        return constant(self.docs(tree.child), tree.score)

    # Positions

    @_match.register(query.Phrase)
    @_match.register(query.Sequence)
    @_match.register(spans.SpanNear)
    @_match.register(spans.SpanNear2)
    def _(self, tree: query.Query) -> Matches:
        if not phrases.covers(tree):
            return Matches(*stock.match(tree, self.run, self.segment))
        return Matches(*phrases.match(tree, self))

    # What the kinds above are made of

    def weighted(self, tree: query.Term, boost: float = 1.0) -> WeightedTerm | None:
        """A term query with what scores it here; None where the segment does not hold the term."""
        place = self.run.lexicon.place(tree.fieldname, tree.text)
        if place is None:
            return None
        return self.run.lexicon.weighted(self.segment, place, weighting_of(place.field), tree.boost * boost)

    def expanded(self, pattern: query.Query) -> list[query.Term]:
        """The term queries that a pattern stands for in this segment."""
        dictionary = self.reader.dictionary(pattern.field())
        ordinals = self.run.expansion(pattern, self.segment).tolist()
        return [query.Term(pattern.field(), dictionary.term(ordinal), pattern.boost) for ordinal in ordinals]

    def _plain(self, tree: query.Query, boost: float = 1.0) -> list[WeightedTerm] | None:
        """The terms of a disjunction of nothing but terms, each of a score above zero; None for any other tree."""
        if type(tree) is query.Term:
            term = self.weighted(tree, boost)
            return None if term and not term.factor > 0 else [term] if term else []
        if type(tree) is not query.Or or tree.scale:
            return None
        parts = [self._plain(child, boost * tree.boost) for child in tree.subqueries]
        return None if None in parts else [term for part in parts for term in part or ()]

    def _any(self, children: Sequence[query.Query], boost: float) -> Matches:
        """Any of the children, scores added up. Bare terms, most often all there is, are one call of the kernel."""
        terms: list[WeightedTerm] = []
        parts: list[Matches] = []
        for child in children:
            plain = self._plain(child, boost)
            if plain is None:
                part = self.match(child)
                parts.append(Matches(part.docs, part.scores * np.float32(boost)))
            else:
                terms += plain
        if terms and not self.run.expired():
            parts.append(Matches(*kernel.union(terms, self.reader.size)))
        if len(parts) <= 1:
            return parts[0] if parts else NOTHING
        docs = self._union(part.docs for part in parts)
        scores = np.zeros(len(docs), np.float32)
        for part in parts:
            scores[kernel.rows(part.docs, docs)] += part.scores
        return Matches(docs, scores)

    def _all(self, children: Sequence[query.Query]) -> Matches:
        """All of the children, scores added up: bare terms first, in one call of the kernel, then the rest."""
        bare = [child for child in children if type(child) is query.Term]
        terms = [term for term in map(self.weighted, bare) if term]
        if len(terms) < len(bare):
            return NOTHING
        found = Matches(*kernel.intersect(terms, self.reader.size)) if terms else None
        for child in children:
            if type(child) is not query.Term and (found is None or len(found.docs)):
                found = self._both(found, child)
        return found or NOTHING

    def _both(self, found: Matches | None, child: query.Query) -> Matches:
        if found is None:
            return self.match(child)
        terms = self._plain(child)
        if terms is not None:
            return self._augmented(found, terms)
        other = self.match(child)
        rows = kernel.rows(found.docs, other.docs)
        held = np.flatnonzero(rows >= 0)
        return Matches(found.docs[held], found.scores[held] + other.scores[rows[held]])

    def _augmented(self, found: Matches, terms: list[WeightedTerm]) -> Matches:
        """Those documents that hold one of the terms, whose scores are added."""
        more = np.zeros(len(found.docs), np.float32)
        kernel.augment(found.docs, more, terms, self.reader.size)
        held = np.flatnonzero(more)
        return Matches(found.docs[held], found.scores[held] + more[held])

    def _within(self, found: Matches, condition: query.Query) -> Matches:
        held = np.flatnonzero(self.rows(found.docs, condition) >= 0)
        return Matches(found.docs[held], found.scores[held])

    def _without(self, found: Matches, condition: query.Query) -> Matches:
        rows = self.rows(found.docs, condition)
        if self.run.expired():  # the condition may be known in part only: leave no document that it excludes
            return NOTHING
        kept = np.flatnonzero(rows < 0)
        return Matches(found.docs[kept], found.scores[kept])

    def rows(self, docs: Docs, condition: query.Query) -> kernel.Rows:
        """A number from 0 up for each of the documents that match the condition, -1 for the others."""
        if type(condition) is query.Term:
            place = self.run.lexicon.place(condition.fieldname, condition.text)
            return self.run.lexicon.rows(self.segment, place, docs)
        return kernel.rows(docs, self.docs(condition))

    def _union(self, parts: Iterable[NDArray[np.uint32]]) -> Docs:
        """All documents of the parts, which need not be sorted."""
        held = np.zeros(self.reader.size, np.bool_)
        for part in parts:
            held[part] = True
        return np.flatnonzero(held).astype(np.uint32)
