"""docs/formats.md: what it says of names and mappings is what the code does."""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from search.sources import Profile, blocks, budget, packing, page_text, read, stream
from search.sources.mapping import RecordMapper
from search.sources.page_profile import PageProfile
from search.sources.page_profiles import PageProfiles
from tests.sources.golden import plain

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
FARS, VARZESH3, HAMSHAHRI, PASSAGES, NESTED, SITE = EXAMPLES


def limits() -> dict[str, str]:
    """The table of limits of archives."""
    table = PAGE[PAGE.index("| limit | |") : PAGE.index("## Web archives")]
    return dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE))


def test_limits_of_archives() -> None:
    """The numbers in the table are those of the code."""
    told = list(limits().values())[1:]
    numbers = [
        f"{budget.MAX_DEPTH}:",
        f"{budget.MAX_PACKINGS},",
        f"{budget.MAX_ENTRY >> 30} GB,",
        f"{budget.MAX_ENTRIES:,}",
        f"{budget.MAX_UNPACKED >> 30:,} GB",
        f"{budget.MAX_RATIO}, from {budget.FREE_OF_RATIO >> 20} MB on",
        f"{packing.MOST_MEMORY >> 20} MB",
    ]
    assert [(text, text.startswith(number)) for text, number in zip(told, numbers, strict=True)] == [
        (text, True) for text in told
    ]
    for limit in (
        f"{stream.MAX_DOCUMENT >> 20} MB, {page_text.MAX_LINES:,} lines, {blocks.MAX_ELEMENTS:,} elements",
        f"{stream.MAX_LINE >> 20} MB a line",
        f"| {stream.MAX_JSON >> 20} MB |",
    ):
        assert limit in PAGE


def articles(tmp_path: Path, profile: Profile, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a JSONL file of these records gives."""
    path = tmp_path / "records"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return [plain(found) for found in read(path, profile)]


@pytest.mark.parametrize(
    ("field", "names"), re.findall(r"^\| (\w+|\(time of day\)) \| ([^|]+) \|$", PAGE, re.MULTILINE)
)
def test_every_documented_name_is_understood(field: str, names: str) -> None:
    """Each name in the table of names is known as a column."""
    if field == "field":
        return
    mapper = RecordMapper(Profile())
    for name in names.split(";")[0].split(", "):
        assert mapper.is_column(name), name


def test_fars_example(tmp_path: Path) -> None:
    """The code and the date come out of the link, in its short and its long form; sections get their Persian names."""
    link = "https://www.farsnews.ir/news/"
    records = [
        {
            "title": "الف",
            "abstract": "ب",
            "paragraphs": ["پ", "ت"],
            "cat": "world",
            "tags": ["ث"],
            "link": link + number,
        }
        for number in ("8410220112", "13990102000123/الف", "6011171294", "8413220112")
    ]
    short, long, strange, impossible = articles(tmp_path, Profile.from_toml(FARS), records)
    assert short == {
        "title": "الف", "lead": "ب", "body": ["پ", "ت"], "agency": "فارس", "code": "8410220112", "section": "بین‌الملل",
        "tags": ["ث"], "published": "2006-01-12", "url": link + "8410220112",
    }  # fmt: skip
    assert (long["code"], long["published"]) == ("13990102000123", "2020-03-21")
    for undated in (strange, impossible):
        assert undated["notes"] == [f"the date of publication is unknown: {undated['url']!r} names no day"]


def test_varzesh3_example(tmp_path: Path) -> None:
    """Common names need no mapping; a number is a code."""
    record = {
        "code": 1392980,
        "title": "الف",
        "abstract": "ب",
        "paragraphs": ["پ"],
        "tags": ["ت", "ث"],
        "link": "https://x.ir/1",
    }
    assert articles(tmp_path, Profile.from_toml(VARZESH3), [record]) == [
        {
            "title": "الف", "lead": "ب", "body": ["پ"], "agency": "ورزش سه", "code": "1392980", "tags": ["ت", "ث"],
            "url": "https://x.ir/1", "notes": ["the date of publication is unknown"],
        }
    ]  # fmt: skip


def test_hamshahri_example(tmp_path: Path) -> None:
    """A year of two digits in an id is a Jalali one."""
    record = {"id": "HAM2-811011-007", "title": "الف", "body": "ب\nپ"}
    assert articles(tmp_path, Profile.from_toml(HAMSHAHRI), [record]) == [
        {"title": "الف", "body": ["ب", "پ"], "agency": "همشهری", "code": "HAM2-811011-007", "published": "2003-01-01"}
    ]


def test_nested_example(tmp_path: Path) -> None:
    """Fields of objects are reached with a dot, and several names are joined where that makes sense."""
    record = {
        "post": {
            "headline": "الف", "lead": "ب", "text": "پ\nت", "day": "۲۴ تیر ۱۴۰۰", "clock": "14:27",
            "reporters": [{"name": "مریم"}, {"name": "امید"}],
        },
        "taxonomy": {"service": "استان ها", "tags": "ث، ج"},
    }  # fmt: skip
    assert articles(tmp_path, Profile.from_toml(NESTED), [record]) == [
        {
            "title": "الف", "body": ["ب", "پ", "ت"], "section": "استان‌ها", "tags": ["ث", "ج"],
            "author": "مریم، امید", "published": "2021-07-15T14:27:00+04:30",
        }
    ]  # fmt: skip


def test_passages_example(tmp_path: Path) -> None:
    """Records with an id, a title and a body need nothing but the name of their source."""
    (found,) = articles(tmp_path, Profile.from_toml(PASSAGES), [{"id": "V1", "title": " الف ", "body": "ب"}])
    assert (found["agency"], found["code"], found["title"], found["body"]) == ("ویکی‌پدیا", "V1", "الف", ["ب"])


def test_page_profile_example(tmp_path: Path) -> None:
    """The profile on the page finds every field on a page in its shape."""
    page = tmp_path / "page"
    page.write_text(
        "<meta charset=utf-8><meta name=generator content=ShahrCMS><p class=path><a>خانه</a> <a>شهر و شهروند</a></p>"
        "<div class=rutitr>این روتیتر نیست</div><h1 class=headline>گشایش پل تازه</h1><p class=summary>پل باز شد.</p>"
        "<p class=meta>شماره ۴۵۶</p><i class=day>۲۴ تیر ۱۴۰۰</i> <i class=hour>۱۰:۱۵</i>"
        "<p class=by>گزارش: <b>مریم</b></p><div class=story><p>بند یکم.</p><p class=ad>آگهی.</p><p>بند دوم.</p></div>"
        "<p class=tags><a>پل</a><a>شهر</a></p>",
        encoding="utf-8",
    )
    pages = PageProfiles((PageProfile.from_toml(SITE, "site", "site.toml"),))
    assert [plain(found) for found in read(page, Profile(pages=pages))] == [
        {
            "title": "گشایش پل تازه", "lead": "پل باز شد.", "body": ["بند یکم.", "بند دوم."], "agency": "شهر نو",
            "code": "456", "section": "شهری", "tags": ["پل", "شهر"], "author": "مریم",
            "published": "2021-07-15T10:15:00+04:30",
        }
    ]  # fmt: skip
