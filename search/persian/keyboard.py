"""Keys and letters: what was meant by words typed while the keyboard was set to the other alphabet.

Two Persian layouts are in use. The national standard ISIRI 9147 (also the default of Linux, as `ir(pes)` of
xkeyboard-config records it) and the older one of Windows (`kbdfa`, as `fa-t-k0-windows` of the Unicode CLDR
records it). They agree on every letter but پ and ئ and differ on the shifted keys.

    to_persian("hdvhk") -> ("ایران", "ایران")         to_persian("mhv;") -> ("پارک", "ئارک")
    to_latin("فثاقشد")  -> ("tehran", "tehran")
"""

from __future__ import annotations

from functools import cache

_KEYS = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
_SHIFTED_KEYS = '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'

_ISIRI_9147 = (
    "\u200d۱۲۳۴۵۶۷۸۹۰-=" "ضصثقفغعهخحجچ\\" "شسیبلاتنمکگ" "ظطزرذدپو./"
    "÷!٬٫﷼٪×،*)(ـ+"
    "\u0652\u064c\u064d\u064b\u064f\u0650\u064e\u0651][}{|"
    "ؤئيإأآة»«:؛" "ك\u0653ژ\u0670\u200c\u0654ء><؟"
)  # fmt: skip
_WINDOWS = (
    "÷1234567890-=" "ضصثقفغعهخحجچپ" "شسیبلاتنمکگ" "ظطزرذدئو./"
    "×!@#$%^&*)(_+" "\u064b\u064c\u064d﷼،؛,][\\}{|" "\u064e\u064f\u0650\u0651ۀآـ«»:\"" "ةيژؤإأء<>؟"
)  # fmt: skip

_TO_PERSIAN = tuple(str.maketrans(_KEYS + _SHIFTED_KEYS, layout) for layout in (_ISIRI_9147, _WINDOWS))


def _key_of_letter(layout: str) -> dict[int, int]:
    """Each character of a layout -> its key; of two keys the unshifted one."""
    keys = str.maketrans(layout[::-1], (_KEYS + _SHIFTED_KEYS.lower())[::-1])
    # The layouts before Windows Vista gave the Arabic letters on the plain keys; Shift+Space is the half-space.
    return {**keys, **str.maketrans("يك\u200c", "d; ")}


_TO_LATIN = tuple(_key_of_letter(layout) for layout in (_ISIRI_9147, _WINDOWS))

# Where a key lies, in key widths: the three rows of letters are shifted against each other by the keyboard's slant.
_ROW_OFFSETS = (0.0, 0.25, 0.75)
_LATIN_ROWS = ("qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./")
_REACH = 1.3  # a finger that slips lands on a key whose centre is at most this far away


def to_persian(text: str) -> tuple[str, str]:
    """Read Latin characters as the keys of a Persian keyboard.

    Args:
        text: as typed. A text all in capitals is taken as typed with Caps Lock on.

    Returns:
        The text under ISIRI 9147, and under the older Windows layout. Spaces and characters that are on no key stay.
    """
    if text.isupper():
        text = text.lower()
    standard, windows = _TO_PERSIAN
    return text.translate(standard), text.translate(windows)


def to_latin(text: str) -> tuple[str, str]:
    """Read Persian characters as the keys of a Latin (US) keyboard, in lower case; under the same two layouts."""
    standard, windows = _TO_LATIN
    return text.translate(standard), text.translate(windows)


@cache
def neighbours(letter: str) -> frozenset[str]:
    """The characters on the keys around the key of `letter`, in its own alphabet; empty if no plain key gives it."""
    places = _places()
    if letter not in places:
        return frozenset()
    alphabet, row, column = places[letter]
    return frozenset(
        other
        for other, (its_alphabet, its_row, its_column) in places.items()
        if other != letter
        and its_alphabet == alphabet
        and (row - its_row) ** 2 + (column - its_column) ** 2 <= _REACH**2
    )


@cache
def _places() -> dict[str, tuple[str, int, float]]:
    """Each plain character -> (alphabet, row, column in key widths)."""
    table = _TO_PERSIAN[0]
    return {
        character: (alphabet, row, column + offset)
        for row, (keys, offset) in enumerate(zip(_LATIN_ROWS, _ROW_OFFSETS, strict=True))
        for column, key in enumerate(keys)
        for alphabet, character in (("persian", chr(ord(key.translate(table)))), ("latin", key))
        if character.isalpha()
    }
