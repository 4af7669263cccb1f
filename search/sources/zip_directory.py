"""The directory at the end of a zip: asked only for what stands nowhere else, which entries are links."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_END = b"PK\x05\x06"
_END64, _END64_PLACE = b"PK\x06\x06", b"PK\x06\x07"
_ITEM = b"PK\x01\x02"
_HEADER = struct.Struct("<4sxB22xHHH4xII")
_LONGEST_END = (1 << 16) + 22  # bytes: a comment, and what is before it
_IN_EXTRA = 0xFFFFFFFF
_UNIX = 3


def symbolic_links(path: Path) -> frozenset[int]:
    """The places of the headers of the entries that are symbolic links; none where the directory cannot be read.

    Args:
        path: of a zip file.
    """
    try:
        with path.open("rb") as file:
            return frozenset(_links(file))
    except OSError:  # the reader of the entries says why
        return frozenset()


def _links(file: BinaryIO) -> Iterator[int]:
    file.seek(_directory_place(file))
    while (header := file.read(_HEADER.size)).startswith(_ITEM) and len(header) == _HEADER.size:
        _, system, name_bytes, extra_bytes, comment_bytes, attributes, place = _HEADER.unpack(header)
        rest = file.read(name_bytes + extra_bytes + comment_bytes)
        if system == _UNIX and stat.S_ISLNK(attributes >> 16):
            yield place if place != _IN_EXTRA else _last_number(rest[name_bytes : name_bytes + extra_bytes])


def _directory_place(file: BinaryIO) -> int:
    """Where the directory begins, or the end of the file where it is not found."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        return size
    place: int = struct.unpack_from("<I", tail, end + 16)[0]
    if place != _IN_EXTRA or tail[end - 20 : end - 16] != _END64_PLACE:
        return place
    file.seek(min(size, struct.unpack_from("<Q", tail, end - 12)[0]))
    record = file.read(56)
    if not record.startswith(_END64) or len(record) < 56:
        return size
    return int(min(size, struct.unpack_from("<Q", record, 48)[0]))


def _last_number(extra: bytes) -> int:
    """The place of an entry beyond 4 GB: the last number of the field that holds the long numbers."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 1 and size >= 8:
            return int.from_bytes(extra[4 : 4 + size][-8:], "little")
        extra = extra[4 + size :]
    return -1
