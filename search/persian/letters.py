"""Folding: every way of writing a letter, a digit or a half-space becomes one.

What a reader sees as the same letter has many code points: Arabic, Kurdish, Urdu and Pashto keyboards, presentation
forms left by old typesetting, hamza carriers, and marks that may be there or not. `fold` maps each to the letter that
a Persian writer would type without marks; the source of the table is the Unicode character database and Persian usage.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

ZWNJ = "\u200c"

_LETTERS = {
    "ی": "يىېێےۓئۍؠیٸ",
    "ک": "كڪګکڬڭڮ",
    "گ": "گڰڱڲڳڴ",
    "ه": "ةۀہۂۃھەۿه",
    "و": "ؤۆۇۈۉۊۋۅۄٶٷو",
    "ا": "أإآٱٲٳٵا",
    "ت": "ټٹٺٿت",
    "د": "ډڈڊڋڌڍڎڏڐد",
    "ر": "ڕړڔڑڒږر",
    "س": "ښڛښڜس",
    "ل": "ڵڶڷڸل",
    "ن": "ںڻڼڽڹن",
    "ف": "ڡڢڣڥف",
    "ق": "ڧڨق",
    "غ": "ڠغ",
}
# Characters that stand where a half-space should: ZWNJ itself, zero-width space and joiner, the "not" sign that
# Windows-1256 converters left in its place, the soft hyphen of word processors, and the underscore of hashtags.
_HALF_SPACES = "\u200b\u200c\u200d\u00ac\u00ad_"
_DROPPED = "\u0640\u0621\u0674\ufeff"  # tatweel, hamza on the line, high hamza, byte order mark
_PRESENTATION = (range(0xFB00, 0xFE00), range(0xFE70, 0xFFF0), range(0x1EE00, 0x1EF00))

_GROUPED_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,3}(?:[,٬،'’][0-9]{3})+(?![0-9])")
_SEPARATORS = re.compile(r"[^0-9]")


def _fold_character(character: str) -> str:
    """The folded form of one character that the explicit table does not hold."""
    code = ord(character)
    if any(code in block for block in _PRESENTATION):
        normal = unicodedata.normalize("NFKC", character).strip()
        return normal if normal == character else normal.translate(_FOLDING)
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category == "Cs":  # half of a surrogate pair: no text, and not encodable
        return " "
    letters = "".join(mark for mark in unicodedata.normalize("NFKD", character) if unicodedata.category(mark) != "Mn")
    folded = letters.lower() or character
    return folded if folded == character else folded.translate(_FOLDING)


class _Folding(dict[int, str]):
    """Code point to folded text; a code point is worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


_FOLDING = _Folding(
    chain(
        ((ord(variant), letter) for letter, variants in _LETTERS.items() for variant in variants),
        ((ord(character), ZWNJ) for character in _HALF_SPACES),
        ((ord(character), "") for character in _DROPPED),
    )
)


def _without_separators(number: re.Match[str]) -> str:
    return _SEPARATORS.sub("", number[0])


def fold(text: str) -> str:
    """One spelling of the letters, digits and half-spaces of `text`; words and their order stay.

    Letters of other alphabets that use the Arabic script become Persian ones, hamza and madda lose to their carrier,
    diacritics, tatweel and direction marks go, all half-space characters become U+200C, digits become ASCII and lose
    their thousands separators, Latin letters become lower case without accents. `fold(fold(x)) == fold(x)`.
    """
    return _GROUPED_NUMBER.sub(_without_separators, fold_letters(text))


def fold_letters(text: str) -> str:
    """`fold`, with the thousands separators left in."""
    return text.translate(_FOLDING)


def fold_aligned(text: str) -> tuple[str, list[int]]:
    """What `fold_letters` gives, and where each character comes from.

    Returns:
        The folded text, and for each of its characters the index in `text` of the character that gave it, followed
        by `len(text)`.
    """
    parts = [_FOLDING[ord(character)] for character in text]
    origins = [index for index, part in enumerate(parts) for _ in part]
    origins.append(len(text))
    return "".join(parts), origins
