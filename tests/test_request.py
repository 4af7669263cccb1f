"""SearchRequest: what parameters are accepted, what is refused and how, and the links that lead on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import InvalidParameter
from search.jalali import value_of
from search.request import FACETS, LONGEST_QUERY, MOST_VALUES, SearchRequest


def request(**params):
    """The request of parameters given one value each; `from_` stands for `from`."""
    return SearchRequest.from_params({name.rstrip("_"): [value] for name, value in params.items()})


def test_no_parameters_are_all_articles():
    """Without parameters, and with empty ones as forms send them, everything is at its default."""
    assert SearchRequest.from_params({}) == SearchRequest()
    assert request(q="", section=" ", from_="", page="", sort="") == SearchRequest()
    assert SearchRequest().to_params() == []


def test_every_parameter_is_read():
    """Each parameter reaches its field, in any digits, and comes out canonical and in order."""
    params = {
        "size": ["۵۰"],
        "q": ["  تحریم  "],
        "section": ["ورزشی", "اقتصادی", "ورزشی"],
        "agency": ["برنا"],
        "tag": ["نفت"],
        "year": ["۱۴۰۰", "1399"],
        "month": ["تیر ۱۴۰۰", "1400/5"],
        "from": ["1399/01/01"],
        "to": ["1400"],
        "match": ["any"],
        "sort": ["newest"],
        "interval": ["month"],
        "facet": ["year", "section"],
        "recency": ["on"],
        "feedback": ["true"],
        "page": ["3"],
    }
    read = SearchRequest.from_params(params)
    assert read == SearchRequest(
        query="تحریم",
        section=("اقتصادی", "ورزشی"),
        agency=("برنا",),
        tag=("نفت",),
        year=("1399", "1400"),
        month=("1400-04", "1400-05"),
        since=date(2020, 3, 20),
        until=date(2022, 3, 20),
        match="any",
        sort="newest",
        interval="month",
        facet=("section", "year"),
        recency=True,
        feedback=True,
        page=3,
        size=50,
    )
    assert read.to_params() == [
        ("q", "تحریم"),
        ("section", "اقتصادی"),
        ("section", "ورزشی"),
        ("agency", "برنا"),
        ("tag", "نفت"),
        ("year", "1399"),
        ("year", "1400"),
        ("month", "1400-04"),
        ("month", "1400-05"),
        ("from", "1399-01-01"),
        ("to", "1400-12-29"),
        ("match", "any"),
        ("sort", "newest"),
        ("interval", "month"),
        ("facet", "section"),
        ("facet", "year"),
        ("recency", "1"),
        ("feedback", "1"),
        ("page", "3"),
        ("size", "50"),
    ]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("1400", date(2021, 3, 21), date(2022, 3, 20)),
        ("تیر ۱۴۰۰", date(2021, 6, 22), date(2021, 7, 22)),
        ("۱۴۰۰/۰۴/۲۴", date(2021, 7, 15), date(2021, 7, 15)),
        ("2021-07-15", date(2021, 7, 15), date(2021, 7, 15)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_from_is_the_first_day_and_to_the_last(text, since, until):
    """A year or month begins the range with its first day and ends it with its last."""
    assert request(from_=text).since == since
    assert request(to=text).until == until


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("page", "0", "page must be a whole number from 1 to 1000000"),
        ("page", "-1", "page must be a whole number"),
        ("page", "1.5", "page must be a whole number"),
        ("page", "9" * 5000, "page must be a whole number"),
        ("page", "²", "page must be a whole number"),
        ("size", "100000", "size must be a whole number from 1 to 100"),
        ("size", "101", "size must be a whole number from 1 to 100"),
        ("from", "abc", "from: 'abc' is not a date; write it as 1400-04-24, 1400-04 or 1400"),
        ("to", "1400-13", "to: '1400-13-01' is no day of the calendar"),
        ("to", "1400/12/31", "to: '1400-12-31' is no day of the calendar"),
        ("year", "2021", "year '2021' is no year of the Jalali calendar; write it as 1400"),
        ("year", "1400-04", "year '1400-04' is no year"),
        ("year", "x", "year: 'x' is not a date"),
        ("month", "1400", "month '1400' is no month of the Jalali calendar; write it as 1400-04"),
        ("sort", "best", "sort must be one of: relevance, newest, oldest"),
        ("interval", "week", "interval must be one of: year, month, day"),
        ("match", "some", "match must be one of: all, any"),
        ("facet", "author", "facet must be one of: section, agency, tag, year, month"),
        ("recency", "perhaps", "recency must be one of: 1, true, yes, on, 0"),
        ("q", "ا" * (LONGEST_QUERY + 1), "q is 2001 characters long; write at most 2000"),
        ("q", "نفت\x00", "q holds control characters; remove them"),
        ("q", "\ud800", "q holds control characters"),
        ("section", "الف\x1bب", "section holds control characters"),
        ("tag", "x" * 301, "tag is 301 characters long"),
    ],
)
def test_a_bad_value_is_refused_by_name(parameter, value, message):
    """The error names the parameter, says in English what to do, and speaks Persian to readers."""
    with pytest.raises(InvalidParameter) as caught:
        SearchRequest.from_params({parameter: [value]})
    assert caught.value.parameter == parameter
    assert str(caught.value).startswith(message)
    assert any("آ" <= char <= "ی" for char in caught.value.persian)
    assert caught.value.http_status == 400


def test_a_range_that_ends_before_it_begins_is_refused():
    """`to` before `from` is the fault of `to`; one and the same day is a range."""
    with pytest.raises(InvalidParameter, match="to is before from") as caught:
        request(from_="1400", to="1399")
    assert caught.value.parameter == "to"
    assert request(from_="1400", to="1400/01/01").until == date(2021, 3, 21)


def test_one_value_where_one_is_meant():
    """A repeated single parameter is refused unless it says the same; too many values of a facet are refused."""
    with pytest.raises(InvalidParameter, match="sort takes one value, not 2"):
        SearchRequest.from_params({"sort": ["newest", "oldest"]})
    assert SearchRequest.from_params({"sort": ["newest", "newest"]}).sort == "newest"
    with pytest.raises(InvalidParameter, match=f"select at most {MOST_VALUES}"):
        SearchRequest.from_params({"tag": [str(number) for number in range(MOST_VALUES + 1)]})


def test_what_trackers_add_is_ignored():
    """Unknown parameters neither fail nor survive into the canonical form."""
    assert request(q="نفت", utm_source="mail", callback="x").to_params() == [("q", "نفت")]


def test_links_lead_on_from_the_first_page():
    """Each change keeps the rest of the request and goes back to page 1; a page change keeps everything."""
    start = SearchRequest(query="نفت", section=("ورزشی",), sort="newest", page=4, size=20)
    assert start.with_page(5) == SearchRequest(query="نفت", section=("ورزشی",), sort="newest", page=5, size=20)
    assert start.with_query(" گاز ").to_params()[0] == ("q", "گاز")
    assert start.with_facet("section", "اقتصادی").section == ("اقتصادی", "ورزشی")
    assert start.with_facet("section", "ورزشی").section == ("ورزشی",)
    assert start.without_facet("section", "ورزشی").section == ()
    assert start.without_facet("section", "سیاسی").section == ("ورزشی",)
    assert start.with_sort("oldest").sort == "oldest"
    assert start.with_days(None, date(2021, 7, 15)).until == date(2021, 7, 15)
    changed = [
        start.with_query("گاز"),
        start.with_facet("tag", "x"),
        start.without_facet("section", "ورزشی"),
        start.with_sort("oldest"),
        start.with_days(None, None),
        start.with_period("1400"),
    ]
    assert [(other.page, other.size) for other in changed] == [(1, 20)] * 6


def test_drilling_down_narrows():
    """Year, month and day follow each other; a range that was typed stays, since the counts were under it."""
    start = SearchRequest(since=date(2021, 5, 1), year=("1399", "1400"), month=("1399-05", "1400-05"), interval="year")
    year = start.with_period("1400")
    assert (year.year, year.month, year.since, year.interval) == (("1400",), ("1400-05",), date(2021, 5, 1), None)
    month = year.with_period("1400-05")
    assert (month.year, month.month, month.since) == ((), ("1400-05",), date(2021, 5, 1))
    day = month.with_period("1400-05-02")
    assert (day.year, day.month, day.since, day.until) == ((), (), date(2021, 7, 24), date(2021, 7, 24))


def test_filters_are_the_facets_with_a_selection():
    """Only facets with selected values are listed, by name."""
    assert SearchRequest(tag=("x",), year=("1400",), page=2).filters == {"tag": ("x",), "year": ("1400",)}
    assert SearchRequest().filters == {}


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30).map(str.strip)
values = st.sets(texts.filter(bool), max_size=4).map(lambda chosen: tuple(sorted(chosen)))
days = st.dates(date(1921, 3, 21), date(2122, 3, 20))
requests = st.builds(
    lambda span, **rest: SearchRequest(since=span[0], until=span[1], **rest),
    span=st.tuples(days, days).map(sorted) | st.sampled_from([(None, None), (date(2021, 7, 15), None)]),
    query=texts,
    section=values,
    agency=values,
    tag=values,
    year=st.sets(days.map(lambda day: value_of(day, "year")), max_size=3).map(lambda chosen: tuple(sorted(chosen))),
    month=st.sets(days.map(lambda day: value_of(day, "month")), max_size=3).map(lambda chosen: tuple(sorted(chosen))),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    page=st.integers(1, 1_000_000),
    size=st.integers(1, 100),
    facet=st.sets(st.sampled_from(FACETS)).map(lambda chosen: tuple(name for name in FACETS if name in chosen)),
    interval=st.sampled_from([None, "year", "month", "day"]),
    match=st.sampled_from(["all", "any"]),
    recency=st.booleans(),
    feedback=st.booleans(),
)


@given(requests)
def test_canonical_parameters_give_the_request_back(original):
    """`from_params(to_params(r)) == r`, and the parameters are the same again."""
    params = original.to_params()
    multi = {}
    for name, value in params:
        multi.setdefault(name, []).append(value)
    assert SearchRequest.from_params(multi) == original
    assert SearchRequest.from_params(multi).to_params() == params


@given(
    st.dictionaries(
        st.sampled_from(["q", "section", "year", "month", "from", "to", "page", "size", "sort", "facet", "match", "x"]),
        st.lists(st.text(max_size=20), max_size=3),
    )
)
def test_any_parameters_are_read_or_refused(params):
    """Whatever is sent, the answer is a request or an InvalidParameter that names a parameter that was sent."""
    fault = None
    try:
        SearchRequest.from_params(params)
    except InvalidParameter as error:
        fault = error.parameter
    assert fault is None or fault in params
