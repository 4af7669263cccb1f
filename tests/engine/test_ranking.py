"""The weighting formulas, and what they give at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine.ranking import BM25, InExpC2, SaturatingModel, TermStatistics, weighting_of


def _score(model: SaturatingModel, tf: int, length: int, average: float, statistics: TermStatistics) -> float:
    x = tf * float(model.norms(np.array([length]), average)[0])
    return model.factor(statistics) * x / (1 + x)


def test_bm25_by_hand() -> None:
    """A score worked out from the formula as published."""
    statistics = TermStatistics(1000, 30, 70)
    idf = math.log(1 + (1000 - 30 + 0.5) / (30 + 0.5))
    wanted = idf * 3 * (1.2 + 1) / (3 + 1.2 * (1 - 0.75 + 0.75 * 80 / 100))
    assert _score(BM25(1.2, 0.75), 3, 80, 100.0, statistics) == pytest.approx(wanted, rel=1e-6)


def test_inexpc2_by_hand() -> None:
    """A score worked out from the formula as published."""
    tfn = 3 * math.log2(1 + 100 / 80)
    expected = 1000 * (1 - (999 / 1000) ** 70)
    wanted = (70 + 1) / (30 * (tfn + 1)) * tfn * math.log2((1000 + 1) / (expected + 0.5))
    assert _score(InExpC2(1.0), 3, 80, 100.0, TermStatistics(1000, 30, 70)) == pytest.approx(wanted, rel=1e-6)


@given(
    documents=st.integers(1, 10**7), share=st.floats(0, 1), more=st.integers(0, 10**7), tf=st.integers(1, 10**6),
    length=st.integers(0, 10**7), average=st.just(0.0) | st.floats(1e-7, 10**6),
    model=st.sampled_from([BM25(), BM25(2, 0), InExpC2()]),
)  # fmt: skip
def test_scores_are_finite_and_never_below_zero(
    documents: int, share: float, more: int, tf: int, length: int, average: float, model: SaturatingModel
) -> None:
    """Also of one document, of a term in all of them, of empty documents."""
    frequency = max(1, round(documents * share))
    score = _score(model, tf, length, average, TermStatistics(documents, frequency, frequency + more))
    assert math.isfinite(score)
    assert score >= 0


def test_a_rarer_term_a_higher_frequency_and_a_shorter_document_weigh_more() -> None:
    """What ranking is for, in both formulas."""
    for model in (BM25(), InExpC2()):
        base = _score(model, 2, 100, 100.0, TermStatistics(1000, 50, 100))
        assert _score(model, 2, 100, 100.0, TermStatistics(1000, 5, 10)) > base
        assert _score(model, 4, 100, 100.0, TermStatistics(1000, 50, 100)) > base
        assert _score(model, 2, 50, 100.0, TermStatistics(1000, 50, 100)) > base


def test_fields_of_exact_values_know_no_length() -> None:
    """They are not text: their weighting reads no document lengths; that of text does."""
    assert not weighting_of("section").needs_lengths
    assert weighting_of("stem").needs_lengths
    assert weighting_of("title").needs_lengths
