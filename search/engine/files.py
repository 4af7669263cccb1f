"""Array files: the one container of everything that the index keeps on disk.

    offset 0    header, 64 bytes: magic, format version, kind, sizes, checksums
    offset 64   the arrays, one after another, each starting at a multiple of 64
    ...         directory: JSON, [[name, dtype, offset, count], ...], where the header says
    end of file = the size that the header says

All numbers are little-endian. A file is written once, from front to back, and never changed; the header comes last,
so that a file of a killed writer has no header. Opening reads the header and the directory and maps the rest, so that
its cost does not depend on the size; `ArrayFile.verify` reads every byte.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from search.errors import ArchiveError, DamagedIndex, FormatMismatch, StorageFailure

#: Raised by one with every change of what the files hold; an index of another version is never read.
FORMAT_VERSION = 2
MAGIC = b"BAYEGAN\0"
ALIGNMENT = 64
#: magic, format version, kind, size of file, offset and size of directory, CRC-32 of it and of all after the header
_HEADER = struct.Struct("<8sI12sQQIII8x")
_CHECKSUM = struct.Struct("<I")
_CHUNK = 1 << 22

Array = NDArray[Any]


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Translate what the operating system refuses while `path` is written into StorageFailure."""
    try:
        yield
    except OSError as error:
        raise StorageFailure(
            f"cannot write {path}: {error.strerror or error}; the last generation is untouched, "
            "free the space or mend the permissions and run the command again"
        ) from error


def check_version(path: Path, version: int) -> None:
    """Refuse a file of another format version (FormatMismatch)."""
    if version != FORMAT_VERSION:
        raise FormatMismatch(
            f"{path.name} has index format {version}, this version reads {FORMAT_VERSION}: run `bayegan reindex`",
            persian="نمایه با نسخهٔ دیگری نوشته شده است؛ دستور bayegan reindex را اجرا کنید.",
        )


def damaged(path: Path, what: str) -> DamagedIndex:
    """The error for a file of the index that is not as it was written."""
    return DamagedIndex(f"{path} {what}: restore it from a backup or run `bayegan reindex`")


def sync(path: Path) -> None:
    """Make the bytes of a file durable (StorageFailure)."""
    with storage_errors(path), path.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable (a no-op where directories cannot be opened, as on Windows)."""
    try:
        handle = os.open(directory, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ArrayFileWriter:
    """Writes one array file from front to back; the file counts only once `close` has returned.

    Args:
        path: must not exist yet.
        kind: at most 12 ASCII letters; says what the file holds.

    Raises:
        StorageFailure: from every method, when the disk refuses.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self._kind = kind.encode("ascii")
        self._directory: list[tuple[str, str, int, int]] = []
        self._offset = ALIGNMENT
        self._crc = 0
        with storage_errors(path):
            self._stream: BinaryIO = path.open("xb")
            self._stream.write(bytes(ALIGNMENT))

    def add(self, name: str, array: Array) -> None:
        """Write a whole one-dimensional array."""
        self.begin(name, array.dtype)
        self.append(array)
        self.end()

    def begin(self, name: str, dtype: np.dtype[Any] | type[np.generic]) -> None:
        """Begin an array whose parts need not be in memory together; `append` them, then `end` it."""
        self._open = (name, np.dtype(dtype).newbyteorder("<"), self._offset)

    def append(self, part: Array) -> None:
        """Write the next part of the array begun."""
        if part.size:
            self._put(np.ascontiguousarray(part, dtype=self._open[1]).data.cast("B"))

    def end(self) -> None:
        """End the array begun."""
        name, dtype, start = self._open
        self._directory.append((name, dtype.str, start, (self._offset - start) // dtype.itemsize))
        self._put(memoryview(bytes(-self._offset % ALIGNMENT)))

    def close(self) -> None:
        """Write directory and header. The bytes are durable after `sync` of the file, which a commit does."""
        directory = msgspec.json.encode(self._directory)
        start = self._offset
        self._put(memoryview(directory))
        checksums = zlib.crc32(directory), self._crc
        header = _HEADER.pack(MAGIC, FORMAT_VERSION, self._kind, self._offset, start, len(directory), *checksums)
        with storage_errors(self.path):
            self._stream.seek(0)
            self._stream.write(header + _CHECKSUM.pack(zlib.crc32(header)))
            self._stream.close()

    def abandon(self) -> None:
        """Close and remove the unfinished file."""
        with storage_errors(self.path):
            try:
                self._stream.close()
            finally:
                self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _put(self, data: memoryview) -> None:
        with storage_errors(self.path):
            self._stream.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._offset += len(data)


class ArrayFile:
    """An array file, opened by mapping it into memory.

    Attributes:
        path, kind: where it is, what it holds.
        arrays: name -> read-only array over the mapped bytes.

    Raises:
        FormatMismatch: it was written by another format version.
        DamagedIndex: it is missing, cut short, or its header or directory was changed.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self.kind = kind
        self._map = self._open()
        self._crc, directory = self._read_directory()
        self.arrays: dict[str, Array] = {
            name: np.frombuffer(self._map, dtype=dtype, count=count, offset=offset)
            for name, dtype, offset, count in directory
        }

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    @property
    def content(self) -> memoryview:
        """All bytes of the file, as they are on disk; they stay readable when the file is removed."""
        return memoryview(self._map)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return len(self._map)

    def release(self) -> None:
        """Give back the memory that holds what was read so far, as in reading a large file once."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def verify(self) -> None:
        """Read every byte and compare it with the checksum (DamagedIndex)."""
        crc = 0
        for start in range(ALIGNMENT, len(self._map), _CHUNK):
            crc = zlib.crc32(memoryview(self._map)[start : start + _CHUNK], crc)
            self.release()
        if crc != self._crc:
            raise damaged(self.path, "was changed (its checksum does not agree)")

    def _open(self) -> mmap.mmap:
        try:
            with self.path.open("rb") as stream:
                return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise damaged(self.path, "is missing") from None
        except ValueError:
            raise damaged(self.path, "is empty") from None
        except OSError as error:
            raise ArchiveError(f"cannot read {self.path}: {error.strerror}; check its permissions") from error

    def _read_directory(self) -> tuple[int, list[tuple[str, str, int, int]]]:
        if len(self._map) < ALIGNMENT or self._map[:8] != MAGIC:
            raise damaged(self.path, "has no valid header")
        header = self._map[: _HEADER.size]
        _, version, kind, size, start, length, directory_crc, crc = _HEADER.unpack(header)
        check_version(self.path, version)
        if self._map[_HEADER.size : ALIGNMENT] != _CHECKSUM.pack(zlib.crc32(header)):
            raise damaged(self.path, "has a changed header")
        if kind.rstrip(b"\0").decode() != self.kind:
            raise damaged(self.path, f"is not a file of {self.kind}")
        if size != len(self._map):
            raise damaged(self.path, f"has {len(self._map)} bytes instead of {size}")
        directory = self._map[start : start + length]
        if zlib.crc32(directory) != directory_crc:
            raise damaged(self.path, "has a changed directory")
        return crc, msgspec.json.decode(directory, type=list[tuple[str, str, int, int]])
