"""Finglish: Latin spellings find the Persian words of a vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.persian.finglish import readings

WORDS = "تهران طهران روحانی استقلال دولت انتخابات ساعت صنعت نظام نزام خواهر محمد لطفا رفته موسی هستهای اب"
VOCABULARY = sorted(WORDS.split(" "))


def best(word: str) -> str | None:
    """The cheapest reading."""
    found = readings(word, VOCABULARY)
    return VOCABULARY[found[0].place] if found else None


@pytest.mark.parametrize(
    ("latin", "persian"),
    [
        ("tehran", "تهران"),
        ("Tehraan", "تهران"),
        ("rouhani", "روحانی"),
        ("ruhani", "روحانی"),
        ("estghlal", "استقلال"),
        ("esteghlaal", "استقلال"),
        ("dolat", "دولت"),
        ("dowlat", "دولت"),
        ("entekhabat", "انتخابات"),
        ("saat", "ساعت"),
        ("san'at", "صنعت"),
        ("nezam", "نزام"),
        ("khahar", "خواهر"),
        ("mohammad", "محمد"),
        ("lotfan", "لطفا"),
        ("rafte", "رفته"),
        ("raft-eh", "رفته"),
        ("musa", "موسی"),
        ("hastei", "هستهای"),
        ("ab", "اب"),
    ],
)
def test_spelling_habits(latin: str, persian: str) -> None:
    """Vowels written or dropped, digraphs, doubled letters, silent he, the final alef and tanvin are read back."""
    assert best(latin) == persian


def test_ambiguous_letters_keep_all_readings() -> None:
    """z may be ز or ظ, t may be ت or ط; the commoner letter is cheaper, the other is kept."""
    assert [VOCABULARY[reading.place] for reading in readings("nezam", VOCABULARY)] == ["نزام", "نظام"]
    assert [VOCABULARY[reading.place] for reading in readings("tehran", VOCABULARY)] == ["تهران", "طهران"]


@pytest.mark.parametrize("word", ["", "تهران", "tehran1", "te hran", "a" * 25, "'", "-"])
def test_what_is_no_finglish(word: str) -> None:
    """Anything but Latin letters of a word's length has no readings."""
    assert readings(word, VOCABULARY) == []


def test_empty_vocabulary() -> None:
    """Where there are no words, there are no readings."""
    assert readings("tehran", []) == []


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz'-"), max_size=24))
def test_readings_are_words_in_order(word: str) -> None:
    """Whatever the letters, readings are distinct places of the vocabulary with ascending costs."""
    found = readings(word, VOCABULARY)
    assert len({reading.place for reading in found}) == len(found)
    assert all(0 <= reading.place < len(VOCABULARY) for reading in found)
    assert [reading.cost for reading in found] == sorted(reading.cost for reading in found)
