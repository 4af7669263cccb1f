"""Numbers, times and sizes as readers of Persian write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from search import jalali
from search.result import Marked
from webui import present


@pytest.mark.parametrize(("value", "text"), [(0, "۰"), (999, "۹۹۹"), (1234567, "۱٬۲۳۴٬۵۶۷")])
def test_numbers(value: int, text: str) -> None:
    """Persian digits, and the separator of thousands that Persian has."""
    assert present.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2, "کمتر از ۱ میلی‌ثانیه"), (7.3, "۷ میلی‌ثانیه"), (999.4, "۹۹۹ میلی‌ثانیه"), (1520.0, "۱٫۵ ثانیه")],
)
def test_times_taken(value: float, text: str) -> None:
    """Milliseconds up to a second, seconds from there on."""
    assert present.milliseconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "۱ کیلوبایت"), (345_000, "۳۴۵ کیلوبایت"), (12_345_678, "۱۲٫۳ مگابایت"), (73_575_000_000, "۷۳٫۶ گیگابایت")],
)
def test_sizes(value: int, text: str) -> None:
    """Kilobytes, rounded up, below a megabyte."""
    assert present.size(value) == text


@pytest.mark.parametrize(
    ("value", "html"),
    [
        (date(2021, 7, 15), '<time datetime="2021-07-15">۲۴ تیر ۱۴۰۰</time>'),
        (
            datetime(2021, 7, 15, 14, 27, tzinfo=jalali.tehran()),
            '<time datetime="2021-07-15T14:27:00+04:30">۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷</time>',
        ),
    ],
)
def test_moments(value: date, html: str) -> None:
    """Readers see the Jalali date, programs the ISO one."""
    assert present.moment(value) == html


def test_marked_text_is_escaped_once() -> None:
    """What the filter gives is markup, so that a template does not escape it again."""
    assert present.marked(Marked("a<b", ((0, 1),))).__html__() == "<mark>a</mark>&lt;b"
