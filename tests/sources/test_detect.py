"""The format of a file, told from its content alone."""

from pathlib import Path

import pytest

from search.commands import options
from search.errors import RejectedInput, UsageError
from search.sources import FORMATS, Profile, read
from search.sources.detect import detect
from search.sources.mapping import RecordMapper
from tests.sources.golden import FIXTURES, plain

is_column = RecordMapper(Profile()).is_column


@pytest.mark.parametrize(
    ("head", "format"),
    [
        ('{"title": "الف"}\n{"title": "ب"}\n', "jsonl"),
        ('{"title": "الف"}', "jsonl"),
        ('{"title": "بریده\n{"title": "ب"}\n', "json"),
        ('{"title": "بریده" "x"}\n{"title": "ب"}\n', "jsonl"),
        ('{"title": "' + "بلند" * 10000, "jsonl"),
        ('\ufeff{"title": "الف"}\n', "jsonl"),
        ('[{"title": "الف"}]', "jsonl"),
        ('[\n{"title": "الف"},\n{"title": "ب"}\n]', "json"),
        ('{\n  "articles": [\n', "json"),
        ("[خبر]\nمتن خبر", "text"),
        ("{متن} با ابرو", "text"),
        ("title,body\nالف,ب\n", "csv"),
        ("عنوان;متن\n", "csv"),
        ("تاريخ\tعنوان\tنويسنده\n", "csv"),
        ("title\nbody\n", "text"),
        ("خبر امروز, فردا\n", "text"),
        ("<!DOCTYPE html><html>", "html"),
        ("  <HTML dir=rtl>", "html"),
        ("<!-- saved from url -->\n<html>", "html"),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', "html"),
        ("<p>پاره‌ای از یک صفحه</p>", "html"),
        ("<نه این>\nمتن", "text"),
        ("صفحه نخست\nورزشی\n", "text"),
        ("WARC/1.1\r\nWARC-Type: warcinfo\r\n", "warc"),
    ],
)
def test_format_is_told_from_the_first_bytes(head: str, format: str) -> None:
    """Each format is known by how it begins, and text that only resembles one is text."""
    assert detect(head.encode(), "x", is_column) == format


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"%PDF-1.4\n", "a PDF file; save its articles as text, HTML or records"),
        (b"\x89PNG\r\n\x1a\n", "a picture; save its articles as text, HTML or records"),
        (bytes(range(256)) * 4, "a binary file; save its articles as text, HTML or records"),
        (b"\0" * 100, "a binary file; save its articles as text, HTML or records"),
    ],
)
def test_what_is_no_text_is_named(head: bytes, reason: str) -> None:
    """Files that hold no text are rejected with what they look like."""
    with pytest.raises(RejectedInput) as caught:
        detect(head, "x", is_column)
    assert caught.value.reason == reason


def test_profile_columns_make_a_csv() -> None:
    """Column names that only the archive knows are known for its CSV files."""
    mapped = RecordMapper(Profile.from_toml({"fields": {"title": "sarkhat", "body": "sharh"}})).is_column
    assert detect(b"sarkhat,sharh\n", "x", is_column) == "text"
    assert detect(b"sarkhat,sharh\n", "x", mapped) == "csv"


def test_format_can_be_forced() -> None:
    """A given format is taken, whatever the content; an unknown one is an error that lists the known."""
    page = FIXTURES / "html" / "named_parts.html"
    (as_text,) = read(page, Profile(), "text")
    (as_html,) = read(page, Profile(), "html")
    assert plain(as_text) != plain(as_html)
    with pytest.raises(
        UsageError, match="no format 'doc'; formats are text, html, jsonl, json, csv, parquet, feed, hamshahri, warc"
    ):
        next(read(page, Profile(), "doc"))


def test_formats_of_the_command_are_those_of_the_readers() -> None:
    """The command, which does not import the readers before it reads, offers what they know."""
    assert options.FORMATS == FORMATS


def test_every_fixture_is_told_right() -> None:
    """The pages of the fixtures are text or HTML as their folders say, in any encoding."""
    for folder, format in (("text", "text"), ("html", "html")):
        pages: list[Path] = [path for path in (FIXTURES / folder).iterdir() if path.suffix != ".json"]
        assert {detect(page.read_bytes()[:65536], "x", is_column) for page in pages} == {format}
