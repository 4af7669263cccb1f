"""HTML: which witness is believed for which field."""

from pathlib import Path

import pytest

from search.article import Article
from search.sources import Profile, read

LEAD = "مدیر موزه از بازگشایی تالار بزرگ پس از دو سال مرمت خبر داد."
FIRST = "مدیر موزه در نشست خبری امروز گفت که تالار بزرگ از شنبه به روی بازدیدکنندگان باز می‌شود."
SECOND = "وی افزود: بلیت بازدید تا پایان ماه نیم‌بهاست."


def article(tmp_path: Path, head: str = "", body: str = "") -> Article:
    """The article of a page with these parts, and a headline and two paragraphs."""
    page = tmp_path / "page.html"
    page.write_text(
        f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body><h1>بازگشایی تالار بزرگ موزه</h1>{body}"
        f"<div class='news-text'><p>{FIRST}</p><p>{SECOND}</p></div></body></html>",
        encoding="utf-8",
    )
    (found,) = read(page, Profile())
    assert isinstance(found, Article)
    return found


def json_ld(fields: str) -> str:
    """A block of JSON-LD with a NewsArticle."""
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def test_fields_are_merged_one_by_one(tmp_path: Path) -> None:
    """What JSON-LD lacks comes from meta elements, what these lack from the page."""
    found = article(
        tmp_path,
        json_ld('"headline": "بازگشایی تالار بزرگ موزه", "author": "مریم رضایی"')
        + '<meta property="article:section" content="فرهنگی"><meta name="author" content="دبیر سایت">',
        "<p>کد خبر: 12345 | تاریخ: 1400/04/24 - 10:05</p>",
    )
    assert (found.author, found.section, found.code) == ("مریم رضایی", "فرهنگی", "12345")
    assert found.published is not None
    assert found.published.isoformat() == "2021-07-15T10:05:00+04:30"
    assert found.body == (FIRST, SECOND)


def test_second_block_and_trailing_comma_of_json_ld(tmp_path: Path) -> None:
    """A damaged block is noted and the next one read; commas too many are overlooked."""
    broken = '<script type="application/ld+json">{"@type": </script>'
    found = article(tmp_path, broken + json_ld('"datePublished": "1400-04-24T10:05:00", "keywords": ["الف", "ب",],'))
    assert found.tags == ("الف", "ب")
    assert found.published is not None
    assert found.published.isoformat() == "2021-07-15T10:05:00+04:30"
    assert found.notes == ("the page's JSON-LD is damaged and was not read",)


def test_related_articles_of_json_ld_are_not_this_one(tmp_path: Path) -> None:
    """Articles in a list of links, and those inside another article, are not taken for the page's."""
    listed = '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "خبر دیگر"}]}'
    script = f'<script type="application/ld+json">{listed}</script>'
    found = article(tmp_path, script + json_ld('"isPartOf": {"@type": "Article", "headline": "ویژه‌نامه"}'))
    assert found.title == "بازگشایی تالار بزرگ موزه"


@pytest.mark.parametrize("site", ["برنا", "خبرگزاری برنا"])
@pytest.mark.parametrize("mark", [" | ", " - ", " :: ", " » "])
def test_site_beside_the_headline_goes(tmp_path: Path, mark: str, site: str) -> None:
    """The page's own headline is taken where metadata adds the site, and the site gives the agency."""
    found = article(tmp_path, f'<meta property="og:title" content="بازگشایی تالار بزرگ موزه{mark}{site}">')
    assert (found.title, found.agency) == ("بازگشایی تالار بزرگ موزه", "برنا")


def test_description_is_the_lead_only_if_the_page_shows_it(tmp_path: Path) -> None:
    """The blurb of the site is no lead; one that is on the page is, and is not repeated in the body."""
    blurb = '<meta name="description" content="تازه‌ترین خبرهای ایران و جهان را اینجا بخوانید">'
    assert article(tmp_path, blurb).lead == ""
    shown = article(tmp_path, f'<meta property="og:description" content="{LEAD}">', f"<p>{LEAD}</p>")
    assert (shown.lead, shown.body) == (LEAD, (FIRST, SECOND))


