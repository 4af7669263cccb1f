"""Days and periods in the Jalali calendar: read from text, written for readers, walked without gaps.

Everything inside Bayegan is a Gregorian `datetime.date`; Jalali exists at the border, in what people type and
see. A *value* names a period in requests and facets: `1400` (a year), `1400-04` (a month), `1400-04-24` (a day).

The arithmetic is jdatetime's, for the years 1 to 9377. A year that is written with four digits is Jalali
below 1700 and Gregorian from there on; both calendars have been told apart this way since the 1920s, when
Jalali years were in the 1300s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

Interval = Literal["year", "month", "day"]

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
# From Monday on, as `date.weekday()` counts.
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")

_FIRST_GREGORIAN_YEAR = 1700
_LAST_GREGORIAN_YEAR = 9997  # 9998 ends beyond jdatetime's last year
_LONGEST_DATE = 100  # characters; no way of writing a date comes near
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class DateError(ValueError):
    """A text is not a date, or not one of the calendar; `persian` says the same to readers of the page."""

    def __init__(self, message: str, *, persian: str) -> None:
        super().__init__(message)
        self.persian = persian


class Period(NamedTuple):
    """The days from `first` to `last` (Gregorian), both included."""

    first: date
    last: date


# --- The two calendars -------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def to_jalali(day: date) -> tuple[int, int, int]:
    """Year, month and day in the Jalali calendar; ValueError before 622 and after 9998 CE."""
    jalali = jdatetime.date.fromgregorian(year=day.year, month=day.month, day=day.day)
    return jalali.year, jalali.month, jalali.day


def to_gregorian(year: int, month: int, day: int) -> date:
    """The day of a Jalali date; DateError where the calendar has no such day (month 13, 30 Esfand of 1400)."""
    try:
        gregorian: date = jdatetime.date(year, month, day).togregorian()
    except ValueError as error:
        raise _no_such_day(f"{year:04d}-{month:02d}-{day:02d}") from error
    return gregorian


def _no_such_day(text: str) -> DateError:
    return DateError(f"{text!r} is no day of the calendar", persian=f"«{persian_digits(text)}» در تقویم وجود ندارد.")


def _not_a_date(text: str) -> DateError:
    return DateError(
        f"{text!r} is not a date; write it as 1400-04-24, 1400-04 or 1400",
        persian=f"«{text}» تاریخ نیست؛ تاریخ را مانند ۱۴۰۰/۰۴/۲۴ یا «تیر ۱۴۰۰» یا ۱۴۰۰ بنویسید.",
    )


@cache
def tehran() -> tzinfo:
    """The time zone of every time in the archive."""
    return ZoneInfo("Asia/Tehran")


def today() -> date:
    """The day that it is in Tehran."""
    return datetime.now(tehran()).date()


# --- Digits and labels -------------------------------------------------------------------------------------


def persian_digits(text: str | int) -> str:
    """The text with ASCII digits written in Persian."""
    return str(text).translate(_PERSIAN_DIGITS)


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script (Persian, Arabic, ...) written in ASCII."""
    return text if text.isascii() else _FOREIGN_DIGIT.sub(lambda digit: str(int(digit[0])), text)


_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


def format_day(day: date, *, weekday: bool = False) -> str:
    """`۲۴ تیر ۱۴۰۰`, or `پنجشنبه ۲۴ تیر ۱۴۰۰`."""
    year, month, of_month = to_jalali(day)
    text = persian_digits(f"{of_month} {MONTHS[month - 1]} {year}")
    return f"{WEEKDAYS[day.weekday()]} {text}" if weekday else text


def format_moment(moment: datetime | date, *, weekday: bool = False) -> str:
    """`۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷` in Tehran; without the hour for a date alone."""
    if not isinstance(moment, datetime):
        return format_day(moment, weekday=weekday)
    local = moment.astimezone(tehran())
    return f"{format_day(local.date(), weekday=weekday)}، ساعت {persian_digits(f'{local:%H:%M}')}"


# --- Values and periods ------------------------------------------------------------------------------------


def value_of(day: date, interval: Interval) -> str:
    """The value of the period that holds a day: `1400`, `1400-04` or `1400-04-24`."""
    year, month, of_month = to_jalali(day)
    if interval == "year":
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" if interval == "month" else f"{year:04d}-{month:02d}-{of_month:02d}"


def interval_of(value: str) -> Interval:
    """Whether a value names a year, a month or a day."""
    intervals: tuple[Interval, ...] = ("year", "month", "day")
    return intervals[value.count("-")]


