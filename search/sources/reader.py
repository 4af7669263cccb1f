"""A source file -> its Articles: opened, unpacked, its format told, and given to the reader of that format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from search.article import Article
from search.errors import RejectedInput, UsageError
from search.sources.budget import MAX_DEPTH, Budget
from search.sources.containers import Container, container_of
from search.sources.detect import FORMATS, detect
from search.sources.mapping import RecordMapper
from search.sources.packing import unpacked
from search.sources.page_text import read_page_text
from search.sources.profile import Profile
from search.sources.records import read_csv, read_json, read_jsonl
from search.sources.stream import MAX_DOCUMENT, Input, name_of, open_source, whole

Found = Iterator[Article | RejectedInput]


def read(
    path: Path, profile: Profile, format: str | None = None, *, on_bytes: Callable[[int], None] = lambda count: None
) -> Found:
    """The articles of a file, in its order; a rejection, never raised, stands for each part that holds none.

    Args:
        path: a file, which may be packed, an archive of files, or both.
        profile: how the sources of the archive are read.
        format: one of FORMATS, of the file or of the files in it; told from the content where None.
        on_bytes: told how many more bytes of the file, as it lies on the disk, were read.

    Raises:
        UsageError: there is no such format.
    """
    if format is not None and format not in FORMATS:
        raise UsageError(f"no format {format!r}; formats are {', '.join(FORMATS)}")
    source = name_of(path)
    budget = Budget(source)

    def count(more: int) -> None:
        budget.packed += more
        on_bytes(more)

    try:
        with open_source(path, count) as stream:
            yield from _read(Input(stream, source, path), profile, format, budget)
    except RejectedInput as rejection:
        yield rejection


def _read(packed: Input, profile: Profile, format: str | None, budget: Budget, depth: int = 0) -> Found:
    """The articles of a source that may be packed, or an archive."""
    found = unpacked(packed, budget)
    container = container_of(found)
    if container is None:
        yield from _articles(found, profile, format)
    else:
        yield from _members(container, found, profile, format, budget, depth)


def _articles(found: Input, profile: Profile, format: str | None) -> Found:
    """The articles of a source in one of the FORMATS; no source is without a word."""
    empty = True
    for article in _in_format(found, profile, format):
        empty = False
        yield article
    if empty:
        yield RejectedInput(found.source, "holds no article")


def _in_format(found: Input, profile: Profile, format: str | None) -> Found:
    """What the reader of the format gives."""
    mapper = RecordMapper(profile)
    match format or detect(found.head, found.source, mapper.is_column):
        case "jsonl":
            yield from read_jsonl(found.stream, found.source, mapper)
        case "json":
            yield from read_json(found.stream, found.source, mapper)
        case "csv":
            yield from read_csv(found.stream, found.source, mapper)
        case "html":
            from search.sources.html import read_html  # lxml is loaded for pages only

            yield read_html(whole(found.stream, found.source, MAX_DOCUMENT), found.source, profile)
        case "parquet":
            from search.sources.parquet import read_parquet  # pyarrow is an extra

            yield from read_parquet(found, mapper)
        case "feed":
            from search.sources.feeds import read_feed

            yield from read_feed(found.stream, found.source, profile)
        case "hamshahri":
            from search.sources.hamshahri import read_hamshahri

            yield from read_hamshahri(found.stream, found.source, profile)
        case "warc":
            from search.sources.warc import read_warc

            yield from read_warc(found, profile)
        case _:
            yield read_page_text(whole(found.stream, found.source, MAX_DOCUMENT), found.source, profile)


def _members(
    container: Container, found: Input, profile: Profile, format: str | None, budget: Budget, depth: int
) -> Found:
    """The articles of the members of an archive; one that cannot be read costs the others nothing."""
    if depth == MAX_DEPTH:
        raise RejectedInput(found.source, f"an archive more than {MAX_DEPTH} archives deep, the limit; unpack it")
    empty = True
    for member in container(found, budget):
        empty = False
        if isinstance(member, RejectedInput):
            yield member
            continue
        try:
            yield from _read(member, profile, format, budget, depth + 1)
        except RejectedInput as rejection:
            if not rejection.source.startswith(member.source):  # of what the member is in, which ends with it
                raise
            yield rejection
    if empty:
        yield RejectedInput(found.source, "an archive without a file that could be read")
