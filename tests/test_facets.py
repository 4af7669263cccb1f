"""Facets and histogram: counts of the engine in the order, words and periods that readers see."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine.answer import Answer, DayCounts, FacetCounts
from search.facets import MOST_BUCKETS, facets, histogram
from search.request import FACETS, SearchRequest
from search.result import FacetValue


def answer(counts=None, days=None, missing=0):
    """An answer of the engine with facets {name: {value: count}} and days {date: count}."""
    found = {
        name: FacetCounts(tuple(values), np.array(list(values.values()), np.int64), missing)
        for name, values in (counts or {}).items()
    }
    return Answer(
        docs=np.zeros(0, np.int32),
        scores=np.zeros(0, np.float32),
        total=0,
        articles=0,
        facets=found,
        days=day_counts(days) if days is not None else None,
        complete=True,
    )


def day_counts(days):
    """Counts by day as the engine gives them."""
    if not days:
        return DayCounts(0, np.zeros(0, np.int64), 0)
    first, last = min(days).toordinal(), max(days).toordinal()
    counts = np.zeros(last - first + 1, np.int64)
    for day, count in days.items():
        counts[day.toordinal() - first] += count
    return DayCounts(first, counts, 0)


def values_of(facet):
    """(value, count) of a facet, in order."""
    return [(value.value, value.count) for value in facet.values]


def test_the_largest_values_come_first():
    """Values stand by count, then by label; the facet has a Persian label and tells what has no value."""
    (facet,) = facets(answer({"section": {"اقتصادی": 2, "سیاسی": 7, "ورزشی": 2}}, missing=3), SearchRequest())
    assert (facet.name, facet.label, facet.other, facet.missing) == ("section", "بخش", 0, 3)
    assert values_of(facet) == [("سیاسی", 7), ("اقتصادی", 2), ("ورزشی", 2)]
    assert facet.values[0] == FacetValue("سیاسی", "سیاسی", 7, False)


def test_years_and_months_are_newest_first_and_in_persian():
    """Periods stand in order of time, labelled with Persian digits and names of months."""
    found = facets(
        answer({"month": {"1399-12": 9, "1400-04": 1}, "year": {"1399": 9, "1400": 1}}), SearchRequest(year=("1399",))
    )
    assert [facet.name for facet in found] == ["year", "month"]
    assert found[0].values == (FacetValue("1400", "۱۴۰۰", 1, False), FacetValue("1399", "۱۳۹۹", 9, True))
    assert [value.label for value in found[1].values] == ["تیر ۱۴۰۰", "اسفند ۱۳۹۹"]


def test_what_is_not_listed_is_counted_together():
    """Twenty values are listed, ties in the order of the table; the others add up."""
    counts = {f"t{number:02}": (5 if number == 30 else 1) for number in range(40)}
    (facet,) = facets(answer({"tag": counts}), SearchRequest())
    assert values_of(facet) == [("t30", 5)] + [(f"t{number:02}", 1) for number in range(19)]
    assert facet.other == 20


def test_selected_values_are_always_listed():
    """A selected value is shown though it is small or has no article, so that it can be taken back."""
    counts = {f"t{number:02}": 2 for number in range(30)} | {"small": 1}
    (facet,) = facets(answer({"tag": counts}), SearchRequest(tag=("absent", "small")))
    assert values_of(facet)[-2:] == [("small", 1), ("absent", 0)]
    assert [value.value for value in facet.values if value.selected] == ["small", "absent"]
    assert facet.other == 20


def test_only_what_was_counted_is_shown():
    """Columns that the engine did not count give no facet."""
    assert facets(answer({}), SearchRequest()) == ()


@given(
    st.dictionaries(st.text("ابپت", min_size=1, max_size=3), st.integers(1, 50), max_size=60),
    st.sets(st.text("ابپت", min_size=1, max_size=3), max_size=3),
)
def test_no_article_is_lost(counts, selected):
    """Listed and other add up to all; the listed unselected values are never smaller than one left out."""
    (facet,) = facets(answer({"agency": counts}), SearchRequest(agency=tuple(sorted(selected))))
    assert sum(value.count for value in facet.values) + facet.other == sum(counts.values())
    assert selected <= {value.value for value in facet.values}
    left_out = [count for value, count in counts.items() if value not in dict(values_of(facet))]
    leading = [value.count for value in facet.values if not value.selected]
    assert min(leading, default=99) >= max(left_out, default=0)


# --- Histogram ---------------------------------------------------------------------------------------------------


def test_a_few_weeks_are_drawn_by_days_with_empty_ones():
    """Every day from the first to the last has a bucket, empty ones too."""
    found = histogram(answer(days={date(2021, 7, 15): 3, date(2021, 7, 18): 1}), SearchRequest())
    assert found.interval == "day"
    assert [(bucket.value, bucket.label, bucket.count) for bucket in found.buckets] == [
        ("1400-04-24", "۲۴ تیر ۱۴۰۰", 3),
        ("1400-04-25", "۲۵ تیر ۱۴۰۰", 0),
        ("1400-04-26", "۲۶ تیر ۱۴۰۰", 0),
        ("1400-04-27", "۲۷ تیر ۱۴۰۰", 1),
    ]
    assert found.buckets[0].start == found.buckets[0].end == date(2021, 7, 15)


def test_a_year_is_drawn_by_whole_months():
    """Months are whole Jalali months, over the turn of the year."""
    days = {date(2021, 3, 20): 1, date(2021, 3, 21): 2, date(2021, 4, 20): 4, date(2021, 7, 23): 8}
    found = histogram(answer(days=days), SearchRequest())
    assert found.interval == "month"
    assert [(bucket.value, bucket.count) for bucket in found.buckets] == [
        ("1399-12", 1), ("1400-01", 6), ("1400-02", 0), ("1400-03", 0), ("1400-04", 0), ("1400-05", 8),
    ]  # fmt: skip
    assert (found.buckets[1].start, found.buckets[1].end) == (date(2021, 3, 21), date(2021, 4, 20))


def test_many_years_are_drawn_by_years():
    """Over more than three years, buckets are Jalali years."""
    found = histogram(answer(days={date(2016, 3, 19): 1, date(2021, 7, 15): 5}), SearchRequest())
    assert found.interval == "year"
    assert [bucket.value for bucket in found.buckets] == ["1394", "1395", "1396", "1397", "1398", "1399", "1400"]
    assert [bucket.count for bucket in found.buckets] == [1, 0, 0, 0, 0, 0, 5]


@pytest.mark.parametrize(
    ("days_apart", "wanted", "interval"),
    [
        (92, None, "day"),
        (93, None, "month"),
        (1097, None, "month"),
        (1098, None, "year"),
        (10, "year", "year"),
        (10, "month", "month"),
        (300, "day", "day"),
        (3000, "day", "year"),
        (500, "day", "month"),
        (30_000, "month", "year"),
    ],
)
def test_the_interval_fits_the_span(days_apart, wanted, interval):
    """An interval is chosen by the span; one that was asked for is kept unless it gives too many buckets."""
    first = date(1940, 1, 1)
    found = histogram(
        answer(days={first: 1, first + timedelta(days_apart): 1}), SearchRequest(interval=wanted, year=())
    )
    assert found.interval == interval
    assert len(found.buckets) <= MOST_BUCKETS + 2


@pytest.mark.parametrize(
    ("request_", "first", "last", "size"),
    [
        (SearchRequest(year=("1400",)), "1400-01", "1400-12", 12),
        (SearchRequest(month=("1400-04",)), "1400-04-01", "1400-04-31", 31),
        (SearchRequest(year=("1400",), month=("1400-04",)), "1400-04-01", "1400-04-31", 31),
        (SearchRequest(year=("1399", "1400")), "1400-04-24", "1400-04-24", 1),
    ],
)
def test_a_selected_period_is_drawn_whole(request_, first, last, size):
    """The one month or year that is selected has all its buckets, though articles are in some only."""
    found = histogram(answer(days={date(2021, 7, 15): 2}), request_)
    assert (found.buckets[0].value, found.buckets[-1].value, len(found.buckets)) == (first, last, size)
    assert sum(bucket.count for bucket in found.buckets) == 2


def test_without_days_there_is_nothing_to_draw():
    """No histogram where days were not counted, or no article has one."""
    assert histogram(answer(), SearchRequest()) is None
    assert histogram(answer(days={}), SearchRequest()) is None


@given(
    st.dictionaries(st.dates(date(1995, 1, 1), date(2030, 1, 1)), st.integers(1, 9), min_size=1, max_size=20),
    st.sampled_from([None, "year", "month", "day"]),
)
def test_buckets_hold_every_article_once(days, interval):
    """Buckets follow each other without a gap, add up to all articles, and are bounded in number."""
    found = histogram(answer(days=days), SearchRequest(interval=interval))
    assert sum(bucket.count for bucket in found.buckets) == sum(days.values())
    for bucket, following in zip(found.buckets, found.buckets[1:], strict=False):
        assert following.start - bucket.end == timedelta(days=1)
    assert len(found.buckets) <= MOST_BUCKETS + 2


def test_every_facet_of_requests_has_a_label():
    """A facet that can be asked for can be shown."""
    found = facets(answer({name: {} for name in FACETS}), SearchRequest())
    assert [facet.label for facet in found] == ["بخش", "خبرگزاری", "برچسب", "سال", "ماه"]
