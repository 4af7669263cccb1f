"""A source file -> its Articles: opened, its format told, and given to the reader of that format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from search.article import Article
from search.errors import RejectedInput, UsageError
from search.sources.detect import FORMATS, detect
from search.sources.mapping import RecordMapper
from search.sources.page_text import read_page_text
from search.sources.profile import Profile
from search.sources.records import read_csv, read_json, read_jsonl
from search.sources.stream import HEAD_BYTES, MAX_DOCUMENT, open_source, whole


def read(
    path: Path, profile: Profile, format: str | None = None, *, on_bytes: Callable[[int], None] = lambda count: None
) -> Iterator[Article | RejectedInput]:
    """The articles of a file, in its order; a rejection, never raised, stands for each part that holds none.

    Args:
        path: a file, gzip'd or not.
        profile: how the sources of the archive are read.
        format: one of FORMATS; told from the content where None.
        on_bytes: told how many more bytes of the file, as it lies on the disk, were read.

    Raises:
        UsageError: there is no such format.
    """
    if format is not None and format not in FORMATS:
        raise UsageError(f"no format {format!r}; formats are {', '.join(FORMATS)}")
    try:
        with open_source(path, on_bytes) as stream:
            yield from _read(stream, str(path), profile, format)
    except RejectedInput as rejection:
        yield rejection


def _read(
    stream: io.BufferedReader, source: str, profile: Profile, format: str | None
) -> Iterator[Article | RejectedInput]:
    mapper = RecordMapper(profile)
    match format or detect(stream.peek(HEAD_BYTES)[:HEAD_BYTES], source, mapper.is_column):
        case "jsonl":
            yield from read_jsonl(stream, source, mapper)
        case "json":
            yield from read_json(stream, source, mapper)
        case "csv":
            yield from read_csv(stream, source, mapper)
        case "html":
            from search.sources.html import read_html  # lxml is loaded for pages only

            yield read_html(whole(stream, source, MAX_DOCUMENT), source, profile)
        case _:
            yield read_page_text(whole(stream, source, MAX_DOCUMENT), source, profile)
