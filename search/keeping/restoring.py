"""Restoring an archive from a backup: every byte is checked before anything of the archive is touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from search.archive import JOURNAL
from search.engine.files import sync
from search.engine.index import Index
from search.engine.lock import WriteLock
from search.engine.manifest import (
    Manifest,
    SegmentEntry,
    file_names,
    latest_generation,
    read_manifest,
    write_manifest,
)
from search.errors import UsageError
from search.keeping.backup_file import Facts, Reading, read_backup
from search.keeping.whole_file import refusals_told

Observer = Callable[[int, int], None]
_STAGE = ".restoring"
_CHUNK = 1 << 20


def restore(path: Path, directory: Path, *, force: bool = False, observe: Observer = lambda done, total: None) -> Facts:
    """Makes the archive in `directory` what it was when the backup was written.

    All is unpacked beside it and checked first. Then the generation becomes the newest one there by a single rename: a
    server that serves the archive goes over to it, and until then nothing is lost.

    Args:
        path: of the backup.
        directory: of the archive, made where there is none.
        force: whether an archive there is replaced; other files in its folder stay.
        observe: told how many bytes of the backup are read.

    Raises:
        UsageError: there is an archive, and `force` was not said.
        PathNotFound, DamagedBackup, FormatMismatch: see `read_backup`; the archive there is as it was.
        ArchiveLocked: a writer has the archive. StorageFailure: the disk refuses.
    """
    if not force and (held := [name for name in ("index", JOURNAL, "archive.toml") if (directory / name).exists()]):
        raise UsageError(f"{directory} is an archive already ({', '.join(held)}); name another with --archive, "
                         "or replace it with --force")  # fmt: skip
    with _stage(directory) as stage:

        def unpack(name: str, content: Reading) -> None:
            target = stage / name
            with refusals_told(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as stream:
                    while part := content.read(_CHUNK):
                        stream.write(part)

        facts = read_backup(path, unpack, observe)
        Index.open(stage / "index").close()
        with refusals_told(directory):
            _swap(stage, directory)
    return facts


@contextmanager
def _stage(directory: Path) -> Iterator[Path]:
    """A folder in the archive's own, to unpack into, while no other writer has the archive.

    What a killed restore left there is removed first; where there was no archive, nothing is left after a failure.
    """
    index, stage = directory / "index", directory / _STAGE
    made = [folder for folder in (directory, index) if not folder.exists()]
    with refusals_told(directory):
        index.mkdir(parents=True, exist_ok=True)
    lock = WriteLock(index)
    try:
        with refusals_told(stage):
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir()
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        lock.release()
        if latest_generation(index) < 0:
            for folder in made[:1]:
                shutil.rmtree(folder)


def _swap(stage: Path, directory: Path) -> None:
    """Put everything into its place; the journal is away while the index is swapped, so that it never knows more."""
    for suffix in ("", "-wal", "-shm"):
        (directory / f"{JOURNAL}{suffix}").unlink(missing_ok=True)
    (directory / "archive.toml").unlink(missing_ok=True)
    for file in sorted(stage.rglob("*.toml")):
        target = directory / file.relative_to(stage)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
    _swap_index(stage / "index", directory / "index")
    if (stage / JOURNAL).exists():
        (stage / JOURNAL).replace(directory / JOURNAL)


def _swap_index(stage: Path, index: Path) -> None:
    """Make the generation in `stage` the newest of the index: under a number of its own, by the rename of its contents.

    Lists of deleted documents are named by generations, and another of the same name may be in use: they get new names.
    """
    manifest = read_manifest(stage)
    number = max(manifest.generation, latest_generation(index) + 1)
    entries = [_renamed(stage, entry, number) for entry in manifest.segments]
    restored = Manifest(number, tuple(entries), manifest.tables)
    for name in sorted(file_names(restored)):
        sync(stage / name)
        (stage / name).replace(index / name)
    write_manifest(index, restored)


def _renamed(stage: Path, entry: SegmentEntry, number: int) -> SegmentEntry:
    if entry.dead is None:
        return entry
    name = f"{entry.name}.{number}.dead"
    (stage / entry.dead).rename(stage / name)
    return msgspec.structs.replace(entry, dead=name)
