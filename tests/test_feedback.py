"""Feedback: the words of the best articles join the query, with a small weight and without new matches."""

import pytest
from whoosh.query import And, AndMaybe, Term

from search import feedback

TYPED = ["نفت", "ایران"]
TREE = And([Term("stem", stem) for stem in TYPED])


def added(leading, rarity=lambda _: 1.0):
    """word -> boost of what feedback adds to the query."""
    tree = feedback.widened(TREE, TYPED, leading, rarity)
    assert isinstance(tree, AndMaybe)
    assert tree.a == TREE
    return {term.text: term.boost for term in tree.b}


def test_a_word_gains_by_the_scores_of_its_articles():
    """Votes are score times share of the text; the typed words keep four fifths of the weight of the query."""
    words = added([(3.0, ["نفت", "اوپک"]), (1.0, ["نفت", "گاز"])])
    assert words["اوپک"] == pytest.approx(3 * words["گاز"])
    assert sum(words.values()) == pytest.approx(len(TYPED) * 0.2 / 0.8)
    assert set(words) == {"اوپک", "گاز"}


def test_the_most_telling_words_are_taken():
    """Where there are more words than places, votes times rarity decide."""
    stems = [f"واژه{number}" for number in range(feedback.WORDS + 5)]
    words = added([(1.0, stems)], rarity=lambda stem: float(stem.removeprefix("واژه")))
    assert set(words) == set(stems[5:])


def test_without_further_words_the_query_stays():
    """Articles that hold nothing but what was typed, or none at all, add nothing."""
    assert feedback.widened(TREE, TYPED, [(1.0, ["نفت"])], lambda _: 1.0) == TREE
    assert feedback.widened(TREE, TYPED, [], lambda _: 1.0) == TREE
