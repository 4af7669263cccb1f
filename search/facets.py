"""Counts of the engine -> facets and histogram for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from search import jalali
from search.engine.answer import Answer, DayCounts, FacetCounts
from search.jalali import Interval, Period
from search.request import FACETS, FacetName, SearchRequest
from search.result import Bucket, Facet, FacetValue, Histogram

LABELS: Mapping[FacetName, str] = {
    "section": "بخش",
    "agency": "خبرگزاری",
    "tag": "برچسب",
    "year": "سال",
    "month": "ماه",
}
# How many values are listed; of years and months, which stand in order of time, the newest.
LISTED: Mapping[FacetName, int] = {"section": 20, "agency": 20, "tag": 20, "year": 40, "month": 24}
MOST_BUCKETS = 400  # days, or months; a year of days fits
_PERIODS = frozenset({"year", "month"})
_FEW_DAYS = 93  # three months; over more, months are easier to read than days
_FEW_MONTHS = 3 * 366  # days; over more than three years, years are
_DAYS: Mapping[Interval, int] = {"month": 30, "day": 1}


def facets(answer: Answer, request: SearchRequest) -> tuple[Facet, ...]:
    """The facets that were counted, in their usual order."""
    return tuple(_facet(name, answer.facets[name], request.selected(name)) for name in FACETS if name in answer.facets)


def histogram(answer: Answer, request: SearchRequest) -> Histogram | None:
    """Articles over time in whole Jalali periods without gaps; None where days were not counted or none is known.

    Reaches from the first to the last day found, and over the whole of a year or month that is selected. The interval
    is the one asked for, unless that gives more than `MOST_BUCKETS` buckets, else one that fits the span.
    """
    if answer.days is None or not len(answer.days.counts):
        return None
    span = _span(answer.days, request)
    interval = _interval(span, request.interval)
    return Histogram(interval, _buckets(answer.days, span, interval))


def _facet(name: FacetName, counts: FacetCounts, selected: Sequence[str]) -> Facet:
    chosen = [at for at, value in enumerate(counts.values) if value in selected] if selected else []
    known = {counts.values[at]: int(counts.counts[at]) for at in (*_leading(name, counts), *chosen)}
    listed = {**dict.fromkeys(selected, 0), **known}
    values = [FacetValue(value, _label(name, value), count, value in selected) for value, count in listed.items()]
    return Facet(
        name=name,
        label=LABELS[name],
        values=tuple(_ordered(name, values)),
        other=int(counts.counts.sum()) - sum(listed.values()),
        missing=counts.missing,
    )


def _leading(name: FacetName, counts: FacetCounts) -> Sequence[int]:
    """Indices of the values to list, in no order: the newest periods, or the largest of other values."""
    limit = LISTED[name]
    if len(counts.values) <= limit:
        return range(len(counts.values))
    if name in _PERIODS:
        return sorted(range(len(counts.values)), key=counts.values.__getitem__)[-limit:]
    least = np.partition(counts.counts, -limit)[-limit]
    larger = np.flatnonzero(counts.counts > least)
    ties = np.flatnonzero(counts.counts == least)[: limit - len(larger)]
    return [*larger.tolist(), *ties.tolist()]


def _ordered(name: FacetName, values: list[FacetValue]) -> list[FacetValue]:
    """Periods from the newest to the oldest; other values from the largest, then by label."""
    if name in _PERIODS:
        return sorted(values, key=lambda value: value.value, reverse=True)
    return sorted(values, key=lambda value: (-value.count, value.label))


def _label(name: FacetName, value: str) -> str:
    return jalali.label(value) if name in _PERIODS else value


def _span(found: DayCounts, request: SearchRequest) -> Period:
    """From the first to the last day found, or further over the one month or year that is selected."""
    first, last = date.fromordinal(found.first), date.fromordinal(found.first + len(found.counts) - 1)
    selected = request.month or request.year
    if len(selected) > 1 or not selected:
        return Period(first, last)
    period = jalali.bounds(selected[0])
    return Period(min(first, period.first), max(last, period.last))


def _interval(span: Period, wanted: Interval | None) -> Interval:
    days = (span.last - span.first).days + 1
    if wanted == "year" or (wanted and days // _DAYS[wanted] <= MOST_BUCKETS):
        return wanted
    return "day" if days <= _FEW_DAYS else "month" if days <= _FEW_MONTHS else "year"


def _buckets(found: DayCounts, span: Period, interval: Interval) -> tuple[Bucket, ...]:
    # before[i]: articles of the first i days
    before = np.concatenate(([0], np.cumsum(found.counts)))

    def count(period: Period) -> int:
        start, stop = (period.first.toordinal() - found.first, period.last.toordinal() - found.first + 1)
        low, high = np.clip((start, stop), 0, len(found.counts))
        return int(before[high] - before[low])

    return tuple(
        Bucket(period.first, period.last, value, jalali.label(value), count(period))
        for value, period in jalali.periods(span.first, span.last, interval)
    )
