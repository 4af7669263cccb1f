"""Index: one generation of an index, opened for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from search.engine.answer import Answer, EngineQuery
from search.engine.files import ArrayFile, ArrayFileWriter
from search.engine.manifest import Manifest, latest_generation, read_manifest
from search.engine.searching import SnapshotSearcher
from search.engine.snapshot import Snapshot, open_snapshot
from search.errors import DamagedIndex, FormatMismatch

if TYPE_CHECKING:
    from search.persian import Analyzer, Tables

#: Documents that are read one after another until the memory that holds their file is given back.
_RELEASED = 4096


class Index:
    """An immutable view of one generation. Threads may share it, but for `analyzer`, which each needs for itself.

    Attributes:
        directory: where it is.
        snapshot: its segments and statistics.
    """

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.snapshot: Snapshot = open_snapshot(directory, manifest)
        self._tables_bytes = b"" if manifest.tables is None else read_tables(directory / manifest.tables)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Open the newest generation.

        Raises:
            ArchiveNotFound: there is none. FormatMismatch: another version wrote it.
            DamagedIndex: a file is missing, cut short, or its header was changed.
        """
        generation = latest_generation(directory)
        while True:
            try:
                return cls(directory, read_manifest(directory, generation))
            except DamagedIndex:
                # A writer that commits meanwhile removes the files of the generation that is opened here.
                if (newer := latest_generation(directory)) <= generation:
                    raise
                generation = newer

    @staticmethod
    def latest_generation(directory: Path) -> int:
        """The newest generation, by the names in the directory alone; -1 where there is none."""
        return latest_generation(directory)

    @property
    def generation(self) -> int:
        """The number of the commit that wrote it."""
        return self.snapshot.generation

    @property
    def count(self) -> int:
        """How many documents it holds."""
        return self.snapshot.count

    @cached_property
    def tables(self) -> Tables:
        """The tables that its terms were made with."""
        return parse_tables(self._tables_bytes)

    @cached_property
    def analyzer(self) -> Analyzer:
        """Text -> terms, as its documents were analysed."""
        from search.persian import Analyzer

        return Analyzer(self.tables)

    @cached_property
    def _searcher(self) -> SnapshotSearcher:
        return SnapshotSearcher(self.snapshot)

    def search(self, question: EngineQuery) -> Answer:
        """Answer a question (KeyError: a filter or facet names no column)."""
        return self._searcher.search(question)

    def lookup(self, key: str) -> int | None:
        """The document of that key, or None."""
        return self.snapshot.lookup(key)

    def fingerprint(self, doc: int) -> int:
        """The fingerprint that the document was added with."""
        return self.snapshot.fingerprint(doc)

    def stored(self, doc: int) -> bytes:
        """What was stored with the document (DamagedIndex where its block was changed)."""
        return self.snapshot.stored(doc)

    def stored_of(self, docs: Iterable[int]) -> Iterator[bytes]:
        """What was stored with each of many documents, without keeping in memory what was read."""
        for number, doc in enumerate(docs, start=1):
            yield self.stored(doc)
            if number % _RELEASED == 0:
                self.release()

    def release(self) -> None:
        """Give back the memory that holds what was read so far."""
        for segment in self.snapshot.segments:
            segment.release()

    @property
    def size(self) -> int:
        """Bytes of the files of this generation, which a newer one may have removed from the disk."""
        return sum(file.size for segment in self.snapshot.segments for file in segment.files.values())

    def docs(self) -> Iterator[int]:
        """The documents, by their numbers, without the deleted ones."""
        for segment in self.snapshot.segments:
            local = range(segment.size) if segment.live is None else np.flatnonzero(segment.live).tolist()
            yield from (segment.base + doc for doc in local)

    def vocabulary(self, field: str) -> tuple[list[str], NDArray[np.uint32]]:
        """The terms of a field in the order of their code points, and in how many documents each is."""
        dictionaries = [segment.dictionary(field) for segment in self.snapshot.segments]
        if len(dictionaries) == 1:
            return [term.decode("utf-8", "surrogatepass") for term in dictionaries[0]], dictionaries[0].df
        counts: Counter[bytes] = Counter()
        for dictionary in dictionaries:
            counts.update(dict(zip(dictionary, dictionary.df.tolist(), strict=True)))
        terms = sorted(counts)  # UTF-8 sorts as the code points do
        frequencies = np.fromiter((counts[term] for term in terms), np.uint32, len(terms))
        return [term.decode("utf-8", "surrogatepass") for term in terms], frequencies

    def close(self) -> None:
        """Let go of the files, as far as no array of theirs is in use."""
        self.snapshot = Snapshot(self.generation, ())
        self.__dict__.pop("_searcher", None)


def make_analyzer(tables: bytes) -> Analyzer:
    """The analyzer of frozen tables (`Tables.to_bytes`)."""
    from search.persian import Analyzer

    return Analyzer(parse_tables(tables))


def parse_tables(tables: bytes) -> Tables:
    """Tables from their frozen form (FormatMismatch: of another version)."""
    from search.persian import Tables
    from search.persian.tables import TablesMismatch

    try:
        return Tables.from_bytes(tables)
    except TablesMismatch as error:
        raise FormatMismatch(
            f"{error}: run `bayegan reindex`",
            persian="نمایه با نسخهٔ دیگری نوشته شده است؛ دستور bayegan reindex را اجرا کنید.",
        ) from error


def read_tables(path: Path) -> bytes:
    """The frozen tables in a file of the index (DamagedIndex)."""
    file = ArrayFile(path, "tables")
    file.verify()
    return bytes(file["tables"])


def write_tables(path: Path, tables: bytes) -> None:
    """Write frozen tables as a file of the index (StorageFailure)."""
    with ArrayFileWriter(path, "tables") as writer:
        writer.add("tables", np.frombuffer(tables, np.uint8))
