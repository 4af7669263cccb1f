"""The histogram as figures for an inline SVG: bars that are links, their labels, and a summary in words.

Places along the width are percentages, so that one drawing fits every screen with letters of their natural
size; time runs from right to left, as the page is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from search import jalali
from search.envelope import BucketCount, HistogramCounts
from webui.present import number

BASE = 92.0  # pixels from the top to the axis
LOWEST = 2.0  # pixels that one article has at least, so that it can be seen
WIDEST = 5.0  # per cent of the width that a bar takes at most
TICKS = 12
TICKS_ON_A_PHONE = 6
# Pixels: the width of the drawing, of a letter of a label, between labels, and beside the drawing within its frame.
PAGE, PHONE = 800, 320
LETTER, GAP, MARGIN = 6, 10, 16
_NAMES = {"year": "سال", "month": "ماه", "day": "روز"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A period: `slot` is its whole share of the width, the bar stands inside; `url` is "" where it has no article."""

    url: str
    label: str
    slot_x: float
    slot_width: float
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the axis; a `fine` one only where there is room."""

    x: float
    label: str
    fine: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the drawing needs."""

    title: str
    summary: str
    base: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def chart(histogram: HistogramCounts | None) -> Chart | None:
    """The drawing of a histogram; None where there is nothing to draw."""
    buckets = histogram.buckets if histogram else ()
    highest = max((bucket.count for bucket in buckets), default=0)
    if histogram is None or not highest:
        return None
    width = 100 / len(buckets)
    starts = [100 - width * place for place in range(1, len(buckets) + 1)]
    top = max(buckets, key=lambda bucket: bucket.count)
    interval = _NAMES[histogram.interval]
    return Chart(
        title=f"شمار خبرها در هر {interval}",
        summary=f"بیشترین: {top.label}، {number(top.count)} خبر",
        base=BASE,
        bars=tuple(_bar(bucket, x, width, highest) for bucket, x in zip(buckets, starts, strict=True)),
        ticks=_ticks(buckets, starts, width),
    )


def _bar(bucket: BucketCount, x: float, width: float, highest: int) -> Bar:
    height = max(LOWEST, (BASE - 6) * bucket.count / highest)
    inset = (width - min(width * 0.76, WIDEST)) / 2
    return Bar(
        url=bucket.url if bucket.count else "",
        label=f"{bucket.label}: {number(bucket.count)} خبر",
        slot_x=round(x, 3),
        slot_width=round(width, 3),
        x=round(x + inset, 3),
        width=round(width - 2 * inset, 3),
        y=round(BASE - height, 1),
        height=round(height, 1),
    )


def _ticks(buckets: tuple[BucketCount, ...], starts: list[float], width: float) -> tuple[Tick, ...]:
    """As many labels as stand side by side, none of which sticks out: of a day in full fewer than of a year."""
    labels = [_short(buckets, place) for place in range(len(buckets))]
    room = max(map(len, labels)) * LETTER + GAP
    step = math.ceil(len(buckets) / min(TICKS, PAGE // room))
    shown = range(0, len(buckets), step)
    coarse = math.ceil(len(shown) / min(TICKS_ON_A_PHONE, PHONE // room))
    ticks = []
    for order, place in enumerate(shown):
        x, half = starts[place] + width / 2, len(labels[place]) * LETTER / 2
        beside = min(x, 100 - x) / 100
        if beside * PAGE + MARGIN >= half:
            fine = bool(order % coarse) or beside * PHONE + MARGIN < half
            ticks.append(Tick(round(x, 3), labels[place], fine))
    return tuple(ticks)


def _short(buckets: tuple[BucketCount, ...], place: int) -> str:
    """The last part of a value (`تیر`, `۲۴`) where the rest is that of the neighbours, else the whole label."""
    value = buckets[place].value
    around, _, own = value.rpartition("-")
    if not around or any(not bucket.value.startswith(around) for bucket in buckets):
        return buckets[place].label
    return jalali.MONTHS[int(own) - 1] if jalali.interval_of(value) == "month" else number(int(own))
