"""The file of a backup: a tar in a zstd frame, which `tar --zstd -xf` unpacks too.

    backup.json      Facts: versions, and what archive it is of
    archive.toml     and the page profiles that it names, where there are any
    journal.sqlite
    index/...        the files of one generation, its table of contents last
    checksums.json   SHA-256 of each of these

Behind the frame stands a skippable one with the SHA-256 of every byte before it, so that a backup that was cut or
changed anywhere is told from a whole one.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec
import zstandard

from search.engine.files import FORMAT_VERSION
from search.errors import ArchiveError, DamagedBackup, FormatMismatch, PathNotFound
from search.keeping.whole_file import whole_file

VERSION = 1
FACTS, CHECKSUMS = "backup.json", "checksums.json"
_MEMBER = re.compile(r"journal\.sqlite|index/_?MAIN_[0-9a-f]+\.[a-z0-9.]+|(?:[^/\\]+/)*[^/\\]+\.toml")
# Of a skippable frame: its magic number and its length; then the digest.
_TRAILER = struct.Struct("<II32s")
_SKIPPABLE = 0x184D2A5B
_LEVEL = 3  # stored text is compressed already and passes through as it is; postings lose a third
_CHUNK = 1 << 20

#: Told how many bytes of how many are done.
Observer = Callable[[int, int], None]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself.

    Attributes:
        version, index_format: of the backup's own form, and of the files of the index in it.
        bayegan: the version of Bayegan that wrote it.
        title: of the archive.
        generation, articles: of the index.
        made: when (UTC), as ISO 8601.
    """

    version: int
    index_format: int
    bayegan: str
    title: str
    generation: int
    articles: int
    made: str


class Reading(Protocol):
    """What a member of a backup is read from."""

    def read(self, size: int = ..., /) -> bytes:
        """The next bytes, at most `size`; none at the end."""


