"""What templates write in Persian: numbers, times, sizes, and text with the places that matched."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup

from search import jalali
from search.envelope import marked_html
from search.result import Marked
from webui import current

_SEPARATORS = str.maketrans({",": "٬", ".": "٫"})


def install(app: Flask) -> None:
    """Gives the templates these filters."""
    for name, function in (
        ("fa", number),
        ("milliseconds", milliseconds),
        ("moment", moment),
        ("size", size),
        ("marked", marked),
    ):
        app.add_template_filter(function, name)
    app.context_processor(lambda: {"archive_title": current.archive().title})


def number(value: int) -> str:
    """`۱۲٬۳۴۵`."""
    return jalali.persian_digits(f"{value:,}".translate(_SEPARATORS))


def milliseconds(value: float) -> str:
    """`۱۲ میلی‌ثانیه`, or in seconds from one second on."""
    if value >= 1000:
        return jalali.persian_digits(f"{value / 1000:.1f} ثانیه".translate(_SEPARATORS))
    return f"{number(round(value))} میلی‌ثانیه" if value >= 1 else "کمتر از ۱ میلی‌ثانیه"


def size(value: int) -> str:
    """Bytes as `۱۲٫۳ گیگابایت`, `۱۲٫۳ مگابایت` or `۳۴۵ کیلوبایت`."""
    if value < 1_000_000:
        return f"{number(-(-value // 1000))} کیلوبایت"
    scaled, unit = (value / 1e9, "گیگابایت") if value >= 1e9 else (value / 1e6, "مگابایت")
    return jalali.persian_digits(f"{scaled:,.1f} {unit}".translate(_SEPARATORS))


def moment(value: datetime | date) -> Markup:
    """A <time> that shows the Jalali date, and the hour where it is known."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), jalali.format_moment(value))


def marked(value: Marked) -> Markup:
    """Escaped text with <mark> around what matched."""
    return Markup(marked_html(value))  # noqa: S704 - marked_html escapes; tests/webui/test_untrusted.py holds it to that
