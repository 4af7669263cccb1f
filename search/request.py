"""SearchRequest: what a reader, a program or the command line asks, parsed and validated once, here.

Parameters are those of the API (`from` and `to` are `since` and `until` inside):

    q section agency tag year month from to match sort collapse interval facet recency feedback page size

Empty values count as absent, so that a form may send all its fields. Unknown parameters are ignored, so that a
link survives what mailers and trackers add to it. Numbers and dates may have digits of any script.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from search import jalali
from search.errors import InvalidParameter
from search.jalali import DateError, Interval, Period

Sort = Literal["relevance", "newest", "oldest"]
Match = Literal["all", "any"]
Collapse = Literal["duplicates"]
FacetName = Literal["section", "agency", "tag", "year", "month"]

FACETS: tuple[FacetName, ...] = get_args(FacetName)
LONGEST_QUERY = 2000  # characters: about 300 words
LONGEST_VALUE = 300
MOST_VALUES = 50  # of one facet
LAST_PAGE = 1_000_000
LARGEST_PAGE = 100
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search, valid by construction through `from_params`.

    Attributes:
        query: what was typed, without space around it.
        section, agency, tag, year, month: selected facet values, sorted; several of one facet mean OR.
            Years are `1400`, months `1400-04`.
        since, until: first and last day (Gregorian), both included; None leaves the side open.
        sort: `relevance`, `newest` or `oldest`.
        collapse: `duplicates`: of near-duplicates only the first in this order is a result; None shows all.
        page: from 1. size: results a page, 1 to 100.
        facet: names of the facets to count; empty means all.
        interval: of the histogram; None lets the searcher choose one that fits.
        match: `all` words, or `any`.
        recency: whether newer articles gain a little in relevance.
        feedback: whether the query is widened with words of its best articles.
    """

    query: str = ""
    section: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    collapse: Collapse | None = None
    page: int = 1
    size: int = 10
    facet: tuple[str, ...] = ()
    interval: Interval | None = None
    match: Match = "all"
    recency: bool = False
    feedback: bool = False

    @classmethod
    def from_params(cls, params: Params) -> SearchRequest:
        """The request that parameters of a URL, or options of the same names, ask for.

        Args:
            params: the values of each parameter, in the order given.

        Raises:
            InvalidParameter: a value cannot be, or a parameter that takes one value has several.
        """
        given = {name: [value.strip() for value in params.get(name, ()) if value.strip()] for name in _READERS}
        fields = {_FIELDS.get(name, name): _READERS[name](name, values) for name, values in given.items() if values}
        request = cls(**fields)
        if request.since and request.until and request.since > request.until:
            raise InvalidParameter(
                "to",
                "to is before from; exchange the two dates",
                persian="تاریخ پایان پیش از تاریخ آغاز است؛ جای آن دو را عوض کنید.",
            )
        return request

    def to_params(self) -> list[tuple[str, str]]:
        """The canonical parameters, in a fixed order, without defaults: `from_params` gives the same request."""
        return [(name, text) for name in _READERS for text in _texts(getattr(self, _FIELDS.get(name, name)), name)]

    @property
    def filters(self) -> dict[FacetName, tuple[str, ...]]:
        """The facets in which something is selected."""
        return {name: values for name in FACETS if (values := self.selected(name))}

    def selected(self, name: str) -> tuple[str, ...]:
        """The selected values of a facet."""
        values: tuple[str, ...] = getattr(self, name)
        return values

    # --- Other requests, for links: each begins at the first page ---

    def with_query(self, query: str) -> SearchRequest:
        """The same request for other words."""
        return replace(self, query=query.strip(), page=1)

    def with_facet(self, name: str, value: str) -> SearchRequest:
        """With one more value selected in a facet."""
        return self._with_values(name, {*self.selected(name), value})

    def without_facet(self, name: str, value: str) -> SearchRequest:
        """With that value no longer selected."""
        return self._with_values(name, {*self.selected(name)} - {value})

    def with_sort(self, sort: Sort) -> SearchRequest:
        """In another order."""
        return replace(self, sort=sort, page=1)

    def with_collapse(self, collapse: Collapse | None) -> SearchRequest:
        """With near-duplicates as one result, or each its own."""
        return replace(self, collapse=collapse, page=1)

    def with_page(self, page: int) -> SearchRequest:
        """Another page of the same results."""
        return replace(self, page=page)

    def with_days(self, since: date | None, until: date | None) -> SearchRequest:
        """With other first and last days; None opens the side."""
        return replace(self, since=since, until=until, page=1)

    def with_period(self, value: str) -> SearchRequest:
        """Narrowed to a year, month or day of the histogram, which is then drawn in finer periods.

        Finds exactly what the period's bucket counted: a range of days stays as it is, a year keeps those of its
        months that are selected. To widen again, clear the dates first.
        """
        narrowed = replace(self, year=(), month=(), interval=None, page=1)
        interval = jalali.interval_of(value)
        if interval == "day":
            day = jalali.bounds(value)
            return replace(narrowed, since=day.first, until=day.last)
        if interval == "month":
            return replace(narrowed, month=(value,))
        return replace(narrowed, year=(value,), month=tuple(month for month in self.month if month.startswith(value)))

    def _with_values(self, name: str, values: Iterable[str]) -> SearchRequest:
        fields: dict[str, Any] = {name: tuple(sorted(values)), "page": 1}
        return replace(self, **fields)


