"""IndexWriter: adds, replaces and deletes documents, and commits them as the next generation."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from search.engine.document import Document
from search.engine.files import Array, ArrayFile, ArrayFileWriter, storage_errors, sync
from search.engine.index import read_tables, write_tables
from search.engine.inverter import identity
from search.engine.lock import WriteLock
from search.engine.manifest import (
    INDEX_NAME,
    Manifest,
    SegmentEntry,
    file_names,
    latest_generation,
    read_manifest,
    toc_path,
    write_manifest,
)
from search.engine.policy import plan
from search.engine.segment import SegmentReader
from search.engine.snapshot import open_snapshot
from search.engine.vocabulary import to_term
from search.engine.workers import Built, Crew, new_name
from search.errors import ArchiveNotFound, DamagedIndex, FormatMismatch

if TYPE_CHECKING:
    from search.persian import Tables

#: The files of an index that a writer may remove when no generation needs them any more.
_OURS = re.compile(rf"_?{INDEX_NAME}_[0-9a-f]+\.[a-z0-9.]+")


#: In the place of a sequence number: deleted.
_GONE = -1


class IndexWriter:
    """Writes the next generation of an index. One at a time has the index; readers are never disturbed.

    Args:
        directory: of the index; made where it is missing.
        tables: makes the tables of the analysis where the index is new, or `fresh`; an index keeps its tables until
            then. It is called when the index is locked, so that nobody learns in vain. None takes the shipped ones.
        memory_mb: for collecting, sorting and merging, all processes together.
        workers: processes that analyse and sort; None means one for each processor.
        fresh: begin with nothing, and replace all that the index holds at `commit`.
        plenty: more than a few documents are to come: other processes are started while `tables` makes the tables.

    Raises:
        ArchiveLocked: another writer has the index. StorageFailure: the disk refuses.
        FormatMismatch, DamagedIndex: the index cannot be added to (unless `fresh`).
    """

    def __init__(
        self, directory: Path, *, tables: Callable[[], Tables] | None = None, memory_mb: int = 512,
        workers: int | None = None, fresh: bool = False, plenty: bool = False,
    ) -> None:  # fmt: skip
        self.directory = directory
        with storage_errors(directory):
            directory.mkdir(parents=True, exist_ok=True)
        self._lock = WriteLock(directory)
        self._crew = Crew(directory, memory_mb, workers or os.cpu_count() or 1)
        try:
            if plenty:
                self._crew.start()
            self._serving = _serving(directory, replaced=fresh)
            self._manifest = Manifest(max(latest_generation(directory), 0)) if fresh else self._serving or Manifest(0)
            self._fresh = fresh
            self._frozen = self._freeze(tables)
            self._crew.begin(self._frozen)
            self._base = open_snapshot(directory, self._manifest)
            self._clean()
        except BaseException:
            self._crew.close()
            self._lock.release()
            raise
        self._begin()

    def add(self, document: Document) -> None:
        """Add a document, in the place of any that has the same key."""
        self._supersede(document.key)
        self._touched[document.key] = len(self._fingerprints)
        self._crew.add(len(self._fingerprints), document)
        self._fingerprints.append(document.fingerprint)

    def delete(self, key: str) -> bool:
        """Delete the document of that key; whether there was one."""
        known = self._supersede(key) if key in self._touched else self._base.lookup(key) is not None
        if known:
            self._touched[key] = _GONE
        return known

    def fingerprint_of(self, key: str) -> int | None:
        """The fingerprint of the document that has the key by now, or None."""
        if key in self._touched:
            sequence = self._touched[key]
            return None if sequence == _GONE else self._fingerprints[sequence]
        doc = self._base.lookup(key)
        return None if doc is None else self._base.fingerprint(doc)

    def stored(self, key: str) -> bytes | None:
        """What the last commit stored with the document of that key; None where there is none, or a newer one."""
        doc = None if key in self._touched else self._base.lookup(key)
        return None if doc is None else self._base.stored(doc)

    def commit(self, *, last: bool = False, optimize: bool = False) -> int:
        """Make everything since the last commit visible, at once and durably; returns the generation.

        Without a change, the generation stays as it is.

        Args:
            last: of a run: merge further than between commits that follow each other.
            optimize: merge everything into one segment.
        """
        built = self._crew.finish()
        entries = [*self._tombstones(), *self._buried(built)]
        merged = self._merged(entries, last=last, optimize=optimize)
        if merged != list(self._manifest.segments) or self._fresh or not self._manifest.tables:
            self._swap(merged)
        self._begin()
        self._clean()
        return self._manifest.generation

    def optimize(self) -> int:
        """Commit, with everything merged into one segment."""
        return self.commit(optimize=True)

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._crew.close()
        self._clean()
        self._begin()

    def close(self) -> None:
        """Forget what was not committed, end the processes, let the next writer in."""
        try:
            self.rollback()
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _clean(self) -> None:
        if self._serving is not None:
            _remove_unused(self.directory, self._serving)

    def _freeze(self, tables: Callable[[], Tables] | None) -> bytes:
        if self._manifest.tables:
            return read_tables(self.directory / self._manifest.tables)
        if tables is None:
            from search.persian import Tables

            return Tables.shipped().to_bytes()
        return tables().to_bytes()

    def _begin(self) -> None:
        """Nothing was touched: since the last commit, keys -> sequence numbers, and fingerprints by those."""
        self._touched: dict[str, int] = {}
        self._fingerprints = array("Q")
        self._superseded: list[int] = []

    def _supersede(self, key: str) -> bool:
        """Note that what was added under the key since the last commit no longer counts; whether there was such."""
        sequence = self._touched.get(key, _GONE)
        if sequence != _GONE:
            self._superseded.append(sequence)
        return sequence != _GONE

    def _tombstones(self) -> Iterator[SegmentEntry]:
        """The committed segments, without the documents that were deleted or replaced."""
        keys = list(self._touched) if self._manifest.segments else []
        identities = np.array([identity(key) for key in keys], np.uint64)
        for entry, segment in zip(self._manifest.segments, self._base.segments, strict=True):
            sorted_identities = np.sort(segment.numbers("identity"))
            starts = np.searchsorted(sorted_identities, identities)
            known = np.flatnonzero(starts < np.searchsorted(sorted_identities, identities, "right"))
            yield self._bury(entry, _documents(segment, [keys[i] for i in known.tolist()]))

    def _buried(self, built: Sequence[Built]) -> Iterator[SegmentEntry]:
        """The segments built since the last commit, without the documents that were superseded within it."""
        runs = sorted(
            (first, first + count, number, offset)
            for number, one in enumerate(built)
            for (first, count), offset in zip(one.batches, _offsets(one.batches), strict=True)
        )
        dead: dict[int, list[int]] = defaultdict(list)
        for sequence in self._superseded:
            first, _, number, offset = runs[bisect_right(runs, sequence, key=lambda run: run[0]) - 1]
            dead[number].append(offset + sequence - first)
        for number, one in enumerate(built):
            yield self._bury(one.entry, dead[number])

    def _bury(self, entry: SegmentEntry, docs: Sequence[int]) -> SegmentEntry:
        """Write the deleted documents of a segment, old and new, as a file of the coming generation."""
        if not docs:
            return entry
        old = _dead(self.directory, entry)
        dead = np.union1d(old, np.array(docs, np.uint32))
        if len(dead) == len(old):
            return entry
        name = f"{entry.name}.{self._manifest.generation + 1}.dead"
        with ArrayFileWriter(self.directory / name, "dead") as writer:
            writer.add("dead", dead)
        return SegmentEntry(entry.name, entry.size, name, len(dead))

    def _merged(self, entries: Sequence[SegmentEntry], *, last: bool, optimize: bool) -> list[SegmentEntry]:
        """Merge segments until the policy is content."""
        kept = [entry for entry in entries if entry.deleted < entry.size]
        while groups := plan(kept, last=last, optimize=optimize):
            merged = self._crew.merge(groups)
            gone = {entry.name for group in groups for entry in group[1:]}
            new = {group[0].name: entry for group, entry in zip(groups, merged, strict=True)}
            kept = [new.get(entry.name, entry) for entry in kept if entry.name not in gone]
        return kept

    def _swap(self, entries: Sequence[SegmentEntry]) -> None:
        tables = None if self._fresh else self._manifest.tables
        if tables is None:
            tables = f"{new_name()}.tables"
            write_tables(self.directory / tables, self._frozen)
        manifest = Manifest(self._manifest.generation + 1, tuple(entries), tables)
        base = open_snapshot(self.directory, manifest)
        for name in file_names(manifest) - file_names(self._manifest):
            sync(self.directory / name)
        write_manifest(self.directory, manifest)
        self._manifest = self._serving = manifest
        self._base, self._fresh = base, False


def _serving(directory: Path, *, replaced: bool) -> Manifest | None:
    """The manifest of the newest generation; None where there is none, or (to be replaced) none that can be read."""
    try:
        return read_manifest(directory)
    except ArchiveNotFound:
        return None
    except (DamagedIndex, FormatMismatch):
        if replaced:
            return None
        raise


def _offsets(batches: Sequence[tuple[int, int]]) -> Iterator[int]:
    offset = 0
    for _, count in batches:
        yield offset
        offset += count


def _documents(segment: SegmentReader, keys: Sequence[str]) -> list[int]:
    """The documents of a segment that have one of the keys."""
    dictionary = segment.dictionary("key")
    ordinals = [ordinal for key in keys if (ordinal := dictionary.find(to_term(key))) >= 0]
    return [doc for ordinal in ordinals for doc in segment.postings("key", ordinal).docs.tolist()]


def _dead(directory: Path, entry: SegmentEntry) -> Array:
    return ArrayFile(directory / entry.dead, "dead")["dead"] if entry.dead else np.empty(0, np.uint32)


def _remove_unused(directory: Path, manifest: Manifest) -> None:
    """Remove the files that only former generations, or killed writers, needed."""
    kept = file_names(manifest) | {toc_path(directory, manifest.generation).name}
    with storage_errors(directory):
        for path in directory.iterdir():
            if path.name not in kept and _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)
