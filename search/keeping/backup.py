"""Backups: one generation of an archive, its journal and what the archivist wrote by hand, as one file.

Neither a server nor a writer is disturbed, and neither disturbs the backup: the files of the generation are opened
before anything is copied, and stay readable when a commit removes them.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from search.archive import JOURNAL, Archive
from search.engine.files import FORMAT_VERSION, ArrayFile
from search.engine.manifest import file_names, latest_generation, read_manifest, toc_path
from search.errors import ArchiveNotFound, DamagedIndex
from search.journal import Journal
from search.keeping.backup_file import FACTS, VERSION, BackupWriter, Facts, backup_written
from search.keeping.whole_file import refusals_told

Observer = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds.

    Attributes:
        file, size: the backup, and its bytes.
        generation, articles, files: of the archive.
        left_out: page profiles that archive.toml names outside the archive's folder.
    """

    file: Path
    size: int
    generation: int
    articles: int
    files: int
    left_out: tuple[str, ...]


def backup(archive: Archive, path: Path, observe: Observer = lambda done, total: None) -> BackedUp:
    """Writes a backup of the newest generation; every byte is checked on the way, so that no damage is kept.

    Args:
        archive: may be served from and indexed into meanwhile.
        path: of the backup; a file there is replaced when the new one is whole.
        observe: told how many bytes of the index are written.

    Raises:
        ArchiveNotFound: nothing was indexed yet. DamagedIndex, FormatMismatch: the index cannot be used as it is.
        StorageFailure: the disk refuses; nothing is left of the backup.
    """
    with _scratch(path) as scratch:
        journal = scratch / JOURNAL
        generation = _consistent(archive, journal)
        facts = _facts(archive, generation)
        by_hand, left_out = _by_hand(archive)
        with backup_written(path) as writer:
            writer.add_json(FACTS, facts)
            for name, file in [*by_hand, *([(JOURNAL, journal)] if journal.exists() else [])]:
                _add_file(writer, name, file)
            for name, content in generation.contents(observe):
                writer.add(f"index/{name}", content, content.size)
    files = len(generation.files) + 1
    return BackedUp(path, path.stat().st_size, facts.generation, facts.articles, files, left_out)


class _Generation:
    """The files of one generation, all open.

    Raises:
        DamagedIndex: one is missing or cut short. FormatMismatch: another version wrote it.
    """

    def __init__(self, directory: Path, number: int) -> None:
        self.directory = directory
        self.number = number
        manifest = read_manifest(directory, number)
        self.articles = sum(entry.size - entry.deleted for entry in manifest.segments)
        self.files = [ArrayFile(directory / name, Path(name).suffix[1:]) for name in sorted(file_names(manifest))]
        self._toc = toc_path(directory, number)
        try:
            self._toc_bytes = self._toc.read_bytes()
        except FileNotFoundError:
            raise DamagedIndex(f"{self._toc} is missing") from None

    def contents(self, observe: Observer) -> Iterator[tuple[str, _Content]]:
        """The files by their names, each after its checksum was compared (DamagedIndex); the table of contents last."""
        total = sum(file.size for file in self.files)
        done = 0
        for file in self.files:
            file.verify()
            yield file.path.name, _Content(file.content)
            file.release()
            done += file.size
            observe(done, total)
        yield self._toc.name, _Content(memoryview(self._toc_bytes))


class _Content:
    """Bytes in memory or mapped into it, read in turn."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._place = 0
        self.size = len(data)

    def read(self, size: int = -1, /) -> bytes:
        size = size if size >= 0 else self.size
        part = bytes(self._data[self._place : self._place + size])
        self._place += len(part)
        return part


def _consistent(archive: Archive, journal: Path) -> _Generation:
    """The newest generation, open, and a copy of the journal from a time when it was the newest already.

    The copy may know less than the generation, never more: files that it calls read are in the generation.
    """
    directory = archive.index_directory
    while True:
        number = latest_generation(directory)
        if number < 0:
            raise ArchiveNotFound(f"nothing was indexed into {archive.directory} yet; run `bayegan index PATH` first")
        if (archive.directory / JOURNAL).exists():
            journal.unlink(missing_ok=True)
            with Journal(archive.directory / JOURNAL) as opened:
                opened.copy_to(journal)
        try:
            generation = _Generation(directory, number)
        except DamagedIndex:
            if latest_generation(directory) == number:
                raise
            continue  # a writer has committed meanwhile, and removed files of the generation before
        if latest_generation(directory) == number:
            return generation


def _facts(archive: Archive, generation: _Generation) -> Facts:
    return Facts(
        version=VERSION,
        index_format=FORMAT_VERSION,
        bayegan=version("bayegan"),
        title=archive.title,
        generation=generation.number,
        articles=generation.articles,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _by_hand(archive: Archive) -> tuple[list[tuple[str, Path]], tuple[str, ...]]:
    """(name in the backup, file) of archive.toml and the page profiles it names; those outside the archive's folder."""
    toml = archive.directory / "archive.toml"
    found = [toml] if toml.exists() else []
    for place in archive.toml.sources.texts("profiles", "the path of a TOML file, or of a folder of them,"):
        path = archive.directory / place
        found += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    inside = {path: os.path.relpath(path, archive.directory) for path in found}
    left_out = tuple(str(path) for path, name in inside.items() if name.startswith(os.pardir))
    return [(name, path) for path, name in inside.items() if not name.startswith(os.pardir)], left_out


def _add_file(writer: BackupWriter, name: str, path: Path) -> None:
    with path.open("rb") as stream:
        writer.add(name, stream, stream.seek(0, io.SEEK_END) + stream.seek(0))


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    """A folder beside the backup, for the copy of the journal; gone at the end (StorageFailure)."""
    with refusals_told(path):
        folder = TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    with folder as name:
        yield Path(name)
