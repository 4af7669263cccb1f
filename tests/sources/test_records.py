"""Records of JSONL, JSON and CSV: every one an article or a rejection with its place."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read
from tests.sources.golden import plain

NO_DATE = "the date of publication is unknown"


def found(tmp_path: Path, data: bytes | str, format: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """(place in the file, article or rejection) of everything in a file with this content."""
    path = tmp_path / "file"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return [(one.source.removeprefix(str(path)), plain(one)) for one in read(path, Profile(), format)]


def record(title: str, body: str = "متن", **more: object) -> str:
    """One line of JSONL."""
    return json.dumps({"title": title, "body": body, **more}, ensure_ascii=False) + "\n"


def test_one_bad_line_never_stops_the_rest(tmp_path: Path) -> None:
    """Each bad line is rejected with its number and a reason; the good ones around it are read."""
    data = record("الف") + '{"title": "ب", "body": \n' + "\n" + '["not a record"]\n' + record("پ", "") + record("ت")
    places = [(place, "rejected" in one) for place, one in found(tmp_path, data)]
    assert places == [(":1", False), (":2", True), (":4", True), (":5", True), (":6", False)]
    reasons = [one["rejected"] for _, one in found(tmp_path, data) if "rejected" in one]
    assert reasons[0].startswith("not JSON: ")
    assert reasons[1:] == ["no record: neither an object with a text nor a list of such objects", "no article text"]


def test_line_over_the_limit_is_rejected_with_the_limit_and_skipped(tmp_path: Path) -> None:
    """A line of over 32 MB costs no more memory than the limit, and the next record is read."""
    data = (record("الف") + '{"title": "' + "x" * (33 << 20) + '"}\n' + record("ب")).encode()
    assert [(place, one.get("rejected", one.get("title"))) for place, one in found(tmp_path, data)] == [
        (":1", "الف"),
        (":2", "a line longer than 32 MB, the limit"),
        (":3", "ب"),
    ]


def test_near_json_is_read(tmp_path: Path) -> None:
    """Bare control characters, NaN and halves of surrogate pairs, which writers of JSONL leave, cost no article."""
    data = (
        record("الف") + '{"title": "ب\x01", "body": "a\tb", "score": NaN}\n{"title": "\\ud800پ", "body": "a\\u0007b"}\n'
    )
    assert [one for _, one in found(tmp_path, data)][1:] == [
        {"title": "ب", "body": ["a\tb"], "notes": [NO_DATE]},
        {"title": "\ufffdپ", "body": ["ab"], "notes": [NO_DATE]},
    ]


@pytest.mark.parametrize(
    "data",
    [
        '[{"title": "الف", "body": "ب"}, {"title": "پ", "body": "ت"}]',
        '[\n  {"title": "الف", "body": "ب"},\n  {"title": "پ", "body": "ت"}\n]\n',
        '{"total": 2, "articles": [{"title": "الف", "body": "ب"}, {"title": "پ", "body": "ت"}]}',
        '{\n "title": "export",\n "articles": [\n {"title": "الف", "body": "ب"}, {"title": "پ", "body": "ت"}]\n}',
        '[{"title": "الف", "body": "ب", "score": NaN}, {"title": "پ", "body": "ت"}]',
    ],
    ids=["one line", "a record a line", "in an object", "in an object with a title", "with NaN"],
)
def test_lists_of_json(tmp_path: Path, data: str) -> None:
    """A list of records is read whether it stands alone or in an object, on one line or on many."""
    assert [one["title"] for _, one in found(tmp_path, data)] == ["الف", "پ"]
    assert all("!" in place for place, _ in found(tmp_path, data))


def test_cut_list_gives_the_records_before_the_cut(tmp_path: Path) -> None:
    """A JSON list that is cut short gives what is whole, then one rejection at the place of the cut."""
    whole = json.dumps([{"title": f"خبر {n}", "body": "متن"} for n in range(3)], ensure_ascii=False, indent=1)
    (first, second, cut) = found(tmp_path, whole[:-20])
    assert (first[0], second[1]["title"], cut[0]) == ("!1", "خبر 1", "!3")
    assert cut[1]["rejected"].startswith("not JSON from here on: ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
def test_csv(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Separators and encodings of spreadsheets; quoted fields with separators and line ends in them."""
    rows = [["عنوان", "متن", "تاريخ", "برچسب‌ها"], ["خبر", f'"سطر اول{delimiter}\nسطر دوم"', "1400/04/24", '"الف، ب"']]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    first = f"سطر اول{delimiter}".strip()
    assert found(tmp_path, data) == [
        (
            ":2",
            {
                "title": "خبر", "body": [first, "سطر دوم"],
                "tags": ["الف", "ب"], "published": "2021-07-15",
            },
        )
    ]  # fmt: skip


def test_csv_rows_that_do_not_fit(tmp_path: Path) -> None:
    """A row with too many columns is rejected, one with too few is read, an open quote costs 131,072 characters."""
    data = "title,body\nالف,ب,پ\nت\n,ث\n" + '"open,' + "x,y\n" * 40_000 + "ج,چ\n"
    results = found(tmp_path, data)
    assert [one.get("rejected", one.get("title")) for _, one in results[:3]] == [
        "3 columns, but the first line names 2; check its quotes",
        "no article text",
        "ث",
    ]
    assert results[3][1]["rejected"] == ("not a row of CSV: field larger than field limit (131072); check its quotes")
    assert results[-1][1]["title"] == "ج"


