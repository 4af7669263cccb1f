"""Affixes: what may stand at the end of a Persian word, joined to it, after a half-space, or after a blank."""

from __future__ import annotations

import re

# ruff: noqa: SIM905 (a line of words is easier to read than a list of quoted ones)
PLURALS = frozenset("ها های هایی هایم هایت هایش هایمان هایتان هایشان هایند هاست".split())
COMPARATIVES = frozenset("تر ترین تری ترینی ترها ترهای ترینها ترینهای".split())
_CLITICS = frozenset("ام ات اش ای ایم اید اند ایی یی ست مان تان شان یش یمان یتان یشان ی".split())
SUFFIXES = PLURALS | COMPARATIVES | _CLITICS

# Parts that make compounds with almost any noun; a solid word that ends or begins with one may be written apart.
TAILS = frozenset(
    "ساز سازی گذار گذاری گزار گزاری گر گری مند مندی مندان کننده کنندگان نگار نگاری فروش فروشی خانه نامه کار کاری"
    " دار داری بندی پذیر پذیری شناس شناسی زده زدگی یاب یابی گیر گیری ریز ریزی دهی دهنده رسان رسانی بخش پرور پروری گرا"
    " گرایی نشین نشینی سرا شنبه راه بان بانی اور اوری امیز انگیز پوش پوشی نویس نویسی خوان خوانی گو گویی جو جویی خواه"
    " خواهی طلب طلبی سالاری پرست پرستی نشان نشانی افزار افزاری تراش تراشی سنج سنجی"
    " شکن شکنی صفت چهره شناسانه پیکر یافته پنداری وار واره افرین افرینی درمانی"
    " زنی شدن کردن الله الدین الدوله العمل الملل المللی".split()
)
HEADS = frozenset(
    "غیر پر پیش هم بی نا باز کم خوش بد فرا ضد نیم چند تک میان نو پاک محمد علی غلام امیر سید نور حاج".split()
)
# The same, of names and participles: too productive to list the words that they make.
NAME_TAILS = frozenset(
    "پور نژاد زاده نیا فر اباد وند تبار شده نشده کرده نکرده شناختی گرایانه طلبانه محور مدار مداری".split()
)

_AFTER_COMPOUND = SUFFIXES | {"ان", "ات", "یان", "یها", "یهای", "گر", "گران", "گری"}
_LONGEST = max(map(len, _AFTER_COMPOUND))
_LAST_LETTERS = frozenset(ending[-1] for ending in _AFTER_COMPOUND)  # those of _PARTICIPLE_ENDINGS among them
_PARTICIPLE_ENDINGS = ("گانی", "گان", "گی")  # after a word in ه, which they replace
_PARTICIPLE = re.compile(rf"(.{{2,}})({'|'.join(_PARTICIPLE_ENDINGS)})$")


def heads(word: str) -> list[tuple[str, str]]:
    """The word and its beginnings that an inflection may follow, each with what follows, longest first."""
    if word[-1:] not in _LAST_LETTERS:
        return [(word, "")]
    cuts = range(len(word) - 1, max(len(word) - _LONGEST, 2) - 1, -1)
    found = [(word, ""), *((word[:cut], word[cut:]) for cut in cuts if word[cut:] in _AFTER_COMPOUND)]
    if participle := _PARTICIPLE.match(word):
        found.append((participle[1] + "ه", participle[2]))
    return found


def inflected(word: str, ending: str) -> str:
    """The opposite of `heads`: کننده and گان are کنندگان."""
    return word[:-1] + ending if ending in _PARTICIPLE_ENDINGS else word + ending
