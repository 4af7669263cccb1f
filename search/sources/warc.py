"""Web archives (WARC): the pages that were saved, record by record, each with the day it was saved on.

Headers are parsed by warcio. Its iterator over records, and fastwarc's, are not used: both stop at the first damaged
record, and end without a word where a file is cut short. Format: ISO 28500:2017, "The WARC format 1.1".
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from warcio.statusandheaders import StatusAndHeadersParser

from search.article import Article
from search.errors import RejectedInput
from search.sources.containers import place
from search.sources.html import read_html
from search.sources.http import Message, charset_of, is_page, read_message
from search.sources.profile import Profile
from search.sources.stream import BUFFER, MAX_DOCUMENT, Input

CUT_PAGE = "the page was cut when it was saved"

_START = b"WARC/"
_FIRST_YEAR = 1990  # of the web; what was saved before it was not
_LONGEST_HEAD = 1 << 16  # bytes of a record's headers
_LONGEST_BLOCK = 2 * MAX_DOCUMENT  # bytes of a page as it came over the wire
_LONGEST_NAME = 300  # characters of an address that are shown
_WANTED = frozenset({"response", "resource", "revisit"})
_OK = 200
_SHOWN = frozenset({_OK, 203})  # statuses with which a server sends the page that was asked for
_DIGITS = 15  # of a length
_MOST_FAILURES = 100  # in a row, after which the file is given up

Found = Iterator[Article | RejectedInput]


def read_warc(found: Input, profile: Profile) -> Found:
    """The articles of the pages in a web archive; what is no page (pictures, redirections, requests) is passed over.

    A revisit says that a page was seen again unchanged. It is passed over, too, where the page is in the file; those
    whose page is not are counted in one rejection at the end.
    """
    revisits = _Revisits()
    for record in _Records(found):
        if isinstance(record, RejectedInput):
            yield record
        elif record.kind == "revisit":
            revisits.add(record)
        elif given := _article(record, found.source, profile, revisits):
            yield given
    if missing := revisits.missing(found.source):
        yield missing


@dataclass(frozen=True, slots=True)
class _Record:
    """One record.

    Attributes:
        headers: by their names in lower case.
        block: its bytes, if it may hold a page; the first of them only, if it is too long for one.
        whole: whether these are all.
    """

    headers: dict[str, str]
    block: bytes
    whole: bool

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        return self.headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">")

    @property
    def captured(self) -> datetime | None:
        try:
            moment = datetime.fromisoformat(self.headers.get("warc-date", ""))
        except ValueError:
            return None
        if moment.year < _FIRST_YEAR:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    def message(self) -> Message:
        """What the server sent; a resource is recorded without what came before its body."""
        if self.kind == "resource":
            return Message(_OK, self.headers.get("content-type", ""), self.block, cut=False)
        return read_message(self.block, MAX_DOCUMENT)


def _article(record: _Record, source: str, profile: Profile, revisits: _Revisits) -> Article | RejectedInput | None:
    """The article of a record; None where it holds no page."""
    status, type, body, cut = record.message()
    if status not in _SHOWN or not is_page(type, body):
        return None
    revisits.seen(record)
    page = place(source, record.url[:_LONGEST_NAME])
    if not record.whole or len(body) > MAX_DOCUMENT:
        return RejectedInput(page, f"longer than {MAX_DOCUMENT >> 20} MB, the limit of one document")
    try:
        article = read_html(body, page, profile, url=record.url, charset=charset_of(type))
    except RejectedInput as rejection:
        return rejection
    cut = cut or "warc-truncated" in record.headers
    return replace(article, captured=record.captured, notes=(*article.notes, CUT_PAGE) if cut else article.notes)


class _Revisits:
    """Which pages a file holds, and which it only says to have been seen again."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._again: dict[str, str] = {}

    def seen(self, record: _Record) -> None:
        """Notes a page that is there."""
        self._seen |= {record.url, record.headers.get("warc-payload-digest", "")}

    def add(self, record: _Record) -> None:
        """Notes a page that was seen again, unless what was seen is no page."""
        type = record.message().type
        if not type or is_page(type, b""):
            digest = record.headers.get("warc-payload-digest")
            self._again[digest or record.headers.get("warc-refers-to-target-uri", record.url)] = record.url

    def missing(self, source: str) -> RejectedInput | None:
        """One rejection for all pages that were seen again, but are not there."""
        urls = [url for key, url in self._again.items() if key not in self._seen and url not in self._seen]
        if not urls:
            return None
        pages = "page is" if len(urls) == 1 else "pages are"
        return RejectedInput(
            source,
            f"{len(urls):,} {pages} only referred to as seen before, first {urls[0][:_LONGEST_NAME]!r}; "
            "add the web archive that holds what was seen",
        )


class _Records:
    """The records of a web archive; a rejection for each damaged stretch, behind which the next record is looked for.

    Raises:
        RejectedInput: when iterated, where an archive that the file is in cannot be read on.
    """

    def __init__(self, found: Input) -> None:
        self._stream, self._source, self._ahead = found.stream, found.source, b""

    def __iter__(self) -> Iterator[_Record | RejectedInput]:
        failed, told = 0, ""
        while failed < _MOST_FAILURES:
            try:
                record = self._next()
            except RejectedInput as rejection:
                if rejection.source != self._source:
                    raise
                if rejection.reason != told:
                    yield rejection
                failed, told = failed + 1, rejection.reason
            else:
                if record is None:
                    return
                failed, told = 0, ""
                yield record

    def _next(self) -> _Record | None:
        """The next record; None at the end."""
        line = self._ahead
        self._ahead = b""
        while not line.strip():
            line = self._stream.readline(_LONGEST_HEAD)
            if not line:
                return None
        headers = self._headers(line)
        length = headers.get("content-length", "")
        if not headers or len(length) > _DIGITS or not length.isdecimal():
            self._go_to_next()
            raise RejectedInput(self._source, "the web archive is damaged; what came before and after was read")
        return self._record(headers, int(length))

    def _headers(self, line: bytes) -> dict[str, str]:
        """The headers that begin with a line; none where it begins no record."""
        if not line.startswith(_START):
            return {}
        head = b""
        while line.strip() and len(head) < _LONGEST_HEAD:
            head += line
            line = self._stream.readline(_LONGEST_HEAD)
        parsed = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(head))
        return {name.lower(): value.strip() for name, value in parsed.headers}

    def _record(self, headers: dict[str, str], length: int) -> _Record:
        if headers.get("warc-type", "").lower() not in _WANTED:
            wanted = 0
        else:
            wanted = length if length <= _LONGEST_BLOCK else _LONGEST_HEAD
        block = self._stream.read(wanted)
        left = length - len(block)
        while left and (skipped := len(self._stream.read(min(left, BUFFER)))):
            left -= skipped
        if left:
            raise RejectedInput(self._source, "the web archive is cut short; what came before was read")
        return _Record(headers, block, whole=len(block) == length)

    def _go_to_next(self) -> None:
        line = self._stream.readline(_LONGEST_HEAD)
        while line and not line.startswith(_START):
            line = self._stream.readline(_LONGEST_HEAD)
        self._ahead = line
