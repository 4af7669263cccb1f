"""The time of publication: read from what a source says of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from search.jalali import ascii_digits, in_tehran, parse_datetime, tehran

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")  # seconds or milliseconds since 1970, from 1973 on
_PLAIN = re.compile(r"([12]\d{3})[/-](\d{1,2})[/-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")


@lru_cache(maxsize=1 << 14)
def moment(text: str) -> datetime | date | None:
    """The moment or day that a text names in any usual way, Jalali or Gregorian; None where it names none.

    Years of two digits are Jalali. A day that no calendar has (31 Esfand, month 13) is none.
    """
    text = ascii_digits(text).strip()
    if plain := _PLAIN.fullmatch(text):
        return _from_parts(*plain.groups())
    if _EPOCH.fullmatch(text):
        seconds = float(text[:10]) if len(text.partition(".")[0]) > 10 else float(text)
        return datetime.fromtimestamp(seconds, UTC).astimezone(tehran())
    return parse_datetime(text, two_digit_years=True)


def moment_in_match(match: re.Match[str]) -> datetime | date | None:
    """The moment that the groups of a pattern hold: named year, month, day, hour, minute, second, or in that order.

    A single group, or a pattern without groups, holds the whole date.
    """
    named = match.groupdict()
    groups = [named.get(part) for part in _PARTS] if "year" in named else list(match.groups())
    if len(groups) < len(_PARTS[:3]):
        return moment(groups[0] if groups and groups[0] else match[0])
    year, month, day, *clock = (ascii_digits(group) if group else None for group in groups[:6])
    return _from_parts(year, month, day, *clock)


def _from_parts(
    year: str | None, month: str | None, day: str | None, hour: str | None = None, minute: str | None = None,
    second: str | None = None,
) -> datetime | date | None:  # fmt: skip
    found = _day(f"{year}/{month}/{day}")
    if found is None or hour is None:
        return found
    try:
        clock = int(hour), int(minute or 0), int(second or 0)
        return in_tehran(datetime(found.year, found.month, found.day, *clock, tzinfo=tehran()))
    except ValueError:  # 25:61 is no time of day; the day still stands
        return found


@lru_cache(maxsize=1 << 15)
def _day(text: str) -> date | None:
    """The day of `1400/04/24`; with two digits, 00 to 29 are years of 1400, 30 to 99 of 1300."""
    found = parse_datetime(text, two_digit_years=True)
    return found if found is None or type(found) is date else None