def test_csv_without_known_columns_is_no_csv(tmp_path: Path) -> None:
    """Forced to CSV, a file whose first line names no known column is rejected with what to do."""
    assert found(tmp_path, "a,b\n1,2\n", "csv") == [
        ("", {"rejected": "the first line names no known columns; map them in archive.toml, [fields]"})
    ]


def test_other_encodings_of_jsonl(tmp_path: Path) -> None:
    """UTF-16 with a mark, UTF-8 with a mark and windows-1256 are read line by line like UTF-8."""
    lines = record("خبر كوتاه") * 2
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "windows-1256"):
        data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + lines.encode(encoding)
        assert [one["title"] for _, one in found(tmp_path, data)] == ["خبر كوتاه"] * 2


def test_markup_in_a_body_becomes_paragraphs(tmp_path: Path) -> None:
    """Tags and entities of HTML go, block elements part paragraphs; a lone less-than sign is text."""
    data = record("الف", "<p>بند &laquo;اول&raquo;</p><p>بند <b>دوم</b><br>سطر</p><script>x</script>") + record(
        "ب", "۳ < ۵ است"
    )
    assert [one["body"] for _, one in found(tmp_path, data)] == [["بند «اول»", "بند دوم", "سطر"], ["۳ < ۵ است"]]


def test_lead_is_not_repeated(tmp_path: Path) -> None:
    """The first paragraph goes where it is the lead again, and stays where it only begins like it."""
    data = record("الف", "لید خبر\nبند دوم", lead="لید  خبر") + record("ب", "لید خبر و بیشتر", lead="لید خبر")
    assert [(one["lead"], one["body"]) for _, one in found(tmp_path, data)] == [
        ("لید خبر", ["بند دوم"]),
        ("لید خبر", ["لید خبر و بیشتر"]),
    ]


def test_missing_title_and_impossible_date_are_noted(tmp_path: Path) -> None:
    """The first words stand for a title; month 13 and 31 Esfand leave the date unknown and say so."""
    words = " ".join(f"واژه{n}" for n in range(14))
    data = "".join(json.dumps({"body": words, "date": date}) + "\n" for date in ("1400/13/01", "31 اسفند 1400"))
    for (_, one), date in zip(found(tmp_path, data), ("1400/13/01", "31 اسفند 1400"), strict=True):
        assert one == {
            "title": " ".join(words.split()[:12]) + " …",
            "body": [words],
            "notes": [
                "no title was found: the first words of the text stand for it",
                f"{NO_DATE}: {date!r} names no day",
            ],
        }


def test_values_of_every_kind(tmp_path: Path) -> None:
    """Numbers, lists, objects with a name, null and truth values in any field are read or passed over."""
    more = {
        "id": 12.0, "section": ["سیاسی", "داخلی"], "author": [{"name": "مریم"}, {"id": 4}, None, "امید"], "url": None,
        "tags": {"name": "بودجه"}, "lead": False, "source": "https://example.com/feed", "date": 1626346647000,
    }  # fmt: skip
    data = json.dumps({"title": 5, "body": [["deep"], "متن", 7, {}], **more}) + "\n"
    assert found(tmp_path, data) == [
        (
            ":1",
            {
                "title": "5", "body": ["متن", "7"], "code": "12", "section": "سیاسی", "author": "مریم، امید",
                "tags": ["بودجه"], "published": "2021-07-15T15:27:27+04:30",
            },
        )
    ]  # fmt: skip


def test_gzip_is_unpacked_by_content(tmp_path: Path) -> None:
    """A packed file is read whatever its name; one that is cut gives what came before, then a rejection."""
    packed = gzip.compress((record("الف") * 3000).encode(), mtime=0)
    assert len(found(tmp_path, packed)) == 3000
    cut = found(tmp_path, packed[: len(packed) * 2 // 3])
    assert 1000 < len(cut) < 3000
    assert cut[-1] == ("", {"rejected": "the gzip file is cut short; what came before was read"})
    assert all(one["title"] == "الف" for _, one in cut[:-1])


def test_gzip_with_a_damaged_middle(tmp_path: Path) -> None:
    """A packed file with flipped bits is rejected as damaged, never raised."""
    packed = bytearray(gzip.compress(b"".join(record(f"خبر {n * n}").encode() for n in range(5000)), mtime=0))
    packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "file.gz"
    path.write_bytes(packed)
    last = list(read(path, Profile()))[-1]
    assert isinstance(last, RejectedInput)
    assert last.reason.startswith("the gzip file is damaged (")


def test_articles_of_one_file_keep_their_order_and_place(tmp_path: Path) -> None:
    """`path:line` leads back to the record."""
    path = tmp_path / "records.jsonl"
    path.write_text("".join(record(f"خبر {n}") for n in range(50)), encoding="utf-8")
    for number, article in enumerate(read(path, Profile()), start=1):
        assert isinstance(article, Article)
        assert (article.title, article.source) == (f"خبر {number - 1}", f"{path}:{number}")
