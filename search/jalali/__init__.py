"""Days and periods in the Jalali calendar: read from text, written for readers, walked without gaps.

Everything inside Bayegan is a Gregorian `datetime.date`; Jalali exists at the border, in what people type and
see. A *value* names a period in requests and facets: `1400` (a year), `1400-04` (a month), `1400-04-24` (a day).

The arithmetic is jdatetime's, for the years 1 to 9377. A year that is written with four digits is Jalali
below 1700 and Gregorian from there on: no archive of news begins before 1700 CE, and Jalali 1700 is 2321 CE.
"""

from search.jalali.calendar import (
    MONTHS,
    WEEKDAYS,
    DateError,
    Interval,
    Period,
    ascii_digits,
    bounds,
    format_day,
    format_moment,
    in_tehran,
    interval_of,
    label,
    periods,
    persian_digits,
    tehran,
    to_gregorian,
    to_jalali,
    today,
    value_of,
)
from search.jalali.reading import from_iso, parse_datetime, parse_day, parse_period, read_period

__all__ = [
    "MONTHS",
    "WEEKDAYS",
    "DateError",
    "Interval",
    "Period",
    "ascii_digits",
    "bounds",
    "format_day",
    "format_moment",
    "from_iso",
    "in_tehran",
    "interval_of",
    "label",
    "parse_datetime",
    "parse_day",
    "parse_period",
    "periods",
    "persian_digits",
    "read_period",
    "tehran",
    "to_gregorian",
    "to_jalali",
    "today",
    "value_of",
]
