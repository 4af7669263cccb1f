"""Phrases and proximity over one segment: Phrase, Sequence, SpanNear, SpanNear2 of terms, patterns and each other."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from whoosh import query
from whoosh.query import spans
from whoosh.util import make_binary_tree

from search.engine import kernel
from search.engine.expand import expandable
from search.engine.kernel import Docs, Found, Scores
from search.engine.proximity import Spans, either, near, occurrences
from search.engine.schema import TEXT

if TYPE_CHECKING:
    from search.engine.evaluate import SegmentEvaluator


class Nearness(NamedTuple):
    """What the four kinds of query say, in one form.

    Attributes:
        balanced: children are joined in Whoosh's balanced binary tree (Sequence), not one after another.
        late: as in `proximity.near`.
    """

    children: Sequence[query.Query]
    slop: int
    ordered: bool
    mindist: int
    boost: float
    balanced: bool
    late: bool


def nearness(tree: query.Query) -> Nearness | None:
    """The tree in one form; None for any other kind of query."""
    if type(tree) is query.Phrase:
        terms = [query.Term(tree.fieldname, word) for word in tree.words]
        return Nearness(terms, tree.slop, True, 1, tree.boost, False, True)
    if type(tree) is query.Sequence:
        return Nearness(tree.subqueries, tree.slop, tree.ordered, 1, tree.boost, True, False)
    if type(tree) is spans.SpanNear:
        return Nearness((tree.a, tree.b), tree.slop, tree.ordered, tree.mindist, 1.0, False, False)
    if type(tree) is spans.SpanNear2:
        return Nearness(tree.qs, tree.slop, tree.ordered, tree.mindist, 1.0, False, True)
    return None


def covers(tree: query.Query) -> bool:
    """Whether the tree is made of what this module knows, over fields with positions."""
    form = nearness(tree)
    if form is not None:
        return bool(form.children) and all(map(covers, form.children))
    if type(tree) is query.Or:
        return not tree.scale and all(map(covers, tree.subqueries))
    positional = tree.field() in TEXT and TEXT[tree.field()].positions
    return positional and (type(tree) is query.Term or expandable(tree))


def match(tree: query.Query, evaluator: SegmentEvaluator) -> Found:
    """The documents that have the children near each other; scores are those of the children, added up."""
    form = nearness(tree)
    assert form is not None
    docs, scores = evaluator.match(query.And([_scored(child) for child in form.children]))
    if _is_chain(form):
        held = np.flatnonzero(chain(evaluator, form.children, docs, form.slop))
    else:
        held = np.unique(_spans(tree, evaluator, docs).slots)
    kept: Scores = scores[held] * np.float32(form.boost)
    return docs[held], kept


def chain(evaluator: SegmentEvaluator, terms: Sequence[query.Term], docs: Docs, slop: int) -> kernel.Counts:
    """How often each of the documents, which hold all of the terms, has them in order, 1 to `slop` apart; uint32."""
    run, segment = evaluator.run, evaluator.segment
    places = [run.lexicon.place(term.fieldname, term.text) for term in terms]
    sources = [run.lexicon.positions(segment, place) for place in places if place and len(docs)]
    if not len(docs):
        return np.zeros(0, np.uint32)
    return kernel.chain(sources, [evaluator.rows(docs, term) for term in terms], slop)


def _scored(child: query.Query) -> query.Query:
    """The child as it counts for the score: a pattern as the terms that it stands for."""
    if isinstance(child, query.MultiTerm):
        child = copy(child)
        child.constantscore = False
    return child


def _is_chain(form: Nearness) -> bool:
    """Whether only positions of single terms of one field, in order, are to be joined."""
    return (
        form.ordered
        and form.mindist == 1
        and all(type(child) is query.Term for child in form.children)
        and len({child.field() for child in form.children}) == 1
    )


def _spans(tree: query.Query, evaluator: SegmentEvaluator, docs: Docs) -> Spans:
    """The spans of a covered tree in some documents."""
    form = nearness(tree)
    if form is not None:
        parts = [_spans(child, evaluator, docs) for child in form.children]
        join = partial(near, slop=form.slop, ordered=form.ordered, mindist=form.mindist, late=form.late)
        if form.balanced:
            joined: Spans = make_binary_tree(join, parts)
            return joined
        for part in parts[1:]:
            parts[0] = join(parts[0], part)
        return parts[0]
    if type(tree) is query.Term:
        return _occurrences(tree, evaluator, docs)
    children = tree.subqueries if type(tree) is query.Or else evaluator.expanded(tree)
    return either([_spans(child, evaluator, docs) for child in children])


def _occurrences(term: query.Term, evaluator: SegmentEvaluator, docs: Docs) -> Spans:
    place = evaluator.run.lexicon.place(term.fieldname, term.text)
    if place is None or place.postings[evaluator.segment] is None:
        return Spans(*(np.zeros(0, np.int64) for _ in range(3)))
    return occurrences(evaluator.run.lexicon.positions(evaluator.segment, place), evaluator.rows(docs, term))