def bounds(value: str) -> Period:
    """The first and the last day of the period that a value names; DateError if there is no such period."""
    try:
        numbers = [int(part) for part in value.split("-")]
    except ValueError:
        raise _not_a_date(value) from None
    if len(numbers) > 3:
        raise _not_a_date(value)
    return _jalali_period(*numbers)


def label(value: str) -> str:
    """What a reader sees for a value: `۱۴۰۰`, `تیر ۱۴۰۰` or `۲۴ تیر ۱۴۰۰`."""
    numbers = [int(part) for part in value.split("-")]
    words = [str(number) for number in numbers]
    if len(numbers) > 1:
        words[1] = MONTHS[numbers[1] - 1]
    return persian_digits(" ".join(reversed(words)))


def periods(first: date, last: date, interval: Interval) -> Iterator[tuple[str, Period]]:
    """The whole periods from that of `first` to that of `last`, in order and without gaps, each with its value."""
    day = first
    while day <= last:
        value = value_of(day, interval)
        period = Period(day, day) if interval == "day" else bounds(value)
        yield value, period
        day = period.last + timedelta(days=1)


def _jalali_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    if month is None:
        return Period(to_gregorian(year, 1, 1), _jalali_period(year, 12).last)
    if day is not None:
        return Period(to_gregorian(year, month, day), to_gregorian(year, month, day))
    first = to_gregorian(year, month, 1)
    return Period(first, first + timedelta(days=_month_length(year, month) - 1))


def _month_length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or jdatetime.date(year, 1, 1).isleap() else 29


def _gregorian_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    try:
        if month is None:
            return Period(date(year, 1, 1), date(year, 12, 31))
        if day is not None:
            return Period(date(year, month, day), date(year, month, day))
        first = date(year, month, 1)
        return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    except ValueError as error:
        raise _no_such_day("-".join(str(part) for part in (year, month, day) if part is not None)) from error


# --- Reading -----------------------------------------------------------------------------------------------


def parse_day(text: str, *, two_digit_years: bool = False) -> date | None:
    """The day that a text names (the first one of a month or a year), or None."""
    period = parse_period(text, two_digit_years=two_digit_years)
    return period and period.first


def parse_period(text: str, *, two_digit_years: bool = False) -> Period | None:
    """The period that a text names, or None; `read_period` says why."""
    try:
        return read_period(text, two_digit_years=two_digit_years)
    except DateError:
        return None


def parse_datetime(text: str, *, two_digit_years: bool = False) -> datetime | date | None:
    """The moment that a text names, aware, in Tehran; a date where it has no (possible) time of day; or None.

    A time without an offset is Tehran's. A month or a year alone is no moment: None.
    """
    try:
        period, clock = _read(text, two_digit_years)
    except DateError:
        return None
    if period.first != period.last:
        return None
    return _moment(period.first, clock) or period.first


def read_period(text: str, *, two_digit_years: bool = False) -> Period:
    """The day, month or year that a text names, as first and last day (in Tehran).

    Reads `1400/04/24`, `۲۴ تیر ۱۴۰۰`, `24-04-1400`, `14000424`, `تیر ۱۴۰۰`, `1400-04`, `1400`, the same in the
    Gregorian calendar with Persian and English names of months, ISO 8601 and RFC 2822; digits of any script,
    any usual separator, half-spaces, weekdays and words such as `مورخ` and `ماه` do not matter.

    Args:
        two_digit_years: whether `00/04/24` and `۲۴ تیر ۰۰` are dates too; 00-29 means 1400-1429, 30-99 1330-1399.

    Raises:
        DateError: the text is no date, or names a day that the calendar does not have.
    """
    period, clock = _read(text, two_digit_years)
    moment = _moment(period.first, clock)
    if moment and period.first == period.last:
        return Period(moment.date(), moment.date())
    return period


class _Clock(NamedTuple):
    """A time of day as written: hour, minute, second, and the offset of its zone, if it has one."""

    hour: int
    minute: int
    second: int
    zone: tzinfo | None


_TIME = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?(?!\d)"
    r"(?:\s*(?P<am>am|a\.m\.|ق\.?\s?ظ|صبح|قبل از ظهر)|\s*(?P<pm>pm|p\.m\.|ب\.?\s?ظ|عصر|بعد ?از ?ظهر))?"
    r"(?:\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)(?![\w/.-]))?"
)
_PART = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
_SEPARATORS = frozenset("/-.,،؛;:|()–—−‐‑٬٫")


def _read(text: str, two_digit_years: bool) -> tuple[Period, _Clock | None]:
    if len(text) > _LONGEST_DATE:
        raise _not_a_date(text[:20] + "…")
    folded = _fold(text)
    found = _TIME.search(folded)
    rest = f"{folded[: found.start()]} {folded[found.end() :]}" if found else folded
    numbers, names = _parts(rest, text)
    if len(names) > 1:
        raise _not_a_date(text)
    period = _named(numbers, *names[0], text, two_digit_years) if names else _numeric(numbers, text, two_digit_years)
    return period, _clock(found) if found else None


