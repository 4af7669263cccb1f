"""Dates as people and machines write them -> days, periods and moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from search.jalali.calendar import (
    DateError,
    Period,
    gregorian_period,
    in_tehran,
    jalali_period,
    not_a_date,
    tehran,
)
from search.jalali.words import fold, vocabulary

_FIRST_GREGORIAN_YEAR = 1700
_LAST_GREGORIAN_YEAR = 9997  # 9998 ends beyond jdatetime's last year
_LONGEST_DATE = 100  # characters; no way of writing a date comes near


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


def from_iso(text: str) -> datetime | date | None:
    """The aware moment in Tehran, or the day, that `isoformat` wrote; None for an empty text (ValueError: another)."""
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(tehran())
    return date.fromisoformat(text) if text else None


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
        raise not_a_date(text[:20] + "…")
    folded = fold(text)
    found = _TIME.search(folded)
    rest = f"{folded[: found.start()]} {folded[found.end() :]}" if found else folded
    numbers, names = _parts(rest, text)
    if len(names) > 1:
        raise not_a_date(text)
    period = _named(numbers, *names[0], text, two_digit_years) if names else _numeric(numbers, text, two_digit_years)
    return period, _clock(found) if found else None


def _parts(folded: str, text: str) -> tuple[list[str], list[tuple[int, bool]]]:
    """The numbers of a text, and its names of months as (month, whether Gregorian); DateError on other words."""
    numbers, names = [], []
    known = vocabulary()
    for part in _PART.findall(folded):
        if part.isdecimal():
            numbers.append(part)
        elif part in known.months:
            names.append(known.months[part])
        elif part not in known.noise and part not in _SEPARATORS:
            raise not_a_date(text)
    return numbers, names


def _numeric(numbers: list[str], text: str, two_digit_years: bool) -> Period:
    """Year, year-month, year-month-day, day-month-year, or the eight digits of a day written together."""
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if len(numbers) == 3 and len(numbers[2]) == 4:
        numbers = numbers[::-1]
    if not 1 <= len(numbers) <= 3 or any(len(number) > 2 for number in numbers[1:]):
        raise not_a_date(text)
    year = _year(numbers[0], text, two_digit_years and len(numbers) == 3)
    return _period(year, *map(int, numbers[1:]))


def _named(numbers: list[str], month: int, gregorian: bool, text: str, two_digit_years: bool) -> Period:
    """`تیر ۱۴۰۰`, `۲۴ تیر ۱۴۰۰`, `July 15, 2021`, `1400 Tir 24`: the year is the long number, else the last."""
    if len(numbers) == 2 and len(numbers[0]) == 4:
        numbers = numbers[::-1]
    if not 1 <= len(numbers) <= 2 or any(len(number) > 2 for number in numbers[:-1]):
        raise not_a_date(text)
    year = _year(numbers[-1], text, two_digit_years and len(numbers) == 2 and not gregorian)
    if gregorian != (year >= _FIRST_GREGORIAN_YEAR):
        raise not_a_date(text)
    return _period(year, month, *map(int, numbers[:-1]))


def _year(digits: str, text: str, two_digits: bool) -> int:
    if two_digits and len(digits) == 2:
        return int(digits) + (1400 if digits < "30" else 1300)
    if len(digits) != 4 or int(digits) > _LAST_GREGORIAN_YEAR:
        raise not_a_date(text)
    return int(digits)


@lru_cache(maxsize=1 << 14)
def _period(year: int, month: int | None = None, day: int | None = None) -> Period:
    calendar = gregorian_period if year >= _FIRST_GREGORIAN_YEAR else jalali_period
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
    return in_tehran(datetime.combine(day, clock_time, clock.zone or tehran()))
