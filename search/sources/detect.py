"""The format of a file, told from its content."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from typing import Literal, get_args

import msgspec

from search.errors import RejectedInput
from search.sources.decode import encoding_of, marked

Format = Literal["text", "html", "jsonl", "json", "csv", "parquet", "feed", "hamshahri", "warc"]
FORMATS: tuple[Format, ...] = get_args(Format)

# First bytes of what people have beside saved pages, with what to do instead.
_FOREIGN = (
    (b"%PDF", "a PDF file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"Rar!", "a rar file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
)
_CONTROL = bytes(sorted({*range(32), 127} - set(b"\t\n\r\f\x1a\x1b")))
_MOST_CONTROL = 0.01  # share of control characters beyond which nobody would call it text
_HTML = re.compile(
    r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:meta|title|article|div|h1|p)\b[^<>]*>.*</?\w+", re.I | re.S
)
# What may stand before the first element of XML; possessive, since it must not be read in two ways.
_PROLOG = re.compile(r"(?:\s*+(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>))*+\s*+", re.I | re.S)
_FEED_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?((?:\w+:)?(?:rss|rdf|feed|urlset|sitemapindex))[\s>]", re.I)
_HAMSHAHRI = re.compile(r"<DOC(?:ID|NO)?>|\A\.DID\s")
_HAM_NAME = re.compile(r"\.ham(?:\.(?:gz|bz2|xz|zst))?$", re.I)
_NEAR = 4096  # characters within which a file says what it is
_JSON = re.compile(r'(?:\[\s*)?\{\s*["}]|\[\s*[\[\]]')
_DELIMITERS = ",\t;|"


def detect(head: bytes, source: str, is_column: Callable[[str], bool]) -> Format:
    """The format of a file whose first bytes (up to `HEAD_BYTES`) are given.

    Args:
        head: the first bytes, unpacked.
        source: for the rejection.
        is_column: whether a name is one that the profile or common sense knows for a column.

    Raises:
        RejectedInput: it is empty, or binary; the reason says what it looks like.
    """
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    text = text_head(head, source).lstrip()
    if not text:
        raise RejectedInput(source, "empty")
    if text[0] in "{[" and (found := _json_kind(text)):
        return found
    if text[0] in "<." and (found := _marked_up_kind(text)):
        return found
    if delimiter_of(text, is_column):
        return "csv"
    if _HTML.search(text[:_NEAR]):
        return "html"
    return "hamshahri" if _HAM_NAME.search(source) else "text"


def feed_root(text: str) -> str:
    """The name of the first element of a feed or a sitemap, in lower case, without a prefix; "" for anything else."""
    prolog = _PROLOG.match(text)
    root = _FEED_ROOT.match(text, prolog.end() if prolog else 0)
    return root[1].rpartition(":")[2].lower() if root else ""


def _marked_up_kind(text: str) -> Format | None:
    if feed_root(text):
        return "feed"
    if _HAMSHAHRI.search(text[:_NEAR]):
        return "hamshahri"
    return "html" if _HTML.search(text) else None


def text_head(head: bytes, source: str) -> str:
    """The first bytes as text; a character cut at their end is dropped.

    Raises:
        RejectedInput: they are binary.
    """
    if not marked(head):
        _check_not_binary(head, source)
    try:
        encoding = encoding_of(head, source)
    except RejectedInput:  # a damaged line may stand among good ones; what cannot be read is rejected when it is read
        encoding = "utf-8"
    return head.decode(encoding, "ignore").lstrip("\ufeff")


def _check_not_binary(head: bytes, source: str) -> None:
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise RejectedInput(source, f"{name}; save its articles as text, HTML or records")
    if len(head) - len(head.translate(None, _CONTROL)) > _MOST_CONTROL * len(head):
        raise RejectedInput(source, "a binary file; save its articles as text, HTML or records")


def _json_kind(text: str) -> Format | None:
    """JSONL where each line is JSON of its own (or there is one line only), else JSON; None where it is neither."""
    if not _JSON.match(text):
        return None
    first, _, rest = text.partition("\n")
    try:
        msgspec.json.decode(first)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        next_is_record = first.rstrip().endswith("}") and rest.lstrip().startswith("{")
        return "jsonl" if next_is_record or not rest else "json"
    return "jsonl"


def delimiter_of(text: str, is_column: Callable[[str], bool]) -> str:
    """What separates the columns, if the first line is a header with at least two known names; else ""."""
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    for delimiter in _DELIMITERS:
        names = next(csv.reader([header], delimiter=delimiter), [])
        if sum(map(is_column, set(names))) >= 2:
            return delimiter
    return ""
