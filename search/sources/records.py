"""Records of JSONL, JSON and CSV files -> Articles, each with its place in the file."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from search.article import Article
from search.errors import RejectedInput
from search.sources.decode import decode, encoding_of, marked
from search.sources.detect import delimiter_of, text_head
from search.sources.mapping import RecordMapper
from search.sources.paragraphs import without_controls
from search.sources.stream import HEAD_BYTES, MAX_JSON, lines, whole

_decode = msgspec.json.Decoder().decode
_split = msgspec.json.Decoder(list[msgspec.Raw]).decode
_scan = json.JSONDecoder(strict=False).raw_decode
_ESCAPED_CONTROL = re.compile(rb"\\(?:u00|b)")
_LIST = re.compile(r"[\ufeff\s]*\[\s*")
_COMMA = re.compile(r"\s*,?\s*")

Found = Iterator[Article | RejectedInput]


def read_jsonl(stream: io.BufferedReader, source: str, mapper: RecordMapper) -> Found:
    """The articles of a file that has a record, or a list of records, on each line."""
    encoding = marked(stream.peek(4)[:4])
    if encoding == "utf-8-sig":
        stream.read(len(codecs.BOM_UTF8))
    wide = encoding.startswith(("utf-16", "utf-32"))
    text = io.TextIOWrapper(stream, encoding, errors="replace") if wide else stream
    for number, line in lines(text, source):
        if isinstance(line, RejectedInput):
            yield line
        elif not line.isspace():
            yield from _articles(line, f"{source}:{number}", mapper)


def read_json(stream: io.BufferedReader, source: str, mapper: RecordMapper) -> Found:
    """The articles of a file that is one list of records, or an object that holds one."""
    data = whole(stream, source, MAX_JSON)
    try:
        items = _split(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = decode(data, source).text
        if opening := _LIST.match(text):
            yield from _salvaged(text, opening.end(), source, mapper)
        else:
            yield from _articles(data, source, mapper)
    else:
        for number, item in enumerate(items, start=1):
            yield from _articles(bytes(item), f"{source}!{number}", mapper)


def read_csv(stream: io.BufferedReader, source: str, mapper: RecordMapper) -> Found:
    """The articles of a file whose first line names its columns; what separates them is told from that line."""
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    delimiter = delimiter_of(text_head(head, source).lstrip(), mapper.is_column)
    if not delimiter:
        raise RejectedInput(source, "the first line names no known columns; map them in archive.toml, [fields]")
    text = io.TextIOWrapper(stream, encoding_of(head, source), errors="replace", newline="")
    yield from _rows(text, source, delimiter, mapper)


def _rows(text: io.TextIOBase, source: str, delimiter: str, mapper: RecordMapper) -> Found:
    rejected: list[RejectedInput] = []
    rows = csv.reader(_good_lines(text, source, rejected), delimiter=delimiter)
    header: list[str] = []
    while True:
        place = f"{source}:{rows.line_num + 1}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield RejectedInput(place, f"not a row of CSV: {error}; check its quotes")
            continue
        yield from rejected
        rejected.clear()
        if row is None:
            return
        if not header:
            header = [name.lstrip("\ufeff").strip() for name in row]
        elif any(row[len(header) :]):
            yield RejectedInput(place, f"{len(row)} columns, but the first line names {len(header)}; check its quotes")
        elif any(row):
            yield from _article(dict(zip(header, row, strict=False)), place, mapper)


def _good_lines(text: io.TextIOBase, source: str, rejected: list[RejectedInput]) -> Iterator[str]:
    """The lines that are not too long; the rejections of the others are put aside."""
    for _, line in lines(text, source):
        if isinstance(line, RejectedInput):
            rejected.append(line)
            yield "\n"
        else:
            yield without_controls(line if isinstance(line, str) else line.decode())


def _articles(data: bytes | str, place: str, mapper: RecordMapper) -> Found:
    """The articles of one piece of JSON: a record, a list of them, or an object that holds a list of them."""
    try:
        value, notes = _value(data, place)
    except RejectedInput as rejection:
        yield rejection
        return
    yield from _of_value(value, place, mapper, notes)


def _of_value(value: object, place: str, mapper: RecordMapper, notes: tuple[str, ...] = ()) -> Found:
    records = _records(value)
    if isinstance(value, dict) and (not records or mapper.is_record(value)):
        yield from _article(value, place, mapper, notes)
        return
    if not records:
        yield RejectedInput(place, "no record: neither an object with a text nor a list of such objects")
    for number, record in enumerate(records, start=1):
        yield from _article(record, f"{place}!{number}", mapper, notes)


def _article(record: dict[str, Any], place: str, mapper: RecordMapper, notes: tuple[str, ...] = ()) -> Found:
    try:
        yield mapper.article(record, place, notes)
    except RejectedInput as rejection:
        yield rejection


def _records(value: object) -> list[dict[str, Any]]:
    """The objects of a list, or of the longest list of objects that an object holds."""
    if isinstance(value, list):
        return [item for item in value if type(item) is dict]
    if isinstance(value, dict):
        lists = [item for item in value.values() if type(item) is list and item and type(item[0]) is dict]
        return max(map(_records, lists), key=len, default=[])
    return []


def _value(data: bytes | str, place: str) -> tuple[Any, tuple[str, ...]]:
    """The value of some JSON without control characters, and notes on its encoding; what is near JSON is read, too.

    Raises:
        RejectedInput: it cannot be read.
    """
    try:
        if isinstance(data, bytes):
            value = _decode(data)
            return (_cleaned(value) if _ESCAPED_CONTROL.search(data) else value), ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # bare control characters, NaN, half surrogates and stray bytes are for the tolerant way
    text, _, notes = decode(data, place) if isinstance(data, bytes) else (data, "", ())
    try:
        return _cleaned(json.loads(text.strip("\ufeff \t\r\n\x00"), strict=False)), notes
    except (ValueError, RecursionError) as error:
        raise RejectedInput(place, f"not JSON: {error}") from error


def _salvaged(text: str, start: int, source: str, mapper: RecordMapper) -> Found:
    """The records of a damaged list, up to the damage."""
    number = 0
    while not text.startswith("]", start):
        number += 1
        place = f"{source}!{number}"
        try:
            value, start = _scan(text, start)
        except (ValueError, RecursionError) as error:
            yield RejectedInput(place, f"not JSON from here on: {error}")
            return
        yield from _of_value(_cleaned(value), place, mapper)
        comma = _COMMA.match(text, start)
        start = comma.end() if comma else start


def _cleaned(value: Any) -> Any:
    """The value with its texts free of control characters and half surrogates."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in value.items()}
    return value