def test_cut_description_is_the_whole_paragraph(tmp_path: Path) -> None:
    """A description that ends in dots stands for the paragraph that it was cut from."""
    found = article(tmp_path, f'<meta property="og:description" content="{FIRST[:45]}...">')
    assert (found.lead, found.body) == (FIRST, (SECOND,))


def test_impossible_date_of_metadata_gives_way(tmp_path: Path) -> None:
    """A date that no calendar has is passed over for the one on the page; alone, it is noted."""
    wrong = '<meta property="article:published_time" content="1400-13-01">'
    found = article(tmp_path, wrong, "<p>تاریخ: 1400/04/24</p>")
    assert str(found.published) == "2021-07-15"
    assert article(tmp_path, wrong).notes == ("the date of publication is unknown: '1400-13-01' names no day",)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://www.example.ir/fa/news/445566/title", "445566"),
        ("https://www.example.ir/newstext.php?nn=8410220112", "8410220112"),
        ("https://www.example.ir/archive/2021", ""),
        ("/fa/news/445566", ""),
    ],
)
def test_code_in_the_address(tmp_path: Path, url: str, code: str) -> None:
    """Where the page shows no code, the number in its address is one; a relative address is none at all."""
    assert article(tmp_path, f'<link rel="canonical" href="{url}">').code == code


def test_xhtml_with_an_encoding_declared_twice(tmp_path: Path) -> None:
    """An XML declaration with another encoding than the bytes are in does no harm."""
    page = tmp_path / "page"
    page.write_text(
        f'<?xml version="1.0" encoding="windows-1256"?><html><body><h1>عنوان خبر روز</h1><p>{FIRST}</p></body></html>'
    )
    (found,) = read(page, Profile())
    assert isinstance(found, Article)
    assert (found.title, found.body) == ("عنوان خبر روز", (FIRST,))


def test_menus_are_no_kicker_and_a_heading_above_is(tmp_path: Path) -> None:
    """A row of links above the headline is a menu; a smaller heading right above it is the kicker."""
    row = "<header><a href='/'>دانش نو</a> <a href='/1'>علم</a> <a href='/2'>فناوری</a></header>"
    page = tmp_path / "page.html"
    for above, kicker in (("", ""), ("<h4>گزارش از میدان توپخانه</h4>", "گزارش از میدان توپخانه")):
        text = f"<article>{above}<h1>بازگشایی تالار بزرگ موزه</h1><p>{FIRST}</p><p>{SECOND}</p></article>"
        page.write_text(f"<meta charset=utf-8><body>{row}{text}</body>", encoding="utf-8")
        (found,) = read(page, Profile())
        assert isinstance(found, Article)
        assert (found.kicker, found.body) == (kicker, (FIRST, SECOND))


def test_section_by_its_name_in_the_page(tmp_path: Path) -> None:
    """An element called `service` or `news-section` near the headline names the section; a menu does not."""
    menu = "<table><tr><td>صفحه اصلی | سیاسی | اقتصادی | ورزشی</td></tr></table>"
    assert article(tmp_path, body=menu).section == ""
    assert article(tmp_path, body=f"{menu}<span class='news-section'>استان ها</span>").section == "استان‌ها"


@pytest.mark.parametrize(
    ("named", "section"),
    [
        ("<a>اقتصادی</a> / <a>کشاورزی</a>", "اقتصادی"),
        ("اخبار استانها", "استان‌ها"),
        ("سرویس سیاسی » مجلس", "سیاسی"),
        ("اخبار ویژه", "اخبار ویژه"),
        ("علم / زندگی", "علم / زندگی"),
    ],
)
def test_section_that_leads_on_to_another(tmp_path: Path, named: str, section: str) -> None:
    """Of a section and what is in it the section counts, if it is a known one; words such as `اخبار` before it go."""
    assert article(tmp_path, body=f"<div class='service'>{named}</div>").section == section