def _parts(folded: str, text: str) -> tuple[list[str], list[tuple[int, bool]]]:
    """The numbers of a text, and its names of months as (month, whether Gregorian); DateError on other words."""
    numbers, names = [], []
    vocabulary = _vocabulary()
    for part in _PART.findall(folded):
        if part.isdecimal():
            numbers.append(part)
        elif part in vocabulary.months:
            names.append(vocabulary.months[part])
        elif part not in vocabulary.noise and part not in _SEPARATORS:
            raise _not_a_date(text)
    return numbers, names


def _numeric(numbers: list[str], text: str, two_digit_years: bool) -> Period:
    """Year, year-month, year-month-day, day-month-year, or the eight digits of a day written together."""
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if len(numbers) == 3 and len(numbers[2]) == 4:
        numbers = numbers[::-1]
    if not 1 <= len(numbers) <= 3 or any(len(number) > 2 for number in numbers[1:]):
        raise _not_a_date(text)
    year = _year(numbers[0], text, two_digit_years and len(numbers) == 3)
    return _period(year, *map(int, numbers[1:]))


def _named(numbers: list[str], month: int, gregorian: bool, text: str, two_digit_years: bool) -> Period:
    """`تیر ۱۴۰۰`, `۲۴ تیر ۱۴۰۰`, `July 15, 2021`, `1400 Tir 24`: the year is the long number, else the last."""
    if len(numbers) == 2 and len(numbers[0]) == 4:
        numbers = numbers[::-1]
    if not 1 <= len(numbers) <= 2 or any(len(number) > 2 for number in numbers[:-1]):
        raise _not_a_date(text)
    year = _year(numbers[-1], text, two_digit_years and len(numbers) == 2 and not gregorian)
    if gregorian != (year >= _FIRST_GREGORIAN_YEAR):
        raise _not_a_date(text)
    return _period(year, month, *map(int, numbers[:-1]))


def _year(digits: str, text: str, two_digits: bool) -> int:
    if two_digits and len(digits) == 2:
        return int(digits) + (1400 if digits < "30" else 1300)
    if len(digits) != 4 or int(digits) > _LAST_GREGORIAN_YEAR:
        raise _not_a_date(text)
    return int(digits)


def _period(year: int, month: int | None = None, day: int | None = None) -> Period:
    calendar = _gregorian_period if year >= _FIRST_GREGORIAN_YEAR else _jalali_period
    return calendar(year, month, day)


def _clock(found: re.Match[str]) -> _Clock:
    hour, minute, second = (int(number or 0) for number in found.group(1, 2, 3))
    if found["pm"] and hour < 12:
        hour += 12
    elif found["am"] and hour == 12:
        hour = 0
    return _Clock(hour, minute, second, _zone(found["zone"]))


def _zone(text: str | None) -> tzinfo | None:
    if not text or text[0] not in "+-":
        return UTC if text else None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset < timedelta(days=1) else None


def _moment(day: date, clock: _Clock | None) -> datetime | None:
    """The moment in Tehran, or None where there is no time of day, or one that no clock shows."""
    if clock is None:
        return None
    try:
        clock_time = time(clock.hour, clock.minute, clock.second)
    except ValueError:
        return None
    return datetime.combine(day, clock_time, clock.zone or tehran()).astimezone(tehran())


# --- Words of dates ----------------------------------------------------------------------------------------

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


class _Vocabulary(NamedTuple):
    months: dict[str, tuple[int, bool]]
    noise: frozenset[str]


@cache
def _vocabulary() -> _Vocabulary:
    months = {}
    for number, (name, latin) in enumerate(zip(MONTHS, _TRANSLITERATED.split(), strict=True), start=1):
        for written in (name, f"{name}ماه", latin):
            months[_fold(written)] = (number, False)
    months["امرداد"] = (5, False)
    for number, names in enumerate(_GREGORIAN_MONTHS, start=1):
        months.update(dict.fromkeys(_fold(names).split(), (number, True)))
    return _Vocabulary(months, frozenset(_fold(_NOISE).split()))


def _fold(text: str) -> str:
    """ASCII digits, one form of each letter, no marks, small letters; half-spaces are spaces."""
    plain = unicodedata.normalize("NFKD", text).translate(_ALIKE).lower()
    return ascii_digits("".join(char for char in plain if unicodedata.category(char) not in ("Mn", "Cf")))
