"""Days and periods of the Jalali calendar: the arithmetic, what is read, what is written."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import jalali
from search.jalali import DateError, Period

DAY = date(2021, 7, 15)
TEHRAN = ZoneInfo("Asia/Tehran")

# Leap years of the official calendar of Iran (University of Tehran), 1300 to 1500, by the 33-year cycle that it
# follows over this range, with the five-year gaps of 1309, 1342, 1375, 1408, 1441 and 1474.
LEAP_YEARS = frozenset(
    {1300, 1304}
    | {start + 4 * n for start in (1309, 1342, 1375, 1408, 1441) for n in range(8)}
    | {start + 4 * n for start in (1474,) for n in range(7)}
)  # fmt: skip


def days_of_two_centuries():
    """Every day of 1300 to 1500."""
    day = date(1921, 3, 21)
    while day < date(2122, 3, 21):
        yield day
        day += timedelta(days=1)


def test_every_day_of_two_centuries_survives_the_round_trip():
    """Gregorian to Jalali and back gives the same day, and Jalali days follow each other without a gap."""
    former = (1299, 12, 30)
    for day in days_of_two_centuries():
        year, month, of_month = jalali.to_jalali(day)
        assert jalali.to_gregorian(year, month, of_month) == day
        assert (year, month, of_month) in {
            (former[0], former[1], former[2] + 1),
            (former[0], former[1] + 1, 1),
            (former[0] + 1, 1, 1),
        }
        former = (year, month, of_month)
    assert former == (1500, 12, 30) or former == (1500, 12, 29)


def test_leap_years_are_those_of_the_official_calendar():
    """Esfand has 30 days in exactly the known leap years of 1300 to 1500."""
    found = {year for year in range(1300, 1501) if jalali.parse_day(f"{year}/12/30")}
    assert found == LEAP_YEARS


def test_months_have_their_lengths():
    """Six months of 31 days, five of 30, and an Esfand of 29 or 30."""
    for year in (1399, 1400, 1403, 1404):
        spans = [jalali.bounds(f"{year}-{month:02d}") for month in range(1, 13)]
        lengths = [(span.last - span.first).days + 1 for span in spans]
        assert lengths == [31] * 6 + [30] * 5 + [30 if year in LEAP_YEARS else 29]
        assert jalali.bounds(str(year)) == Period(spans[0].first, spans[-1].last)


@pytest.mark.parametrize(
    ("gregorian", "expected"),
    [
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2000, 3, 20), (1379, 1, 1)),
        (date(2017, 5, 19), (1396, 2, 29)),
        (date(2021, 3, 20), (1399, 12, 30)),
        (date(2025, 3, 21), (1404, 1, 1)),
    ],
)
def test_known_days_of_history(gregorian, expected):
    """Days whose dates in both calendars are well known convert to each other."""
    assert jalali.to_jalali(gregorian) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1400/04/24",
        "1400/4/24",
        "۱۴۰۰-۰۴-۲۴",
        "١٤٠٠/٠٤/٢٤",
        "۱۴۰۰.۰۴.۲۴",
        "۱۴۰۰ / ۰۴ / ۲۴",
        "24/04/1400",
        "14000424",
        "۲۴ تیر ۱۴۰۰",
        "۲۴ تیرماه ۱۴۰۰",
        "۲۴ تير ماه سال ۱۴۰۰",
        "1400 Tir 24",
        "پنجشنبه ۲۴ تیر ۱۴۰۰",
        "پنج‌شنبه، ۲۴ تیر ۱۴۰۰",
        "پنج شنبه 24 تیر 1400",
        "تاریخ انتشار: ۱۴۰۰/۰۴/۲۴",
        "\u200f۱۴۰۰/۰۴/۲۴\u200f",
        "۱۴۰۰‎/۰۴/۲۴",
        "2021-07-15",
        "20210715",
        "15/07/2021",
        "۱۵ ژوئیه ۲۰۲۱",
        "۱۵ ژوئيه ۲۰۲۱ میلادی",
        "۱۵ جولای ۲۰۲۱",
        "15 July 2021",
        "July 15, 2021",
        "Thu, 15 Jul 2021",
    ],
)
def test_one_day_in_many_spellings(text):
    """Any digits, separators, order, calendar and filling words give the same day."""
    assert jalali.parse_period(text) == Period(DAY, DAY)
    assert jalali.parse_day(text) == DAY
    assert jalali.parse_datetime(text) == DAY
    assert type(jalali.parse_datetime(text)) is date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷:۲۷", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("۱۴:۲۷:۲۷ - ۱۴۰۰/۰۴/۲۴", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("14:27-1400/04/24", datetime(2021, 7, 15, 14, 27, tzinfo=TEHRAN)),
        ("1400/04/24-14:27", datetime(2021, 7, 15, 14, 27, tzinfo=TEHRAN)),
        ("پنج‌شنبه ۲۴ تیر ۱۴۰۰ ساعت ۱۴:۲۷", datetime(2021, 7, 15, 14, 27, tzinfo=TEHRAN)),
        ("۲۴ تیر ۱۴۰۰ ۰۲:۲۷ ب.ظ", datetime(2021, 7, 15, 14, 27, tzinfo=TEHRAN)),
        ("۲۴ تیر ۱۴۰۰ ۱۲:۰۵ ق.ظ", datetime(2021, 7, 15, 0, 5, tzinfo=TEHRAN)),
        ("2021-07-15T14:27:27+04:30", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("2021-07-15T09:57:27.250Z", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("2021-07-15 09:57:27 UTC", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("Thu, 15 Jul 2021 09:57:27 +0000 (UTC)", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("Thu, 15 Jul 2021 05:57:27 -0400", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
        ("Thu Jul 15 14:27:27 IRDT 2021", datetime(2021, 7, 15, 14, 27, 27, tzinfo=TEHRAN)),
    ],
)
def test_moments_are_aware_and_in_tehran(text, expected):
    """A date with a time, with or without an offset, is that moment in Tehran."""
    moment = jalali.parse_datetime(text)
    assert moment == expected
    assert moment.utcoffset() == timedelta(hours=4, minutes=30)


def test_an_offset_can_move_the_day():
    """Half past ten in the evening of London is the next day in Tehran, for the day too."""
    assert jalali.parse_datetime("2021-07-14T22:30:00Z").date() == DAY
    assert jalali.parse_day("2021-07-14T22:30:00Z") == DAY


def test_an_impossible_time_leaves_the_day():
    """A clock that shows 25:61 does not cost the article its date."""
    assert jalali.parse_datetime("۱۴۰۰/۰۴/۲۴ - ۲۵:۶۱") == DAY


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1400", date(2021, 3, 21), date(2022, 3, 20)),
        ("سال ۱۴۰۰", date(2021, 3, 21), date(2022, 3, 20)),
        ("1400-04", date(2021, 6, 22), date(2021, 7, 22)),
        ("۱۴۰۰/۴", date(2021, 6, 22), date(2021, 7, 22)),
        ("تیر ۱۴۰۰", date(2021, 6, 22), date(2021, 7, 22)),
        ("تیرماه ۱۴۰۰", date(2021, 6, 22), date(2021, 7, 22)),
        ("اسفند ۱۳۹۹", date(2021, 2, 19), date(2021, 3, 20)),
        ("امرداد ۱۴۰۰", date(2021, 7, 23), date(2021, 8, 22)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("دسامبر ۲۰۲۱", date(2021, 12, 1), date(2021, 12, 31)),
        ("می ۲۰۲۱", date(2021, 5, 1), date(2021, 5, 31)),
    ],
)
def test_months_and_years_are_periods(text, first, last):
    """A month or a year is read as its first and last day; it is no moment."""
    assert jalali.parse_period(text) == Period(first, last)
    assert jalali.parse_day(text) == first
    assert jalali.parse_datetime(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "۱۲", "140", "14000", "0000", "1400-13", "1400-00", "1400/12/31", "1400/12/30", "1400/07/31",
        "1400/04/00", "2021-02-29", "9998", "9999-12-31", "تیر", "۲۴ تیر", "تیر ۲۰۲۱", "july 1400", "تیر مرداد ۱۴۰۰",
        "1400-1401", "1400/04/24/5", "۲۴ تیر ۱۴۰۰ تهران", "14:27", "99/12/01", "-", "۱" * 5000, "½", "1,400",
    ],
)  # fmt: skip
def test_what_is_no_date_gives_none(text):
    """Other text, and days that the calendar does not have, are None to those who ask kindly."""
    assert jalali.parse_period(text) is None
    assert jalali.parse_day(text) is None
    assert jalali.parse_datetime(text) is None


def test_the_reason_is_given_in_two_languages():
    """`read_period` tells a day that does not exist from a text that is no date, in English and Persian."""
    with pytest.raises(DateError, match=r"'1400-12-31' is no day of the calendar") as missing:
        jalali.read_period("۱۴۰۰/۱۲/۳۱")
    assert missing.value.persian == "«۱۴۰۰-۱۲-۳۱» در تقویم وجود ندارد."
    with pytest.raises(DateError, match=r"'abc' is not a date; write it as 1400-04-24") as other:
        jalali.read_period("abc")
    assert other.value.persian.startswith("«abc» تاریخ نیست")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("00/04/24", DAY), ("۹۹/۱۲/۳۰", date(2021, 3, 20)), ("۲۴ تیر ۰۰", DAY), ("30/01/01", date(1951, 3, 22))],
)
def test_two_digit_years_only_where_asked(text, expected):
    """Short years are read when the caller knows that they are meant, and only then."""
    assert jalali.parse_day(text, two_digit_years=True) == expected
    assert jalali.parse_day(text) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9۰-۹/:\- تیرTZ+.]{0,40}", fullmatch=True))
def test_reading_never_fails_otherwise(text):
    """Whatever the text, the answer is a moment, a day, a period or None."""
    for two_digit_years in (False, True):
        period = jalali.parse_period(text, two_digit_years=two_digit_years)
        assert period is None or period.first <= period.last
        jalali.parse_datetime(text, two_digit_years=two_digit_years)


@given(st.dates(date(1921, 3, 21), date(2122, 3, 20)))
def test_what_is_written_can_be_read(day):
    """Every way of writing a day gives it back when read."""
    for text in (
        jalali.value_of(day, "day"),
        jalali.format_day(day),
        jalali.format_day(day, weekday=True),
        day.isoformat(),
    ):
        assert jalali.parse_period(text) == Period(day, day)


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
        lambda moment: moment.replace(microsecond=0)
    )
)
def test_iso_moments_survive(moment):
    """An ISO 8601 moment in UTC is read as the same moment."""
    # By timestamp: Python holds the hour that a change of clocks repeats for unequal to any time of another zone.
    assert jalali.parse_datetime(moment.isoformat()).timestamp() == moment.timestamp()


@given(st.dates(date(1921, 3, 21), date(2122, 3, 20)), st.sampled_from(["year", "month", "day"]))
def test_a_value_holds_its_day(day, interval):
    """The value of a day names a period that holds it, has the same interval, and can be typed."""
    value = jalali.value_of(day, interval)
    first, last = jalali.bounds(value)
    assert first <= day <= last
    assert jalali.interval_of(value) == interval
    assert jalali.value_of(first, interval) == jalali.value_of(last, interval) == value
    assert jalali.parse_period(value) == jalali.parse_period(jalali.label(value)) == (first, last)


@given(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.integers(0, 800),
    st.sampled_from(["year", "month", "day"]),
)
def test_periods_leave_no_gap(first, length, interval):
    """Walking over a range meets each period once, from the one of the first day to the one of the last."""
    last = first + timedelta(days=length)
    walked = list(jalali.periods(first, last, interval))
    assert walked[0][1].first <= first
    assert walked[-1][1].last >= last
    for (_, former), (_, latter) in pairwise(walked):
        assert latter.first - former.last == timedelta(days=1)


def test_values_outside_the_calendar_are_refused():
    """A value that names no period raises DateError."""
    for value in ("1400-13", "0", "1400-04-24-1", "x", "99999"):
        with pytest.raises(DateError):
            jalali.bounds(value)


def test_what_readers_see():
    """Days, moments and values in Persian words and digits."""
    assert jalali.format_day(DAY) == "۲۴ تیر ۱۴۰۰"
    assert jalali.format_day(DAY, weekday=True) == "پنجشنبه ۲۴ تیر ۱۴۰۰"
    assert jalali.format_moment(datetime(2021, 7, 15, 9, 57, tzinfo=UTC)) == "۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷"
    assert jalali.format_moment(DAY, weekday=True) == "پنجشنبه ۲۴ تیر ۱۴۰۰"
    assert [jalali.label(value) for value in ("1400", "1400-04", "1400-04-24")] == ["۱۴۰۰", "تیر ۱۴۰۰", "۲۴ تیر ۱۴۰۰"]
    assert [jalali.value_of(DAY, interval) for interval in ("year", "month", "day")] == [
        "1400",
        "1400-04",
        "1400-04-24",
    ]
    assert jalali.persian_digits(1234) == "۱۲۳۴"
    assert jalali.ascii_digits("۱۲٣४x") == "1234x"


def test_today_is_the_day_of_tehran():
    """Today is the date of now in Tehran, wherever the machine is."""
    before = datetime.now(TEHRAN).date()
    assert before <= jalali.today() <= datetime.now(TEHRAN).date()
