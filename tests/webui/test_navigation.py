"""The links around the results: chips, sorts, pages and the way up from a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import msgspec
import pytest
from flask import Flask

from search.envelope import Envelope
from search.request import SearchRequest
from webui import navigation


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """A request to make links in."""
    with app.test_request_context():
        yield


def answer(page: int, pages: int) -> Envelope:
    """An envelope of so many pages."""
    absent = dict.fromkeys(Envelope.__struct_fields__)
    return msgspec.structs.replace(Envelope(**absent), page=page, pages=pages)  # type: ignore[arg-type]


def test_each_filter_has_a_chip_that_takes_it_off() -> None:
    """Several values of a facet are several chips; each link keeps all else and goes to the first page."""
    request = SearchRequest(query="سیل", section=("ورزشی", "سیاسی"), month=("1400-04",), since=date(2021, 7, 1), page=3)
    assert [(chip.name, chip.label, unquote(chip.url)) for chip in navigation.chips(request)] == [
        ("بخش", "ورزشی", "/?q=سیل&section=سیاسی&month=1400-04&from=1400-04-10"),
        ("بخش", "سیاسی", "/?q=سیل&section=ورزشی&month=1400-04&from=1400-04-10"),
        ("ماه", "تیر ۱۴۰۰", "/?q=سیل&section=ورزشی&section=سیاسی&from=1400-04-10"),
        ("تاریخ", "از ۱۰ تیر ۱۴۰۰", "/?q=سیل&section=ورزشی&section=سیاسی&month=1400-04"),
    ]


def test_all_filters_go_at_once() -> None:
    """Without filters the words and the order remain."""
    request = SearchRequest(query="سیل", tag=("a",), year=("1400",), until=date(2021, 7, 1), sort="oldest", page=2)
    assert navigation.without_filters(request) == SearchRequest(query="سیل", sort="oldest")


@pytest.mark.parametrize(
    ("since", "until", "label"),
    [
        (date(2021, 7, 15), date(2021, 7, 15), "۲۴ تیر ۱۴۰۰"),
        (date(2021, 7, 15), None, "از ۲۴ تیر ۱۴۰۰"),
        (None, date(2021, 7, 15), "تا ۲۴ تیر ۱۴۰۰"),
        (date(2021, 3, 21), date(2021, 7, 15), "از ۱ فروردین ۱۴۰۰ تا ۲۴ تیر ۱۴۰۰"),
    ],
)
def test_ranges_have_names(since: date | None, until: date | None, label: str) -> None:
    """A range is told in the Jalali calendar; one day is told once."""
    assert navigation.range_label(since, until) == label


def test_relevance_needs_words() -> None:
    """Without words the orders are those of time."""
    assert [choice.label for choice in navigation.sorts(SearchRequest(query="سیل"))] == [
        "مرتبط‌ترین",
        "تازه‌ترین",
        "قدیمی‌ترین",
    ]
    without = navigation.sorts(SearchRequest(sort="oldest"))
    assert [(choice.label, choice.current) for choice in without] == [("تازه‌ترین", False), ("قدیمی‌ترین", True)]


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, []),
        (1, 3, [1, 2, 3]),
        (1, 20, [1, 2, 3, 0, 20]),
        (10, 20, [1, 0, 8, 9, 10, 11, 12, 0, 20]),
        (5, 20, [1, 2, 3, 4, 5, 6, 7, 0, 20]),
        (20, 20, [1, 0, 18, 19, 20]),
        (7, 3, []),
    ],
)
def test_page_numbers(page: int, pages: int, numbers: list[int]) -> None:
    """The ends and the neighbours are shown; a gap of one page is that page; beyond the end there is nothing."""
    links = navigation.page_links(answer(page, pages), SearchRequest(page=page))
    assert [link.number for link in links] == numbers
    assert [link.number for link in links if link.current] == ([page] if numbers else [])
    assert all(bool(link.url) == bool(link.number) for link in links)


@pytest.mark.parametrize(
    ("request_", "way"),
    [
        (SearchRequest(), [("همهٔ تاریخ‌ها", "")]),
        (SearchRequest(year=("1400",)), [("همهٔ تاریخ‌ها", "/"), ("۱۴۰۰", "")]),
        (SearchRequest(month=("1400-04",)), [("همهٔ تاریخ‌ها", "/"), ("۱۴۰۰", "/?year=1400"), ("تیر ۱۴۰۰", "")]),
        (
            SearchRequest().with_period("1400-04-24"),
            [("همهٔ تاریخ‌ها", "/"), ("۱۴۰۰", "/?year=1400"), ("تیر ۱۴۰۰", "/?month=1400-04"), ("۲۴ تیر ۱۴۰۰", "")],
        ),
        (SearchRequest(since=date(2021, 7, 15)), [("همهٔ تاریخ‌ها", "/"), ("بازهٔ برگزیده", "")]),
        (SearchRequest(year=("1399", "1400")), [("همهٔ تاریخ‌ها", "/"), ("چند بازه", "")]),
    ],
)
def test_the_way_up_from_a_period(request_: SearchRequest, way: list[tuple[str, str]]) -> None:
    """From a day one goes up to its month, its year, and all dates; where one stands is no link."""
    assert [(crumb.label, crumb.url) for crumb in navigation.crumbs(request_)] == way


def test_the_way_up_keeps_the_words() -> None:
    """Only the dates change on the way up."""
    down = replace(SearchRequest(query="سیل", section=("سیاسی",)), month=("1400-04",))
    assert unquote(navigation.crumbs(down)[1].url) == "/?q=سیل&section=سیاسی&year=1400"
