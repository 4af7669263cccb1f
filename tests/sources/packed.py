"""Archives and web archives for the tests, written by other hands: those of the standard library and of warcio."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read

TEXT = "این یک جمله بلند است که چند واژه دارد و در هر صفحه خبری می‌تواند بیاید."
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}


def page(number: int) -> bytes:
    """A page of which nothing but the number is its own."""
    return f"<html><body><h1>عنوان صفحه خبر {number}</h1><p>{TEXT}</p></body></html>".encode()


def title(number: int) -> str:
    """The title of that page."""
    return f"عنوان صفحه خبر {number}"


PAGES = {f"news/{number}.html": page(number) for number in range(6)}
TITLES = [title(number) for number in range(6)]


class Pipe(io.RawIOBase):
    """Takes what is written, and cannot be gone back in, as a network."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Keeps what is written."""
        self.written += data
        return len(data)


def zip_of(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False) -> bytes:
    """A zip; a streamed one has the lengths of its entries behind them."""
    target = Pipe() if streamed else io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return bytes(target.written) if isinstance(target, Pipe) else target.getvalue()


def tar_of(files: Mapping[str, bytes], format: int = tarfile.PAX_FORMAT, *others: tarfile.TarInfo) -> bytes:
    """A tar, with other members than files at its end."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in others:
            archive.addfile(member)
    return target.getvalue()


class Writer(WARCWriter):
    """Writes the same bytes each time, without the temporary files that warcio leaves to the garbage collector."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._made = 0

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()

    def _make_warc_id(self) -> str:
        self._made += 1
        return f"<urn:uuid:00000000-0000-0000-0000-{self._made:012}>"

    def curr_warc_date(self) -> str:
        """The day of every record that has none of its own."""
        return "2021-07-15T09:57:27Z"


class WebArchive:
    """A web archive in the making; `data` is what was written."""

    def __init__(self, *, packed: bool = False) -> None:
        self._target = io.BytesIO()
        self._writer = Writer(self._target, gzip=packed, warc_version="1.1")
        self._writer.write_record(self._writer.create_warcinfo_record("test.warc", {"software": "test"}))

    def add(
        self,
        url: str,
        body: bytes,
        *headers: tuple[str, str],
        status: str = "200 OK",
        type: str = "text/html; charset=utf-8",
        date: str = "2021-07-15T09:57:27Z",
    ) -> "WebArchive":
        """A response of a server."""
        http = StatusAndHeaders(status, [("Content-Type", type), *headers] if type else list(headers), "HTTP/1.1")
        self._write(url, "response", body, date, http_headers=http)
        return self

    def resource(self, url: str, body: bytes, type: str, date: str = "2021-07-15T09:57:27Z") -> "WebArchive":
        """Something saved without a server's headers."""
        self._write(url, "resource", body, date, warc_content_type=type)
        return self

    def revisit(self, url: str, digest: str, original: str, type: str = "text/html") -> "WebArchive":
        """A page that was seen again."""
        http = StatusAndHeaders("200 OK", [("Content-Type", type)], "HTTP/1.1")
        record = self._writer.create_revisit_record(url, digest, original, "2021-07-15T09:57:27Z", http_headers=http)
        self._writer.write_record(record)
        return self

    def _write(self, url, kind, body, date, **more):
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), warc_headers_dict={"WARC-Date": date}, **more
        )
        self._writer.write_record(record)

    @property
    def data(self) -> bytes:
        """What was written so far."""
        return self._target.getvalue()


def found(path: Path, data: bytes | None = None, format: str | None = None) -> list[Article | RejectedInput]:
    """What a file gives; it is written first, where bytes are given."""
    if data is not None:
        path.write_bytes(data)
    return list(read(path, Profile(), format))


def titles(results: list[Article | RejectedInput]) -> list[str]:
    """The titles of the articles."""
    return [result.title for result in results if isinstance(result, Article)]


def reasons(results: list[Article | RejectedInput]) -> list[str]:
    """The rejections, without the folder that the file is in."""
    return [
        f"{result.source.rpartition('/file')[2]}: {result.reason}"
        for result in results
        if isinstance(result, RejectedInput)
    ]
