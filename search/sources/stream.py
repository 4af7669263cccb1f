"""Bytes of a source file: opened, unpacked by content, and cut into lines of bounded length."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from search.errors import RejectedInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 1 << 16  # what the format and the encoding are told from
MAX_LINE = 32 << 20  # bytes (or characters) of one record of JSONL or CSV
MAX_DOCUMENT = 8 << 20  # bytes of one page, HTML or text
MAX_JSON = 128 << 20  # bytes of a JSON file that is one list or one object

_GZIP_MAGIC = b"\x1f\x8b"
_BUFFER = 1 << 18


def open_source(path: Path, on_bytes: Callable[[int], None] = lambda count: None) -> io.BufferedReader:
    """The bytes of a file, unpacked where its content is gzip'd.

    Reading from it raises RejectedInput where the operating system or the packing fails.

    Args:
        path: a file.
        on_bytes: told how many more bytes of the file, as it lies on the disk, were read.

    Raises:
        RejectedInput: the file cannot be opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RejectedInput(str(path), "not a file that can be listed or read; name files and readable folders")
        file = path.open("rb")
        packed = file.peek(2)[:2] == _GZIP_MAGIC
    except OSError as error:
        raise _unreadable(path, error) from error
    return io.BufferedReader(_Unpacked(path, file, on_bytes, packed=packed), _BUFFER)


class _Unpacked(io.RawIOBase):
    """The one place where failures of reading become rejections."""

    def __init__(self, path: Path, file: io.BufferedReader, on_bytes: Callable[[int], None], *, packed: bool) -> None:
        self._path, self._file, self._on_bytes, self._told = path, file, on_bytes, 0
        self._content = gzip.GzipFile(fileobj=file) if packed else file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._content.read1(len(view))  # `read` would lose what came before a cut
        except EOFError as error:
            raise RejectedInput(str(self._path), "the gzip file is cut short; what came before was read") from error
        except (zlib.error, gzip.BadGzipFile) as error:
            raise RejectedInput(str(self._path), f"the gzip file is damaged ({error}); pack it again") from error
        except OSError as error:
            raise _unreadable(self._path, error) from error
        view[: len(data)] = data
        place = self._file.tell()
        self._on_bytes(place - self._told)
        self._told = place
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _unreadable(path: Path, error: OSError) -> RejectedInput:
    return RejectedInput(str(path), f"cannot be read: {error.strerror or error}; check the file and its permissions")


def whole(stream: BinaryIO, source: str, limit: int) -> bytes:
    """All that is left of a stream.

    Raises:
        RejectedInput: it holds more than `limit` bytes.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise RejectedInput(source, f"longer than {limit >> 20} MB, the limit of one document; split it")
    return data


def lines(stream: BinaryIO | io.TextIOBase, source: str) -> Iterator[tuple[int, bytes | str | RejectedInput]]:
    """The lines of a stream with their numbers from 1; a rejection in place of one longer than MAX_LINE."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            _skip_line(stream)
            yield number, RejectedInput(f"{source}:{number}", f"a line longer than {MAX_LINE >> 20} MB, the limit")
        else:
            yield number, line


def _skip_line(stream: BinaryIO | io.TextIOBase) -> None:
    while part := stream.readline(1 << 20):
        if part[-1:] in (b"\n", "\n"):
            return