class BackupWriter:
    """Takes the members of a backup in turn."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._digests: dict[str, str] = {}

    def add(self, name: str, content: Reading, size: int) -> None:
        """Writes a member of `size` bytes (OSError: there are fewer)."""
        summed = _Summed(content)
        entry = tarfile.TarInfo(name)
        entry.size = size
        self._tar.addfile(entry, summed)
        self._digests[name] = summed.digest.hexdigest()

    def add_json(self, name: str, record: object) -> None:
        """Writes a record as a member."""
        data = msgspec.json.encode(record)
        self.add(name, io.BytesIO(data), len(data))

    def close(self) -> None:
        """Writes the checksums."""
        self.add_json(CHECKSUMS, self._digests)


@contextmanager
def backup_written(path: Path) -> Iterator[BackupWriter]:
    """A writer of the backup at `path`, which appears when the block ends without an error (StorageFailure)."""
    with whole_file(path) as file:
        summed = _Summing(file)
        # Without the checksum of zstd, which would fail before ours can say which member was changed.
        compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        with (
            compressor.stream_writer(cast(BinaryIO, summed), closefd=False) as frame,
            tarfile.open(mode="w|", fileobj=frame, format=tarfile.PAX_FORMAT) as tar,
        ):
            writer = BackupWriter(tar)
            yield writer
            writer.close()
        file.write(_TRAILER.pack(_SKIPPABLE, hashlib.sha256().digest_size, summed.digest.digest()))


def read_backup(
    path: Path, take: Callable[[str, Reading], None], observe: Observer = lambda done, total: None
) -> Facts:
    """Reads a backup from its first byte to its last, and gives its members to `take`; nothing is true until the end.

    Args:
        path: of the backup.
        take: given the name of each member but the first and the last, and its content, which it reads or leaves.
        observe: told how many bytes of the file are read.

    Raises:
        PathNotFound: there is no such file. FormatMismatch: another version wrote it; nothing was given.
        DamagedBackup: it was cut or changed, or is none; the damaged members are named.
    """
    try:
        with path.open("rb") as file:
            return _Backup(path, file, observe).read(take)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PathNotFound(f"{path} is not a file; name a backup that `bayegan backup` wrote") from error
    except OSError as error:
        raise ArchiveError(
            f"cannot read {path}: {error.strerror or error}; check the disk and its permissions"
        ) from error


def verify_backup(path: Path, observe: Observer = lambda done, total: None) -> Facts:
    """Reads every byte of a backup and checks it; see `read_backup` for what is raised."""
    return read_backup(path, lambda name, content: None, observe)


class _Backup:
    """A backup that is being read."""

    def __init__(self, path: Path, file: BinaryIO, observe: Observer) -> None:
        self._path = path
        self._file = _Bounded(file, self._length(file), observe)
        self._trailer = self._read_trailer(file)
        self._member = "its beginning"
        self._digests: dict[str, str] = {}

    def read(self, take: Callable[[str, Reading], None]) -> Facts:
        try:
            with zstandard.ZstdDecompressor().stream_reader(cast(BinaryIO, self._file), closefd=False) as frame:
                with tarfile.open(mode="r|", fileobj=frame) as tar:
                    facts, checksums = self._members(tar, take)
                while frame.read(_CHUNK):  # to the end of the frame
                    pass
        except (tarfile.TarError, zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError, EOFError) as error:
            raise self._damaged(f"was cut or changed at {self._member}") from error
        wrong = sorted(name for name, digest in checksums.items() if self._digests.get(name) != digest)
        if wrong:
            raise self._damaged(f"was changed at {', '.join(wrong)}")
        if self._digests.keys() != checksums.keys():
            raise self._damaged("was changed (its checksums are of other files)")
        self._check_digest()
        return facts

    def _check_digest(self) -> None:
        """Read what is left, and compare the whole (DamagedBackup)."""
        while self._file.read(_CHUNK):
            pass
        if self._file.digest.digest() != self._trailer:
            raise self._damaged("was changed (its checksum does not agree)")

    def _members(self, tar: tarfile.TarFile, take: Callable[[str, Reading], None]) -> tuple[Facts, dict[str, str]]:
        facts: Facts | None = None
        for entry in tar:
            self._member = entry.name
            content = tar.extractfile(entry) if entry.isreg() else None
            if content is None or entry.name in self._digests:
                raise self._foreign(entry.name)
            if facts is None:
                facts = self._facts(entry.name, content)
            elif entry.name == CHECKSUMS:
                return facts, msgspec.json.decode(content.read(), type=dict[str, str])
            elif not _MEMBER.fullmatch(entry.name) or ".." in entry.name.split("/"):
                raise self._foreign(entry.name)
            else:
                summed = _Summed(content)
                take(entry.name, summed)
                self._digests[entry.name] = summed.hexdigest()
        raise tarfile.ReadError("no checksums")

    def _facts(self, name: str, content: Reading) -> Facts:
        if name != FACTS:
            raise self._foreign(name)
        summed = _Summed(content)
        data = summed.read(_CHUNK)
        self._digests[name] = summed.hexdigest()
        facts = msgspec.json.decode(data, type=dict[str, object])
        if told := _mismatch(facts):
            self._check_digest()  # a flipped bit makes another version, too
            raise FormatMismatch(f"{self._path} was written by Bayegan {facts.get('bayegan')} {told}")
        return msgspec.json.decode(data, type=Facts)

    def _length(self, file: BinaryIO) -> int:
        return file.seek(0, io.SEEK_END) - _TRAILER.size

    def _read_trailer(self, file: BinaryIO) -> bytes:
        length = self._length(file)
        if length < 0:
            raise self._damaged("was cut short, or is no backup")
        file.seek(length)
        magic, size, digest = _TRAILER.unpack(file.read(_TRAILER.size))
        file.seek(0)
        if (magic, size) != (_SKIPPABLE, len(digest)):
            raise self._damaged("was cut short, or is no backup")
        return bytes(digest)

    def _foreign(self, name: str) -> DamagedBackup:
        return self._damaged(f"holds {name!r}, which no backup of Bayegan does,")

    def _damaged(self, what: str) -> DamagedBackup:
        return DamagedBackup(f"{self._path} {what}: take another backup")


def _mismatch(facts: dict[str, object]) -> str:
    """What of the versions in a backup's facts this Bayegan does not read, and what to do; "" where it reads both."""
    if facts.get("version") != VERSION:
        return f"in form {facts.get('version')}, and this one reads {VERSION}: restore it with that version"
    if facts.get("index_format") != FORMAT_VERSION:
        return (
            f"with index format {facts.get('index_format')}, and this one reads {FORMAT_VERSION}: restore it with that "
            "version, then `bayegan export` there and `bayegan index` here"
        )
    return ""


class _Summing:
    """A stream that is written to another, and summed on the way."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._stream.write(data)


class _Summed:
    """Content that is summed as it is read."""

    def __init__(self, content: Reading) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = _CHUNK, /) -> bytes:
        data = self._content.read(size)
        self.digest.update(data)
        return data

    def hexdigest(self) -> str:
        """Of the whole content: what was left unread is read."""
        while self.read():
            pass
        return self.digest.hexdigest()


class _Bounded:
    """The first bytes of a file, summed as they are read."""

    def __init__(self, file: BinaryIO, length: int, observe: Observer) -> None:
        self._file, self._left, self._length, self._observe = file, length, length, observe
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.digest.update(data)
        self._observe(self._length - self._left, self._length)
        return data
