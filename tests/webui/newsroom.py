"""The articles that the tests of the page and the API search: a small archive, and what an enemy would put into it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from search import jalali
from search.archive import Archive
from search.article import Article
from search.engine.writer import IndexWriter
from search.stored import to_document

BUDGET = Article(
    title="مجلس کلیات بودجه را تصویب کرد",
    kicker="در نشست علنی",
    lead="نمایندگان با کلیات بودجه موافقت کردند.",
    body=("به گزارش برنا، نشست علنی امروز برگزار شد.", "بررسی بودجه ادامه دارد."),
    agency="برنا",
    code="1207254",
    section="سیاسی",
    tags=("بودجه", "مجلس"),
    author="سارا رضایی",
    published=datetime(2021, 7, 15, 14, 27, 27, tzinfo=jalali.tehran()),
    url="https://example.org/news/1207254",
    captured=datetime(2021, 7, 16, 20, 45, 5, tzinfo=UTC),
    source="pages/1207254.txt",
)

SPELLINGS = (
    Article(
        title="نمایشگاه کتاب‌ها گشایش یافت", agency="فارس", code="501", section="فرهنگی", published=date(2020, 5, 4)
    ),
    Article(title="نمایشگاه كتاب ها در شیراز", agency="فارس", code="502", section="فرهنگی", published=date(2020, 5, 9)),
    Article(
        title="نمایشگاه کتابها پایان یافت", agency="ایسنا", code="503", section="هنری", published=date(2019, 5, 14)
    ),
)

# Thirty matches, one every 20 days: enough for pages, years, months and days.
MATCHES = tuple(
    Article(
        title=f"گزارش بازی هفتهٔ {number}",
        lead="تیم میزبان در ورزشگاه آزادی پیروز شد.",
        body=("تماشاگران تا پایان مسابقه تیم خود را تشویق کردند.",),
        agency=("برنا", "ایسنا", "فارس")[number % 3],
        code=str(9000 + number),
        section="ورزشی",
        tags=("فوتبال",),
        published=date(2019, 9, 1) + timedelta(days=20 * number),
    )
    for number in range(1, 31)
)

HOSTILE = Article(
    title='<script>alert("عنوان")</script> حمله\u202eوارونه',
    kicker="<b>روتیتر</b>",
    lead="</p><img src=x onerror=alert(1)> حمله",
    body=("{{ 7 * 7 }} <iframe src=//evil.example></iframe>", "حمله " + "آ" * 500 + " & پایان"),
    agency='"><script>agency',
    code="../../etc/passwd",
    section="<i>بخش</i>",
    tags=("<u>tag</u>", "' onmouseover='x"),
    author="<script>author</script>",
    published=date(2018, 1, 1),
    url="javascript:alert(document.domain)",
    notes=("<script>note</script>",),
)

BARE = Article(title="یادداشتی بی‌نشان", body=("این یادداشت نه تاریخ دارد و نه خبرگزاری.",))

ARTICLES = (BUDGET, *SPELLINGS, *MATCHES, HOSTILE, BARE)


def write(directory: Path, articles: tuple[Article, ...]) -> Archive:
    """Adds the articles, as they are, to the archive in a folder."""
    archive = Archive(directory)
    with IndexWriter(archive.index_directory, workers=1) as writer:
        for article in articles:
            writer.add(to_document(article))
        writer.commit()
    return archive
