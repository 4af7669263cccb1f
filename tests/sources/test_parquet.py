"""Parquet: the columns of a table, by the same names and mappings as records of JSON."""

import json
import sys
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read
from search.sources import parquet as reader
from tests.sources.golden import plain

RECORDS = [
    {"title": "الف", "text": "پ\nت", "tags": ["ث", "ج"], "code": 5, "date": "1400/04/24", "unknown": "x"},
    {"title": "ب", "text": "ز", "tags": None, "code": None, "date": None, "unknown": None},
    {"title": "ج", "text": None, "tags": [], "code": 7, "date": "نامعلوم", "unknown": "y"},
]


def written(tmp_path: Path, table: pa.Table, **options: Any) -> Path:
    """A Parquet file with this table."""
    path = tmp_path / "table"
    parquet.write_table(table, path, **options)
    return path


def articles(tmp_path: Path, records: list[dict[str, Any]], profile: Profile | None = None) -> list[dict[str, Any]]:
    """What a Parquet file of these records gives."""
    return [plain(one) for one in read(written(tmp_path, pa.Table.from_pylist(records)), profile or Profile())]


@pytest.mark.parametrize("options", [{}, {"row_group_size": 1}, {"compression": "zstd", "use_dictionary": False}])
def test_same_as_jsonl(tmp_path: Path, options: dict[str, Any]) -> None:
    """However the table is laid out, its rows give what the same records give as lines of JSON."""
    lines = tmp_path / "records.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    path = written(tmp_path, pa.Table.from_pylist(RECORDS), **options)
    found = list(read(path, Profile()))
    assert [plain(one) for one in found] == [plain(one) for one in read(lines, Profile())]
    assert [one.source for one in found] == [f"{path}:1", f"{path}:2", f"{path}:3"]


def test_times_days_and_other_types(tmp_path: Path) -> None:
    """Times with and without a zone, in any unit, and days; bytes are text; a decimal is a number."""
    moment = datetime(2021, 7, 15, 5, 57, tzinfo=UTC)
    table = pa.table(
        {
            "title": pa.array([b"\xc7\xe1\xdd"] * 4),  # windows-1256
            "text": ["ب"] * 4,
            "id": [Decimal("12")] * 4,
            "published": pa.array([moment] * 4, pa.timestamp("ns", "UTC")),
        }
    )
    (first, *_) = [plain(one) for one in read(written(tmp_path, table), Profile())]
    assert (first["published"], first["code"], first["title"]) == ("2021-07-15T10:27:00+04:30", "12", "الف")
    for kind, value, expected in (
        (pa.timestamp("s"), datetime(2021, 7, 15, 10, 27), "2021-07-15T10:27:00+04:30"),
        (pa.timestamp("ns"), datetime(2021, 7, 15, 10, 27), "2021-07-15T10:27:00+04:30"),
        (pa.date32(), date(2021, 7, 15), "2021-07-15"),
    ):
        table = pa.table({"title": ["الف"], "text": ["ب"], "date": pa.array([value], kind)})
        (one,) = read(written(tmp_path, table), Profile())
        assert plain(one)["published"] == expected


def test_mapping_reaches_into_columns(tmp_path: Path) -> None:
    """Nested columns are mapped as nested objects are."""
    profile = Profile.from_toml({"fields": {"title": "post.headline", "body": ["post.lead", "post.text"]}})
    record = {"post": {"headline": "الف", "lead": "ب", "text": "پ"}, "keywords": [{"name": "ت"}]}
    assert articles(tmp_path, [record], profile) == [
        {"title": "الف", "body": ["ب", "پ"], "tags": ["ت"], "notes": ["the date of publication is unknown"]}
    ]


def test_values_that_cannot_be_read_cost_their_row_only(tmp_path: Path) -> None:
    """A time beyond what Python counts is a rejection at its row."""
    times = pa.array([0, 1 << 61, 0], pa.int64()).cast(pa.timestamp("us"))
    table = pa.table({"title": ["الف"] * 3, "text": ["ب"] * 3, "date": times})
    path = written(tmp_path, table)
    first, bad, last = read(path, Profile())
    assert (type(first), type(bad), type(last)) == (Article, RejectedInput, Article)
    assert isinstance(bad, RejectedInput)
    assert bad.source == f"{path}:2"
    assert bad.reason.startswith("a value that cannot be read: ")


def test_damaged_files(tmp_path: Path) -> None:
    """Cut short or with changed bytes, a file is articles and one rejection, never an exception."""
    path = written(tmp_path, pa.Table.from_pylist(RECORDS * 50))
    data = path.read_bytes()
    for damaged in (data[:-20], data[:8], b"PAR1" + b"\xff" * 50 + b"PAR1", data[:60] + bytes(300) + data[360:]):
        path.write_bytes(damaged)
        found = list(read(path, Profile()))
        assert isinstance(found[-1], RejectedInput)
        assert found[-1].reason.startswith("a damaged Parquet file: ")


def test_rows_that_are_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of rows over the limit is left out with its rows counted; the others are read."""
    path = written(tmp_path, pa.Table.from_pylist([RECORDS[0], RECORDS[1] | {"text": "ز" * 9000}]), row_group_size=1)
    monkeypatch.setattr(reader, "MAX_ROW", 4 << 10)
    first, bad = read(path, Profile())
    assert isinstance(first, Article)
    assert isinstance(bad, RejectedInput)
    assert bad.source == f"{path}:2"
    assert bad.reason.startswith("1 rows of over ")


def test_text_that_many_rows_share(tmp_path: Path) -> None:
    """A small file whose rows share one long text is read row by row, not unpacked at once."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100), ["ب" * 600_000])
    path = written(tmp_path, pa.table({"title": ["الف"] * 100, "text": text}))
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    assert sum(isinstance(one, Article) for one in read(path, Profile())) == 100
    peak = pa.default_memory_pool().max_memory() + tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 << 20


def test_no_known_column(tmp_path: Path) -> None:
    """A table whose columns mean nothing is one rejection that says what to do."""
    assert articles(tmp_path, [{"x": 1, "y": "z"}]) == [
        {"rejected": "no column with a known name (x, y); map them in archive.toml, [fields]"}
    ]


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the rejection says how to install it."""
    path = written(tmp_path, pa.Table.from_pylist(RECORDS))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (one,) = read(path, Profile())
    assert isinstance(one, RejectedInput)
    assert one.reason == "a Parquet file, which needs pyarrow; install it with: pip install 'bayegan[parquet]'"
