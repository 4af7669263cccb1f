"""The other keyboard layout, both ways."""

import pytest

from search.persian.keyboard import neighbours, to_latin, to_persian


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("hdvhk", "ایران"),
        ("hsjrghg", "استقلال"),
        ("jdl lgd t,jfhg", "تیم ملی فوتبال"),
        (";jhf", "کتاب"),
        ("Hl,ca", "آموزش"),
        ("CNL", "زدم"),
        ("'thvg\"", "گفارل؛"),
    ],
)
def test_keys_give_letters(keys: str, meant: str) -> None:
    """Latin keys are read as the letters of the standard layout, shifted ones and Caps Lock included."""
    assert to_persian(keys)[0] == meant


@pytest.mark.parametrize(
    ("keys", "standard", "windows"),
    [
        ("mhv;", "پارک", "ئارک"),
        ("\\hv;", "\\ارک", "پارک"),
        ("ld\u200cv,n", "می\u200cرود", "می\u200cرود"),
        ("1400", "۱۴۰۰", "1400"),
        ("C", "ز", "ز"),
        ("Cvt", "ژرف", "ژرف"),
        ("lBn", "م\u200cد", "مإد"),
    ],
)
def test_layouts_differ_where_they_do(keys: str, standard: str, windows: str) -> None:
    """پ, ئ, digits and shifted keys follow the layout; both readings are given."""
    assert to_persian(keys) == (standard, windows)


@pytest.mark.parametrize(
    ("letters", "standard", "windows"),
    [
        ("فثاقشد", "tehran", "tehran"),
        ("ۀشغثلشد", "ۀayegan", "gayegan"),
        ("پخذهمث", "mobile", "\\obile"),
        ("زخرهی۱۹", "covid19", "covid19"),
        ("ديك", "nd;", "nd;"),
        ("صخقمی\u200cزعح", "world cup", "world cup"),
        ("آثمم", "hell", "hell"),
    ],
)
def test_letters_give_keys(letters: str, standard: str, windows: str) -> None:
    """Persian letters are read as Latin keys in lower case; the half-space is the blank it was typed with."""
    keys = to_latin(letters)
    assert (keys[0], keys[1].replace("۱۹", "19")) == (standard, windows)


def test_plain_keys_come_back() -> None:
    """What one layout writes, it reads: every plain key survives the way there and back."""
    keys = "qwertyuiop[]asdfghjkl;'zxcvbnm,./1234567890-="
    for layout in range(2):
        assert to_latin(to_persian(keys)[layout])[layout] == keys


def test_neighbours_of_a_key() -> None:
    """Neighbours are the keys around, within an alphabet, and neighbourhood is mutual."""
    assert neighbours("ا") == set("لتعغذد")
    assert neighbours("s") == set("adwezx")
    assert neighbours("ژ") == frozenset()
    assert all(letter in neighbours(other) for letter in "ضشظکابی" for other in neighbours(letter))
