"""Feedback: a query widened with the words of its own best articles (pseudo-relevance feedback).

The relevance model RM3 (Lavrenko and Croft 2001; Abdul-Jaleel et al. 2004): the leading articles vote for their
words, each with the weight of its score, and the words that win join the query with a small share of its weight.
It finds more of a topic; it blurs a question that has one right answer, so it is never on by default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from whoosh import query as whoosh_query

ARTICLES = 10
WORDS = 20
OWN_SHARE = 0.8  # lambda of RM3: the weight that the typed words keep


def widened(
    tree: whoosh_query.Query,
    typed: Sequence[str],
    leading: Iterable[tuple[float, Sequence[str]]],
    rarity: Callable[[str], float],
) -> whoosh_query.Query:
    """The same matches, ranked with the words of the leading articles, too.

    Args:
        tree: the query as typed.
        typed: its stems; they are not added again.
        leading: (score, stems of the whole text) of each of the best articles.
        rarity: how telling a stem is in the whole archive, from 0.0; words that are everywhere gain nothing.
    """
    votes: dict[str, float] = defaultdict(float)
    for score, stems in leading:
        for stem in stems:
            votes[stem] += score / len(stems)
    for stem in typed:
        votes.pop(stem, None)
    best = sorted(votes, key=lambda stem: (-votes[stem] * rarity(stem), stem))[:WORDS]
    total = sum(votes[stem] for stem in best)
    if not total:
        return tree
    scale = (1 - OWN_SHARE) / OWN_SHARE * max(1, len(typed)) / total
    added = [whoosh_query.Term("stem", stem, boost=scale * votes[stem]) for stem in best]
    return whoosh_query.AndMaybe(tree, whoosh_query.Or(added))
