"""The signals of a query: which terms, in which fields, by which formulas and weights."""

from __future__ import annotations

from search import ranking
from search.engine.ranking import Signal
from search.persian import Analyzer, Tables


def test_a_query_has_four_signals() -> None:
    """Lemmas, forms, neighbouring stems and title stems, without stopwords, in the order of the query."""
    tokens = Analyzer(Tables.shipped()).analyze("کتاب‌های ایرانی در تهران")
    assert ranking.signals(tokens) == (
        Signal("lemma", ("کتاب", "ایرانی", "تهران"), "term", ranking.LEMMA[1], ranking.LEMMA[0]),
        Signal("form", ("کتابهای", "ایرانی", "تهران"), "term", ranking.FORM[1], ranking.FORM[0]),
        Signal("stem", ("کتاب", "ایران", "تهران"), "pair", ranking.PAIR[1], ranking.PAIR[0]),
        Signal("title", ("کتاب", "ایران", "تهران"), "term", ranking.TITLE[1], ranking.TITLE[0]),
    )


def test_both_readings_count() -> None:
    """A word with two readings is looked for under both, and is a neighbour under the likelier."""
    lemma, _, pair, title = ranking.signals(Analyzer(Tables.shipped()).analyze("زمینهای شهری"))
    assert lemma.terms == ("زمین", "زمینه", "شهری")
    assert title.terms == ("زمین", "زمینه", "شهر")
    assert pair.terms == ("زمین", "شهر")


def test_stopwords_alone_have_no_signals() -> None:
    """Nothing of a query of stopwords can lead in the second stage."""
    assert ranking.signals(Analyzer(Tables.shipped()).analyze("از این به آن")) == ()
