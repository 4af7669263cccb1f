"""The histogram as a drawing: where bars stand, what they say, and which labels are shown."""

from __future__ import annotations

from itertools import pairwise

import pytest

from search import jalali
from search.envelope import BucketCount, HistogramCounts
from webui.charts import BASE, LETTER, LOWEST, MARGIN, PAGE, PHONE, TICKS, TICKS_ON_A_PHONE, chart


def histogram(interval: jalali.Interval, first: str, last: str, **counts: int) -> HistogramCounts:
    """Periods from first to last; counts by value, with `_` for `-`."""
    days = (jalali.bounds(first).first, jalali.bounds(last).last)
    return HistogramCounts(
        interval=interval,
        buckets=tuple(
            BucketCount(
                start=period.first.isoformat(),
                end=period.last.isoformat(),
                value=value,
                label=jalali.label(value),
                count=counts.get("_" + value.replace("-", "_"), 0),
                url=f"?{value}",
            )
            for value, period in jalali.periods(*days, interval)
        ),
    )


@pytest.mark.parametrize("empty", [None, histogram("year", "1399", "1400")])
def test_nothing_to_draw(empty: HistogramCounts | None) -> None:
    """Without a histogram, or with empty periods only, there is no drawing."""
    assert chart(empty) is None


def test_time_runs_from_right_to_left() -> None:
    """The first period stands at the right end; slots share the width without gaps."""
    drawn = chart(histogram("year", "1397", "1400", _1398=3))
    assert drawn
    assert [bar.slot_x for bar in drawn.bars] == [75, 50, 25, 0]
    assert {bar.slot_width for bar in drawn.bars} == {25}
    assert [tick.label for tick in drawn.ticks] == ["۱۳۹۷", "۱۳۹۸", "۱۳۹۹", "۱۴۰۰"]


def test_heights_are_proportions() -> None:
    """The highest bar has the full height, half the count has half of it, and one article can still be seen."""
    drawn = chart(histogram("year", "1398", "1400", _1398=1000, _1399=500, _1400=1))
    assert drawn
    highest, half, lowest = (bar.height for bar in drawn.bars)
    assert half == pytest.approx(highest / 2)
    assert lowest == LOWEST
    assert all(bar.y + bar.height == pytest.approx(BASE) for bar in drawn.bars)


def test_bars_are_links_that_say_what_they_hold() -> None:
    """A bar links to its period and is named in Persian; an empty period links nowhere."""
    drawn = chart(histogram("month", "1400-03", "1400-04", _1400_04=1234))
    assert drawn
    assert [(bar.url, bar.label) for bar in drawn.bars] == [
        ("", "خرداد ۱۴۰۰: ۰ خبر"),
        ("?1400-04", "تیر ۱۴۰۰: ۱٬۲۳۴ خبر"),
    ]
    assert (drawn.title, drawn.summary) == ("شمار خبرها در هر ماه", "بیشترین: تیر ۱۴۰۰، ۱٬۲۳۴ خبر")


@pytest.mark.parametrize(
    ("first", "last", "interval", "labels"),
    [
        ("1400-01", "1400-03", "month", ["فروردین", "اردیبهشت", "خرداد"]),
        ("1399-12", "1400-01", "month", ["اسفند ۱۳۹۹", "فروردین ۱۴۰۰"]),
        ("1400-04-01", "1400-04-03", "day", ["۱", "۲", "۳"]),
        ("1400-04-31", "1400-05-01", "day", ["۳۱ تیر ۱۴۰۰", "۱ مرداد ۱۴۰۰"]),
    ],
)
def test_labels_are_as_short_as_is_clear(first: str, last: str, interval: jalali.Interval, labels: list[str]) -> None:
    """Inside one year or month its name is left out; across two it is not."""
    counts = {"_" + first.replace("-", "_"): 1}
    drawn = chart(histogram(interval, first, last, **counts))
    assert drawn
    assert [tick.label for tick in drawn.ticks] == labels


@pytest.mark.parametrize(("first", "last", "interval"), [("1300", "1400", "year"), ("1400-01", "1400-01", "day")])
def test_labels_have_room(first: str, last: str, interval: jalali.Interval) -> None:
    """However many periods there are, no more labels are shown than fit, and fewer on a phone."""
    value = jalali.value_of(jalali.bounds(first).first, interval)
    drawn = chart(histogram(interval, first, last, **{"_" + value.replace("-", "_"): 1}))
    assert drawn
    assert len(drawn.ticks) <= TICKS
    assert sum(not tick.fine for tick in drawn.ticks) <= TICKS_ON_A_PHONE


def test_days_in_full_have_room() -> None:
    """Labels such as `۱۲ اردیبهشت ۱۴۰۰` neither overlap nor stick out, on a page or a phone."""
    drawn = chart(histogram("day", "1400-01-25", "1400-02-31", _1400_02_01=1))
    assert drawn
    assert [tick.label for tick in drawn.ticks] == [
        "۳۱ فروردین ۱۴۰۰", "۶ اردیبهشت ۱۴۰۰", "۱۲ اردیبهشت ۱۴۰۰", "۱۸ اردیبهشت ۱۴۰۰", "۲۴ اردیبهشت ۱۴۰۰",
    ]  # fmt: skip
    for screen, shown in ((PAGE, drawn.ticks), (PHONE, [tick for tick in drawn.ticks if not tick.fine])):
        ends = [
            (tick.x / 100 * screen - len(tick.label) * LETTER / 2, tick.x / 100 * screen + len(tick.label) * LETTER / 2)
            for tick in shown
        ]
        assert all(left >= -MARGIN and right <= screen + MARGIN for left, right in ends)
        assert all(left > right for (left, _), (_, right) in pairwise(ends))
