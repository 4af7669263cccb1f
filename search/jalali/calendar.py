"""The Jalali calendar: conversion, labels, and periods that follow each other without gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

Interval = Literal["year", "month", "day"]

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
# From Monday on, as `date.weekday()` counts.
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")

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


def not_a_date(text: str) -> DateError:
    """The error for a text that cannot be read as a date."""
    return DateError(
        f"{text!r} is not a date; write it as 1400-04-24, 1400-04 or 1400",
        persian=f"«{text}» تاریخ نیست؛ تاریخ را مانند ۱۴۰۰/۰۴/۲۴ یا «تیر ۱۴۰۰» یا ۱۴۰۰ بنویسید.",
    )


@cache
def tehran() -> tzinfo:
    """The time zone of every time in the archive."""
    return ZoneInfo("Asia/Tehran")


def in_tehran(moment: datetime) -> datetime:
    """The same moment on the clocks of Tehran; a time that they skipped when they were put forward is an hour later."""
    return moment.astimezone(UTC).astimezone(tehran())


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
        raise not_a_date(value) from None
    if len(numbers) > 3:
        raise not_a_date(value)
    return jalali_period(*numbers)


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


def jalali_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    """A year, month or day of the Jalali calendar; DateError where there is no such one."""
    if month is None:
        return Period(to_gregorian(year, 1, 1), jalali_period(year, 12).last)
    if day is not None:
        only = to_gregorian(year, month, day)
        return Period(only, only)
    first = to_gregorian(year, month, 1)
    return Period(first, first + timedelta(days=_month_length(year, month) - 1))


def _month_length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or jdatetime.date(year, 1, 1).isleap() else 29


def gregorian_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    """A year, month or day of the Gregorian calendar; DateError where there is no such one."""
    try:
        if month is None:
            return Period(date(year, 1, 1), date(year, 12, 31))
        if day is not None:
            return Period(date(year, month, day), date(year, month, day))
        first = date(year, month, 1)
        return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    except ValueError as error:
        raise _no_such_day("-".join(str(part) for part in (year, month, day) if part is not None)) from error
