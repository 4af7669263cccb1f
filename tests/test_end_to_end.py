"""The main job, from saved pages to a reader: index with the command, serve, search in a real browser."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.processes import bayegan, serving

pytestmark = pytest.mark.browser

# A page as "save as text" leaves it: navigation, the article with its half-spaces lost, the tail.
PAGE = """\
صفحه نخست
فیلم
عکس
ورزشی
اقتصادی
صفحات داخلی
آغاز گفتوگوهای بینالمللی درباره دریای خزر
۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷:۲۷
کد خبر: ۱۲۰۷۲۵۴
نمایندگان پنج کشور درباره محیط زیست دریای خزر گفتوگو میکنند.
به گزارش برنا، این نشست در رشت برگزار شد و کارشناسان میگویند تراز آب دریا پایین رفته است.
کارشناسان از عرصههای گوناگون به نشست آمده بودند و تا پایان هفته در رشت میمانند.
نظر شما
"""

HTML = """\
<!doctype html><html lang="fa"><head><meta charset="utf-8"><title>کتاب‌های تازه | خبرگزاری</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "کتاب‌های تازه در نمایشگاه رشت", "datePublished": "2020-05-04T10:00:00+04:30", "articleSection": "فرهنگی",
"publisher": {"name": "ایبنا"}}</script></head>
<body><nav>خانه تماس</nav><h1>کتاب‌های تازه در نمایشگاه رشت</h1>
<p>نمایشگاه کتاب رشت با صدها عنوان تازه از ناشران سراسر کشور گشایش یافت و تا پایان هفته برپاست.</p>
<p>ناشران گیلانی هم با کتاب‌های بومی خود در این نمایشگاه حضور دارند.</p></body></html>
"""

RELOADS = 500  # until a new generation must answer
RECORDS = [
    {
        "title": "دریاچه‌ها کم‌آب شدند",
        "body": ["کارشناسان از کم‌آبی خبر دادند."],
        "section": "اجتماعی",
        "code": "7",
        "agency": "ایسنا",
        "date": "1399/12/30",
    },
    {"title": "روزی که در تقویم نیست", "body": ["متن"], "code": "8", "agency": "ایسنا", "date": "1399/13/01"},
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of saved pages, indexed by the command."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "borna").mkdir()
    (folder / "borna" / "1207254.txt").write_text(PAGE, encoding="utf-8")
    (folder / "book.html").write_text(HTML, encoding="utf-8")
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    (folder / "records.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "broken.jsonl.gz").write_bytes(gzip.compress(b'{"title": "x"}' * 99)[:30])
    archive = tmp_path_factory.mktemp("archive")
    done = bayegan("index", str(folder), "--archive", str(archive))
    assert done.returncode == 3, done.stderr
    return archive


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[str]:
    """The archive, served by the command."""
    with serving("serve", "--archive", str(archive), "--port", "0") as address:
        yield address


def test_a_reader_finds_what_was_saved(browser: Browser, server: str) -> None:
    """A word with a half-space finds the page that lost it; the article is whole, without navigation and tail."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.goto("/")
    page.locator("#q").fill("گفت‌وگوهای بین‌المللی")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".hit")).to_contain_text("۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷")
    page.locator(".hit h2 a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("آغاز گفتوگوهای بینالمللی درباره دریای خزر")
    expect(page.locator("h1 mark").first).to_have_text(re.compile("^گفتوگوهای"))
    expect(page.locator("main")).to_contain_text("میمانند")
    expect(page.locator("article")).not_to_contain_text("صفحات داخلی")
    expect(page.locator("article")).not_to_contain_text("نظر شما")
    context.close()


def test_every_format_is_found_and_counted(browser: Browser, server: str) -> None:
    """Text, HTML and records are in one archive; a facet of one of them narrows to it."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.goto("/?q=رشت")
    expect(page.locator(".hit")).to_have_count(2)
    page.locator(".facet").get_by_role("link", name=re.compile("فرهنگی")).click()
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".hit")).to_contain_text("کتاب‌های تازه")
    expect(page.locator(".hit")).to_contain_text("۱۵ اردیبهشت ۱۳۹۹، ساعت ۱۰:۰۰")
    page.goto("/?q=دریاچه ها")
    expect(page.locator(".hit")).to_contain_text("۳۰ اسفند ۱۳۹۹")
    context.close()


def test_the_running_server_shows_what_is_added(archive: Path, browser: Browser, server: str, tmp_path: Path) -> None:
    """An article that is indexed while the server runs is found as soon as its generation is warm."""
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.goto("/?q=سپیدرود")
    expect(page.locator(".hit")).to_have_count(0)
    added = tmp_path / "added.json"
    added.write_text(json.dumps([{**RECORDS[0], "title": "سپیدرود پرآب شد", "code": "9"}]), encoding="utf-8")
    done = bayegan("index", str(added), "--archive", str(archive))
    assert done.returncode == 0, done.stderr
    for _ in range(RELOADS):
        page.reload()
        if page.locator(".hit").count():
            break
    expect(page.locator(".hit")).to_have_count(1)
    context.close()


def test_the_command_says_the_same(archive: Path, server: str) -> None:
    """`bayegan search --json` prints the envelope of the API."""
    done = bayegan("search", "--archive", str(archive), "--json", "دریای خزر")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["total"] == 1
    assert answer["results"][0]["published"] == "2021-07-15T14:27:27+04:30"
