"""The sample archive of `bayegan demo` shows what real archives hold, and is read without a loss."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import jdatetime
import pytest

import search
from search.article import Article
from search.sources import Profile, read

SAMPLE = Path(search.__file__).parent / "sample"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """All that the readers make of the sample; a rejection fails the test that asks for it."""
    table = tomllib.loads((SAMPLE / "archive.toml").read_text(encoding="utf-8"))
    profile = Profile.from_toml({name: table[name] for name in ("agency",)})
    files = [SAMPLE / "news.jsonl", *sorted((SAMPLE / "pages").iterdir())]
    found = [item for path in files for item in read(path, profile)]
    assert [item for item in found if not isinstance(item, Article)] == []
    return [item for item in found if isinstance(item, Article)]


def test_every_article_is_whole(articles: list[Article]) -> None:
    """63 different articles of 80 to 200 words: each has a code, an agency and a day, and nothing had to be assumed."""
    assert len({article.key for article in articles}) == len(articles) == 63
    for article in articles:
        words = " ".join([article.title, article.kicker, article.lead, *article.body]).split()
        assert 80 <= len(words) <= 210, article.source
        assert article.code, article.source
        assert article.day, article.source
        assert article.agency in {"پرتو", "ایوان", "نسیم شهر", "ورزش‌نامه", "دانش‌نگار"}, article.source
        assert article.notes == (), article.source


def test_sections_and_years_are_worth_a_facet(articles: list[Article]) -> None:
    """All ten sections are there under one spelling each, and the articles spread over twenty Jalali years."""
    sections = {article.section for article in articles if article.section}
    assert sections == {
        "سیاسی", "ورزشی", "اجتماعی", "فرهنگ و هنر", "اقتصادی", "علمی و فناوری", "بین‌الملل", "استان‌ها",
        "رسانه‌ها", "بازار",
    }  # fmt: skip
    years = {jdatetime.date.fromgregorian(date=article.day).year for article in articles}
    assert years == set(range(1385, 1405))


def test_spellings_of_real_archives_are_there() -> None:
    """Letters, digits and half-spaces vary on purpose: a tidied-up sample would hide what the search is for."""
    text = (SAMPLE / "news.jsonl").read_text(encoding="utf-8")
    text += "".join(path.read_text(encoding="utf-8") for path in sorted((SAMPLE / "pages").glob("*.txt")))
    spellings = """گفت‌وگو گفتوگو گفت_و_گو گفت_وگو بین‌الملل بینالملل بين_الملل می‌گوید میگوید مي_گويد
        مسئولان مسؤولان مسوولان آمریکا امريكا هیئت هستهای عرصههای آمادگیهای ملّی هـا ۱۲٬۰۰۰ 1,250 ٥٦ دریاچهٔ مرحلۀ"""
    assert [word for word in spellings.split() if word.replace("_", " ") not in text] == []


def test_html_pages_are_in_two_encodings(articles: list[Article]) -> None:
    """One page is windows-1256; its text is read like that of the others, with the time of day."""
    (page,) = (article for article in articles if article.code == "880917")
    with pytest.raises(UnicodeDecodeError):
        (SAMPLE / "pages" / "parto-880917.html").read_bytes().decode("utf-8")
    assert page.title == "كتابخانه ديجيتال دانشگاه ها راه اندازي شد"
    assert isinstance(page.published, datetime)
    assert (page.published.hour, page.published.minute) == (10, 42)
