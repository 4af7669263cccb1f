"""The weighted distance: its prices, its agreement with a plain implementation, and the completeness of the filter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.suggest.distance import Neighbours, distances, encode

WORDS = st.text(st.sampled_from("ازذضسصتطهقغعبنیوکگla"), min_size=1, max_size=8)


def distance(typed: str, word: str) -> float:
    """Of one pair of words."""
    return float(distances(encode([typed])[0, : len(typed)], encode([word]), np.array([len(word)], dtype=np.int8))[0])


@pytest.mark.parametrize(
    ("typed", "word", "price"),
    [
        ("ایران", "ایران", 0.0),
        ("مزاکره", "مذاکره", 0.4),
        ("تهرانن", "تهران", 0.4),
        ("معلم", "معللم", 0.4),
        ("وزرات", "وزارت", 0.6),
        ("ایرات", "ایران", 0.65),
        ("دانشگا", "دانشگاه", 0.6),
        ("دانشکه", "دانشگه", 0.65),
        ("تران", "تهران", 0.6),
        ("تهان", "تهران", 0.7),
        ("تهریان", "تهران", 0.9),
        ("محران", "مهران", 0.4),
        ("هکومت", "حکومت", 0.65),
        ("خکومت", "حکومت", 0.9),
        ("شلام", "ملام", 1.4),
    ],
)
def test_prices(typed: str, word: str, price: float) -> None:
    """Each kind of error has its price; one in the first letter costs a quarter more."""
    assert distance(typed, word) == pytest.approx(price)


def unit_distance(a: str, b: str) -> int:
    """Optimal string alignment with every error at 1, as in the textbook."""
    rows = [list(range(len(b) + 1))]
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other)))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                row[j] = min(row[j], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_between_the_bounds_of_unit_prices(typed: str, word: str) -> None:
    """An error costs 0.4 to 1.15, a quarter more at the start: the distance lies between such multiples."""
    plain = unit_distance(typed, word)
    price = distance(typed, word)
    assert 0.4 * plain - 1e-4 <= price <= 1.15 * plain + 0.5 + 1e-4
    assert (price == 0) == (typed == word)


@given(st.lists(WORDS, min_size=1, max_size=30, unique=True), WORDS)
def test_many_words_at_once(words: list[str], typed: str) -> None:
    """Measured together, words have the distances that they have alone."""
    lengths = np.array([len(word) for word in words], dtype=np.int8)
    together = distances(encode([typed])[0, : len(typed)], encode(words), lengths)
    assert together == pytest.approx([distance(typed, word) for word in words])


@given(st.lists(WORDS, min_size=1, max_size=30, unique=True), WORDS)
def test_the_filter_loses_nothing(words: list[str], typed: str) -> None:
    """Every word within one plain error of the typed one passes the filter."""
    found, costs = Neighbours(words).near(typed, 1, 9.0)
    assert {word for word in words if unit_distance(typed, word) <= 1} <= {words[place] for place in found}
    assert costs == pytest.approx([distance(typed, words[place]) for place in found])


def test_nothing_near() -> None:
    """Far from all words, and among no words, there are no neighbours."""
    for words in (["تهران"], []):
        found, costs = Neighbours(words).near("قزوین", 2, 2.0)
        assert (len(found), len(costs)) == (0, 0)
