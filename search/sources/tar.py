"""Tar archives, read from front to back: ustar, GNU and pax.

The standard library's reader is not used: it takes header extensions of any size into memory, and ends at the first
damaged header, where a tar can be read on at the next good one. Format: POSIX.1-2017, pax, "ustar Interchange Format"
and "pax Header Block"; GNU tar manual, "Basic Tar Format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.errors import RejectedInput
from search.sources.budget import Budget
from search.sources.containers import Members, decoded_name, entry, is_passed_over, place
from search.sources.stream import BUFFER, Input

_BLOCK = 512
_FILES = frozenset(b"0\x007")
_LONG_NAME, _PAX = ord("L"), ord("x")
_EXTENSIONS = frozenset(b"LKxgXN")  # blocks that describe the next member, or all
_MAX_EXTENSION = 1 << 16  # bytes of one that are looked at; names are shorter by far
_PAX_RECORD = re.compile(rb"(\d{1,6}) (path|size|[^=\n]{1,100})=")


def is_header(block: bytes) -> bool:
    """Whether a block of 512 bytes is the header of a member: its checksum is right."""
    try:
        stated = _number(block[148:156])
    except (ValueError, IndexError):
        return False
    return len(block) == _BLOCK and stated > 0 and stated == sum(block[:148]) + 8 * ord(" ") + sum(block[156:])


def read_tar(archive: Input, budget: Budget) -> Members:
    """The files of a tar, each as a stream that has to be read before the next is taken.

    A damaged header gives a rejection, and the tar is read on from the next good one. Links, folders and devices are
    passed over.

    Raises:
        RejectedInput: the tar is cut short; the limit of entries is exceeded.
    """
    extension: dict[str, str] = {}
    for block in _headers(archive):
        if isinstance(block, RejectedInput):
            yield block
            continue
        kind, part = block[156], _Part(archive, _size(block, extension))
        if kind in _EXTENSIONS:
            extension |= _extension(kind, part.read(_MAX_EXTENSION))
        else:
            budget.enter()
            name, extension = extension.get("path") or _name(block), {}
            if kind in _FILES and not is_passed_over(name):
                yield entry(place(archive.source, name), part.read)
        part.finish()


def _headers(archive: Input) -> Iterator[bytes | RejectedInput]:
    """The headers, from wherever the stream stands when one is asked for; one rejection for each damaged stretch."""
    damaged = False
    while block := archive.stream.read(_BLOCK):
        if is_header(block):
            damaged = False
            yield block
        elif not any(block) and not damaged:  # the end is marked so; what follows is padding
            return
        elif len(block) < _BLOCK:
            raise _cut(archive)
        elif not damaged:
            damaged = True
            yield RejectedInput(archive.source, "the tar file is damaged; what came before and after was read")


def _cut(archive: Input) -> RejectedInput:
    return RejectedInput(archive.source, "the tar file is cut short; what came before was read")


class _Part:
    """The bytes of one member, and the padding after them."""

    def __init__(self, archive: Input, size: int) -> None:
        self._archive, self._left, self._padding = archive, size, -size % _BLOCK

    def read(self, wanted: int) -> bytes:
        """Up to so many of the next bytes.

        Raises:
            RejectedInput: the archive ends before the member does.
        """
        data = self._archive.stream.read(min(wanted, self._left))
        self._left -= len(data)
        if self._left and not data:
            raise _cut(self._archive)
        return data

    def finish(self) -> None:
        """Goes to where the next header should be."""
        while self.read(BUFFER):
            pass
        self._archive.stream.read(self._padding)


def _size(block: bytes, extension: dict[str, str]) -> int:
    stated = extension.get("size", "")
    try:
        return int(stated) if stated.isdecimal() else max(0, _number(block[124:136]))
    except ValueError:
        return 0


def _number(field: bytes) -> int:
    """A number in octal digits, or in binary where its first bit is set.

    Raises:
        ValueError: it is neither.
    """
    if field[0] == 0x80:
        return int.from_bytes(field[1:])
    return int(field.rstrip(b" \0").lstrip() or b"0", 8)


def _name(block: bytes) -> str:
    """The name in a header, with the prefix that only ustar has."""
    name, prefix = (field.partition(b"\0")[0] for field in (block[:100], block[345:500]))
    whole = b"/".join((prefix, name)) if prefix and block[257:263] == b"ustar\0" else name
    return decoded_name(whole)


def _extension(kind: int, data: bytes) -> dict[str, str]:
    """What an extension says of the next member: its name, or the records of pax, as far as they can be read."""
    if kind == _LONG_NAME:
        return {"path": decoded_name(data.rstrip(b"\0"))}
    return dict(_pax_records(data)) if kind == _PAX else {}


def _pax_records(data: bytes) -> Iterator[tuple[str, str]]:
    """The records `length key=value`, where the length is of the whole record."""
    while (match := _PAX_RECORD.match(data)) and len(match[0]) < int(match[1]) <= len(data):
        yield match[2].decode(), decoded_name(data[match.end() : int(match[1]) - 1])
        data = data[int(match[1]) :]
