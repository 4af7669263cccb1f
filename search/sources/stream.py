"""Bytes of a source: a file opened, a document read whole, and lines of bounded length."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from search.errors import RejectedInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 1 << 16  # what the format and the encoding are told from
MAX_LINE = 32 << 20  # bytes (or characters) of one record of JSONL or CSV
MAX_DOCUMENT = 8 << 20  # bytes of one page, HTML or text
MAX_JSON = 128 << 20  # bytes of a JSON file that is one list or one object
BUFFER = 1 << 18


@dataclass(frozen=True, slots=True)
class Input:
    """The bytes of one source, to be read once and forward.

    Attributes:
        stream: unpacked; reading from it raises RejectedInput where the operating system or the packing fails.
        source: where they are from: `path`, or `path!member` inside an archive.
        path: the file, where its bytes are the stream as it is, for formats that are not read from front to back.
    """

    stream: io.BufferedReader
    source: str
    path: Path | None = None

    @property
    def head(self) -> bytes:
        """The first bytes, up to HEAD_BYTES, which stay in the stream."""
        return self.stream.peek(HEAD_BYTES)[:HEAD_BYTES]


def name_of(path: Path) -> str:
    """The path as a text that can be stored and shown: bytes of it that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def open_source(path: Path, on_bytes: Callable[[int], None] = lambda count: None) -> io.BufferedReader:
    """The bytes of a file; reading from it raises RejectedInput where the operating system fails.

    Args:
        path: a file.
        on_bytes: told how many more bytes were read.

    Raises:
        RejectedInput: the file cannot be opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RejectedInput(name_of(path), "not a file that can be listed or read; name files and readable folders")
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise _unreadable(path, error) from error
    return io.BufferedReader(_File(path, file, on_bytes), BUFFER)


class _File(io.RawIOBase):
    """The one place where failures of the operating system become rejections."""

    def __init__(self, path: Path, file: io.FileIO, on_bytes: Callable[[int], None]) -> None:
        self._path, self._file, self._on_bytes = path, file, on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        try:
            count = self._file.readinto(buffer)
        except OSError as error:
            raise _unreadable(self._path, error) from error
        self._on_bytes(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def _unreadable(path: Path, error: OSError) -> RejectedInput:
    return RejectedInput(
        name_of(path), f"cannot be read: {error.strerror or error}; check the file and its permissions"
    )


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
