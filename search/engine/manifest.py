"""The table of contents of a generation: Whoosh's own file, and our manifest behind it.

`_MAIN_<generation>.toc` begins as Whoosh writes it, for `whoosh.index.open_dir`, which unpickles it. We never unpickle:
behind it stands the manifest as JSON, and at the very end a footer with magic, format version, length and CRC-32. The
file is written under a temporary name and renamed: that rename is the swap from one generation to the next.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from search.engine.codec import ArraySegment
from search.engine.files import FORMAT_VERSION, MAGIC, check_version, damaged, storage_errors, sync_directory
from search.engine.schema import whoosh_schema
from search.engine.segment import KINDS
from search.errors import ArchiveError, ArchiveNotFound, DamagedIndex

INDEX_NAME = "MAIN"
_TOC = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")
#: CRC-32 and length of the manifest, format version, magic.
_FOOTER = struct.Struct("<III8s")


class SegmentEntry(msgspec.Struct, frozen=True):
    """A segment in the manifest: its name, its documents (deleted ones included), the file of the deleted or None."""

    name: str
    size: int
    dead: str | None = None
    deleted: int = 0


class Manifest(msgspec.Struct, frozen=True):
    """What a generation consists of: its segments in order, and the file of its learned tables."""

    generation: int
    segments: tuple[SegmentEntry, ...] = ()
    tables: str | None = None


def latest_generation(directory: Path) -> int:
    """The newest generation in `directory`, found by name alone; -1 where there is none."""
    try:
        names = [path.name for path in directory.iterdir()]
    except FileNotFoundError:
        return -1
    except OSError as error:
        raise ArchiveError(f"cannot read {directory}: {error.strerror}; check its permissions") from error
    return max((int(match[1]) for name in names if (match := _TOC.fullmatch(name))), default=-1)


def toc_path(directory: Path, generation: int) -> Path:
    """Where the table of contents of a generation is."""
    return directory / f"_{INDEX_NAME}_{generation}.toc"


def file_names(manifest: Manifest) -> set[str]:
    """The files that a generation consists of, its table of contents aside."""
    names = {f"{entry.name}.{kind}" for entry in manifest.segments for kind in KINDS}
    names |= {entry.dead for entry in manifest.segments if entry.dead}
    return names | ({manifest.tables} if manifest.tables else set())


def read_manifest(directory: Path, generation: int | None = None) -> Manifest:
    """The manifest of a generation, the newest unless told.

    Raises:
        ArchiveNotFound: there is none. FormatMismatch: another version wrote it. DamagedIndex: it was cut or changed.
    """
    generation = latest_generation(directory) if generation is None else generation
    if generation < 0:
        raise ArchiveNotFound(
            f"no index in {directory}: run `bayegan index PATH` first", persian="هنوز چیزی نمایه نشده است."
        )
    path = toc_path(directory, generation)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise damaged(path, "is missing") from None
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}; check its permissions") from error
    return _parse(path, data)


def newest_manifest(directory: Path) -> Manifest:
    """The manifest of the newest generation, also while a writer commits (see `read_manifest` for what is raised)."""
    generation = latest_generation(directory)
    while True:
        try:
            return read_manifest(directory, generation)
        except DamagedIndex:
            if (newer := latest_generation(directory)) <= generation:
                raise
            generation = newer


def committed(directory: Path, generation: int) -> datetime | None:
    """When (UTC) a generation was committed; None where there is none of that number any more."""
    try:
        return datetime.fromtimestamp(int(toc_path(directory, generation).stat().st_mtime), UTC)
    except FileNotFoundError:
        return None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Swap to the generation of `manifest`: write, fsync, rename, fsync the directory (StorageFailure)."""
    path = toc_path(directory, manifest.generation)
    temporary = path.with_name(f"{path.name}.new")
    body = _whoosh_toc(manifest) + msgspec.json.encode(manifest)
    length = len(msgspec.json.encode(manifest))
    with storage_errors(path):
        with temporary.open("wb") as stream:
            stream.write(body + _FOOTER.pack(zlib.crc32(body), length, FORMAT_VERSION, MAGIC))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(path)
        sync_directory(directory)


def _parse(path: Path, data: bytes) -> Manifest:
    if len(data) < _FOOTER.size:
        raise damaged(path, "was cut short")
    crc, length, version, magic = _FOOTER.unpack(data[-_FOOTER.size :])
    if magic != MAGIC:
        raise damaged(path, "was cut short, or was not written by Bayegan")
    check_version(path, version)
    body = data[: -_FOOTER.size]
    if zlib.crc32(body) != crc:
        raise damaged(path, "was changed (its checksum does not agree)")
    return msgspec.json.decode(body[len(body) - length :], type=Manifest)


def _whoosh_toc(manifest: Manifest) -> bytes:
    storage = RamStorage()
    segments = [ArraySegment(entry.name, entry.size, entry.dead, entry.deleted) for entry in manifest.segments]
    TOC(whoosh_schema(), segments, manifest.generation).write(storage, INDEX_NAME)
    with storage.open_file(toc_path(Path(), manifest.generation).name) as stream:
        return bytes(stream.read())
