"""Words that dates are written with: names of months in Persian and English, weekdays, and what may be ignored."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from search.jalali.calendar import MONTHS, ascii_digits

_TRANSLITERATED = "farvardin ordibehesht khordad tir mordad shahrivar mehr aban azar dey bahman esfand"
_GREGORIAN_MONTHS = (
    "ژانویه january jan",
    "فوریه february feb",
    "مارس march mar",
    "آوریل april apr",
    "مه می may",
    "ژوئن جون june jun",
    "ژوئیه جولای ژولای july jul",
    "اوت آگوست august aug",
    "سپتامبر september sep sept",
    "اکتبر october oct",
    "نوامبر november nov",
    "دسامبر december dec",
)
_NOISE = (
    "شنبه یک دو سه چهار پنج یکشنبه دوشنبه سهشنبه چهارشنبه پنجشنبه جمعه ماه سال روز مورخ تاریخ انتشار ساعت میلادی شمسی "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun t utc gmt irst irdt of at"
)
_ALIKE = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ـ": "", "\u200c": " "})


class Vocabulary(NamedTuple):
    """Words of dates, folded: months as (number, whether Gregorian), and words that say nothing."""

    months: dict[str, tuple[int, bool]]
    noise: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """The words that a date may hold."""
    months = {}
    for number, (name, latin) in enumerate(zip(MONTHS, _TRANSLITERATED.split(), strict=True), start=1):
        for written in (name, f"{name}ماه", latin):
            months[fold(written)] = (number, False)
    months["امرداد"] = (5, False)
    for number, names in enumerate(_GREGORIAN_MONTHS, start=1):
        months.update(dict.fromkeys(fold(names).split(), (number, True)))
    return Vocabulary(months, frozenset(fold(_NOISE).split()))


class _Folding(dict[int, str]):
    """Code point -> what is read for it; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).translate(_ALIKE).lower()
        kept = (char for char in plain if unicodedata.category(char) not in ("Mn", "Cf"))
        self[code] = folded = ascii_digits("".join(kept))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """ASCII digits, one form of each letter, no marks, small letters; half-spaces are spaces."""
    return text.translate(_FOLDING)
