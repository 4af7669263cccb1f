"""Folding: one spelling of letters, digits and half-spaces, and the way back to the original characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.persian import fold
from search.persian.chunks import pieces
from search.persian.letters import ZWNJ, fold_aligned, fold_letters

ANY = st.text(st.characters(exclude_categories=()))  # every code point, halves of surrogate pairs included
NUMBERS = st.text("0123456789۰۱۲۳٤٥,٬،'’.٫ ")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("كتاب عربي", "کتاب عربی"),  # Arabic kaf and yeh
        ("مێ کوردی ۆ", "می کوردی و"),  # Kurdish
        ("ہندوستاں ے", "هندوستان ی"),  # Urdu
        ("أحمد إسلام آب ٱلله", "احمد اسلام اب الله"),  # carriers of hamza and madda
        ("مؤسسة خانۀ ئیلام", "موسسه خانه ییلام"),
        ("جزء", "جز"),  # hamza on the line
        ("كِتَابٌ مُحَمَّدٍ", "کتاب محمد"),  # full vocalisation
        ("خانهٔ", "خانه"),  # hamza above as a mark
        ("کـتـاب", "کتاب"),  # tatweel
        ("ﻛﺘﺎﺏ ﻼ", "کتاب لا"),  # presentation forms
        ("\u202bمتن\u202c\u200f", "متن"),  # direction marks
        ("\ufeffمتن", "متن"),  # byte order mark
        ("۱۴۰۰ ١٤٠٠ १४०० １４００", "1400 1400 1400 1400"),  # digits of four scripts
        ("Café ÉCOLE Straße", "cafe ecole straße"),
        ("\ud800الف\udfff", " الف "),  # halves of a surrogate pair
        ("", ""),
    ],
)
def test_each_letter_has_one_spelling(written: str, folded: str) -> None:
    """The letters of every keyboard become the Persian ones, and whatever may be left out is left out."""
    assert fold(written) == folded


@pytest.mark.parametrize("half_space", ["\u200b", "\u200c", "\u200d", "\u00ac", "\u00ad", "_"])
def test_all_half_spaces_are_one(half_space: str) -> None:
    """What converters and word processors leave in the place of a half-space becomes U+200C."""
    assert fold(f"کتاب{half_space}ها") == f"کتاب{ZWNJ}ها"


@pytest.mark.parametrize("written", ["۱٬۲۰۰", "1,200", "1200", "١٬٢٠٠", "۱،۲۰۰", "1’200", "1'200"])
def test_thousands_separators_go(written: str) -> None:
    """A number is the same however its thousands are parted."""
    assert fold(written) == "1200"


def test_only_whole_groups_are_thousands() -> None:
    """A list of numbers, a decimal and a group that is too long keep what stands between their digits."""
    assert fold("۱۲,۳۴ ۱۲٫۵ ۱۲۳۴,۵۶۷") == "12,34 12٫5 1234,567"
    assert fold("۱٬۲۰۰٬۰۰۰") == "1200000"


@given(ANY | NUMBERS)
def test_folding_is_idempotent(text: str) -> None:
    """What is folded stays as it is, whatever characters it was made of."""
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_folded_text_can_be_stored(text: str) -> None:
    """No half of a surrogate pair is left: folded text has an encoding."""
    assert fold(text).encode("utf-8").decode("utf-8") == fold(text)


@given(ANY)
def test_every_folded_character_has_an_origin(text: str) -> None:
    """`fold_aligned` gives the text of `fold_letters`, and origins that ascend and end with the length of the text."""
    folded, origins = fold_aligned(text)
    assert folded == fold_letters(text)
    assert len(origins) == len(folded) + 1
    assert origins == sorted(origins)
    assert origins[-1] == len(text)
    assert all(fold_letters(text[origin]) for origin in origins[:-1])


@given(ANY, st.integers(0, 1000))
def test_pieces_slice_the_original(chunk: str, offset: int) -> None:
    """Pieces follow each other inside their chunk, and what each slices folds to its own text.

    Two may share a character that folds to both (the quarter sign: 1 and 4).
    """
    before = offset
    for piece in pieces(chunk, offset):
        assert before <= piece.start < piece.end <= offset + len(chunk)
        assert piece.text in fold(chunk[piece.start - offset : piece.end - offset])
        before = piece.end if len(fold_letters(chunk[piece.end - 1 - offset])) == 1 else piece.end - 1


def test_marks_behind_a_word_belong_to_it() -> None:
    """Highlighting takes the tanwin and the hamza at the end of a word in, not the half-space or the comma."""
    chunk = "مثلاً،خانهٔ‌جزء"
    assert [chunk[piece.start : piece.end] for piece in pieces(chunk)] == ["مثلاً", "خانهٔ", "جزء"]