def _texts(value: Any, name: str) -> Iterable[str]:
    """The texts of a field of a request, as parameters; none for a default."""
    if value == _DEFAULTS[name]:
        return ()
    if isinstance(value, tuple):
        return value
    if isinstance(value, date):
        return (jalali.value_of(value, "day"),)
    return ("1" if value is True else str(value),)


# --- Readers: (parameter, values that are not empty) -> the field ------------------------------------------------


def _single(name: str, values: Sequence[str]) -> str:
    if len(set(values)) > 1:
        raise InvalidParameter(
            name, f"{name} takes one value, not {len(values)}", persian=f"پارامتر {name} تنها یک مقدار می‌گیرد."
        )
    return values[0]


def _checked_text(name: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidParameter(
            name,
            f"{name} is {len(text)} characters long; write at most {longest}",
            persian=f"متن بلندتر از اندازه است؛ حداکثر {jalali.persian_digits(longest)} نویسه بنویسید.",
        )
    # Tabs and line ends come with pasted text; other control characters and halves of surrogate pairs never do.
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\r\n" for char in text):
        raise InvalidParameter(
            name,
            f"{name} holds control characters; remove them",
            persian="متن نویسه‌های کنترلی دارد؛ آن‌ها را پاک کنید.",
        )
    return text


def _query(name: str, values: Sequence[str]) -> str:
    return _checked_text(name, _single(name, values), LONGEST_QUERY)


def _values(name: str, values: Sequence[str]) -> tuple[str, ...]:
    if len(values) > MOST_VALUES:
        raise InvalidParameter(
            name,
            f"{name} has {len(values)} values; select at most {MOST_VALUES}",
            persian=f"حداکثر {jalali.persian_digits(MOST_VALUES)} مقدار برای {name} انتخاب کنید.",
        )
    return tuple(sorted({_checked_text(name, value, LONGEST_VALUE) for value in values}))


def _read_period(name: str, text: str) -> Period:
    try:
        return jalali.read_period(text)
    except DateError as error:
        raise InvalidParameter(name, f"{name}: {error}", persian=error.persian) from error


def _since(name: str, values: Sequence[str]) -> date:
    return _read_period(name, _single(name, values)).first


def _until(name: str, values: Sequence[str]) -> date:
    return _read_period(name, _single(name, values)).last


def _periods(interval: Interval, example: str) -> Callable[[str, Sequence[str]], tuple[str, ...]]:
    def read(name: str, text: str) -> str:
        period = _read_period(name, text)
        value = jalali.value_of(period.first, interval)
        if jalali.bounds(value) != period:
            raise InvalidParameter(
                name,
                f"{name} {text!r} is no {interval} of the Jalali calendar; write it as {example}",
                persian=f"«{text}» را مانند {jalali.label(example)} بنویسید.",
            )
        return value

    return lambda name, values: tuple(sorted({read(name, text) for text in _values(name, values)}))


def _number(largest: int) -> Callable[[str, Sequence[str]], int]:
    def read(name: str, values: Sequence[str]) -> int:
        text = _single(name, values)
        number = int(text) if text.isdecimal() and len(text) <= 9 else 0
        if not 1 <= number <= largest:
            raise InvalidParameter(
                name,
                f"{name} must be a whole number from 1 to {largest}",
                persian=f"مقدار {name} باید عددی از ۱ تا {jalali.persian_digits(largest)} باشد.",
            )
        return number

    return read


def _one_of(name: str, text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        known = ", ".join(choices)
        raise InvalidParameter(
            name, f"{name} must be one of: {known}", persian=f"مقدار {name} باید یکی از این‌ها باشد: {known}"
        )
    return text


def _choice(choices: Sequence[str]) -> Callable[[str, Sequence[str]], str]:
    return lambda name, values: _one_of(name, _single(name, values), choices)


def _facets(name: str, values: Sequence[str]) -> tuple[str, ...]:
    asked = {_one_of(name, value, FACETS) for value in values}
    return tuple(facet for facet in FACETS if facet in asked)


def _switch(name: str, values: Sequence[str]) -> bool:
    return _one_of(name, _single(name, values).lower(), (*_YES, *_NO)) in _YES


# In the order of canonical parameters.
_READERS: Mapping[str, Callable[[str, Sequence[str]], Any]] = {
    "q": _query,
    "section": _values,
    "agency": _values,
    "tag": _values,
    "year": _periods("year", "1400"),
    "month": _periods("month", "1400-04"),
    "from": _since,
    "to": _until,
    "match": _choice(get_args(Match)),
    "sort": _choice(get_args(Sort)),
    "collapse": _choice(get_args(Collapse)),
    "interval": _choice(get_args(Interval)),
    "facet": _facets,
    "recency": _switch,
    "feedback": _switch,
    "page": _number(LAST_PAGE),
    "size": _number(LARGEST_PAGE),
}
_FIELDS = {"q": "query", "from": "since", "to": "until"}
_DEFAULTS = {name: getattr(SearchRequest(), _FIELDS.get(name, name)) for name in _READERS}
