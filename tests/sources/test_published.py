"""The time of publication in the ways that sources write it."""

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.jalali import from_iso, tehran
from search.sources.published import moment, moment_in_match


@pytest.mark.parametrize(
    "text",
    [
        "۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷:۲۷",
        "1400/04/24 14:27:27",
        "1400-4-24 14:27:27",
        "٢٤ تير ١٤٠٠ ساعت ١٤:٢٧:٢٧",
        "پنجشنبه ۲۴ تیر ۱۴۰۰ - ۱۴:۲۷:۲۷",
        "2021-07-15T09:57:27Z",
        "2021-07-15T14:27:27+04:30",
        "2021-07-15 14:27:27",
        "00/04/24 14:27:27",
        "1626343047",
        "1626343047000",
    ],
)
def test_one_moment_in_many_ways(text: str) -> None:
    """Jalali or Gregorian, any digits, with a zone or in Tehran, or as seconds since 1970."""
    assert moment(text) == datetime(2021, 7, 15, 14, 27, 27, tzinfo=tehran())


@pytest.mark.parametrize("text", ["1400/04/24", "۲۴ تیر ۱۴۰۰", "14000424", "2021/07/15", "1400/04/24 25:61"])
def test_day_without_a_time(text: str) -> None:
    """Without a possible time of day, the day stands alone."""
    assert moment(text) == date(2021, 7, 15)


@pytest.mark.parametrize(
    "text",
    ["1400/13/01", "1400/12/31", "31 اسفند 1400", "1400/12/30", "2021-02-29", "دیروز", "", "تیر ۱۴۰۰", "99999999999"],
)
def test_what_names_no_day(text: str) -> None:
    """Impossible days, months alone and words are no date, and no error."""
    assert moment(text) is None


@pytest.mark.parametrize(
    "text", ["1381/01/02 00:57:47", "2002-03-22T00:57:47", "۲ فروردین ۱۳۸۱ ساعت 00:57:47", "2002-03-21T21:27:47Z"]
)
def test_a_time_that_clocks_skipped(text: str) -> None:
    """Where clocks were put forward at midnight, the hour after it is the next one: so it is kept and comes back."""
    found = moment(text)
    assert isinstance(found, datetime)
    assert found.isoformat() == "2002-03-22T01:57:47+04:30"
    assert from_iso(found.isoformat()) == found


def test_groups_of_a_pattern() -> None:
    """Groups hold the parts by name or in order; one group, or none, holds the whole date."""
    expected = datetime(2021, 7, 15, 14, 27, tzinfo=tehran())
    for pattern, text in (
        (r"(\d\d)(\d\d)(\d\d)-(\d\d)(\d\d)", "000424-1427"),
        (r"(?P<day>\d+)\.(?P<month>\d+)\.(?P<year>\d+) (?P<hour>\d+):(?P<minute>\d+)", "24.4.۱۴۰۰ 14:27"),
        (r"at (.*)$", "at 1400/04/24 14:27"),
        (r"[\d/]+ [\d:]+", "on 1400/04/24 14:27"),
    ):
        match = re.search(pattern, text)
        assert match is not None
        assert moment_in_match(match) == expected


@given(st.text(alphabet=st.sampled_from("0123456789۰۱۴/:- .TZ+تیر"), max_size=30))
def test_no_text_crashes(text: str) -> None:
    """Any text is a moment in Tehran, a day or nothing."""
    found = moment(text)
    assert found is None or not isinstance(found, datetime) or found.tzinfo is not None
