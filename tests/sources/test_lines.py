"""What a line of a page is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.sources.lines import Facts, classify, facts_of, plain, section_of_breadcrumb, without_trailer


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷:۲۷", Facts(date="1400/04/24 14:27:27")),
        ("1398/07/15 - 11:20 - کد خبر: 3705", Facts(date="1398/07/15 11:20", code="3705")),
        ("تاریخ : 1397/03/24", Facts(date="1397/03/24")),
        ("كد خبر : ٨٧٠٥١٢٣٣٤٤", Facts(code="8705123344")),
        ("پنجشنبه / ۱۸ دی ۱۳۹۹ / ۱۳:۰۷", Facts(date="18 دی 1399 13:07")),
        ("سه شنبه 18 شهريور 1382 - شماره 3180", Facts(date="18 شهریور 1382")),
        ("تاریخ انتشار: ۱۴ آذر ۱۳۹۸ | کد خبر: ۸۸۱۲۳ | تعداد بازدید: ۵۶۰", Facts(date="14 آذر 1398", code="88123")),
        ("سرویس: آموزش و پرورش | نویسنده: آرزو مؤمنی", Facts(section="آموزش و پرورش", author="آرزو مؤمنی")),
        ("برچسب‌ها: بودجه، مجلس", Facts(tags="بودجه، مجلس")),
        ("Published: 2023-07-05 21:40", Facts(date="2023-07-05 21:40")),
        ("خبرنگار : 71451", Facts()),
        ("وی در ۱۴۰۰/۰۴/۲۴ به تهران آمد", None),
        ("خبرنگار: نظر شما درباره بودجه سال آینده کشور چیست؟", None),
        ("خبرنگار: چرا؟", None),
        ("رهبر انقلاب در دیدار مردم", None),
    ],
)
def test_lines_of_facts(line: str, facts: Facts | None) -> None:
    """Dates, codes and labelled values are read from a line that says nothing else, and from no other."""
    assert facts_of(line) == facts


@pytest.mark.parametrize(
    "line", ["صفحه نخست", "بين الملل", "بینالملل", "فرهنگ وهنر", "خانه » سیاسی » مجلس", "RSS", "*", "خبر/"]
)
def test_labels(line: str) -> None:
    """Labels of menus are known in every spelling."""
    assert classify(line).label or classify(line).head


@pytest.mark.parametrize(
    "line",
    [
        "نظر شما",
        "انتهاي پيام/",
        "انتهای پیام",
        "پایان پیام/ت",
        "اخبار مرتبط",
        "کلیه حقوق مادی و معنوی این سایت برای خبرگزاری محفوظ است و نقل آن آزاد است.",
    ],
)
def test_endings(line: str) -> None:
    """What stands under every article ends it."""
    assert classify(line).ends


@pytest.mark.parametrize(
    "line",
    [
        "نظر شما درباره این کتاب تازه و نویسنده جوان آن را بسیاری از خوانندگان ما نپسندیدند.",
        "وی گفت: پایان پیام من همین است که همه بدانند.",
        "به گفته مدیر کارخانه، تمام حقوق کارگران تا پایان هفته آینده به حساب آنان ریخته می‌شود.",
        "نمایندگان درباره قانون کپی رایت و پیوستن به پیمان برن در صحن علنی گفت‌وگو کردند.",
    ],
)
def test_text_that_begins_like_an_ending(line: str) -> None:
    """A sentence with the same words is text."""
    assert classify(line).prose


def test_trailer_is_cut_from_the_last_paragraph() -> None:
    """`انتهای پیام/` at the end of a paragraph goes, with what follows it on the line."""
    assert without_trailer("وی رفت. انتهای پیام/۴۰۲۱/ص") == "وی رفت."
    assert without_trailer("وی رفت. /انتهاي پيام") == "وی رفت."
    assert without_trailer("پایان پیام او این بود که همه با هم بمانیم") == "پایان پیام او این بود که همه با هم بمانیم"


def test_breadcrumbs() -> None:
    """The section is the first known one on the way; a line with slashes that leads nowhere is none."""
    assert section_of_breadcrumb("صفحه نخست » سیاسی » مجلس") == "سیاسی"
    assert section_of_breadcrumb("خانه / گوشه و کنار") == ""
    assert section_of_breadcrumb("برد / باخت") is None
    assert section_of_breadcrumb("سیاسی") is None


@given(st.text(max_size=200))
def test_plain_text_has_the_same_length(text: str) -> None:
    """Places found in the plain text are places in the original."""
    assert len(plain(text)) == len(text)


@given(st.text(max_size=200))
def test_any_line_is_something(text: str) -> None:
    """Any line is classified, and text is text only where it is nothing else."""
    line = classify(text.strip())
    assert line.other == (not (line.head or line.label or line.ends))
    assert not line.prose or line.other
