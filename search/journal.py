"""The journal of an archive: which files were read, what was rejected and why, and every run.

An SQLite file beside the index. The index is the truth about articles; the journal only saves reading a file
again that did not change, and answers the archivist's questions. Losing it loses no article.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from search.errors import DamagedIndex, RejectedInput, StorageFailure

_VERSION = 1
_TABLES = """
create table source (
    path blob primary key, size integer not null, modified integer not null, format text not null,
    articles integer not null
) without rowid;
create table rejection (path blob not null, place text not null, reason text not null, noted text not null);
create index rejection_path on rejection (path);
create table run (
    verb text not null, started text not null, seconds real not null, generation integer not null,
    indexed integer not null, replaced integer not null, unchanged integer not null, rejected integer not null
);
"""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found: its size in bytes and its time of change in ns decide whether it is read again."""

    path: Path
    size: int
    modified: int
    format: str = ""

    @classmethod
    def seen(cls, path: Path, format_: str = "") -> Self:
        """The file as it is now; taken before reading, so that a change while reading is noticed next time.

        A file that cannot be looked at or read has size and time 0, so that it counts as changed once it can.
        """
        try:
            found = path.stat()
        except OSError:
            return cls(path, 0, 0, format_)
        if not os.access(path, os.R_OK):
            return cls(path, 0, 0, format_)
        return cls(path, found.st_size, found.st_mtime_ns, format_)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `index` or `reindex`: when (UTC), how long, and what it did."""

    verb: str
    started: datetime
    seconds: float
    generation: int
    indexed: int
    replaced: int
    unchanged: int
    rejected: int


class Journal:
    """The journal at `path`, created where there is none.

    Raises:
        DamagedIndex: the file is no journal; it can be deleted, the next run then reads every source again.
        StorageFailure: it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._translated():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        with self._translated():
            version = self._connection.execute("pragma user_version").fetchone()[0]
            if version == 0:
                self._connection.executescript(f"begin; {_TABLES} pragma user_version = {_VERSION}; commit;")
        if version not in (0, _VERSION):
            raise DamagedIndex(f"{self._path} is of another version ({version}); delete it and index again")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def is_known(self, file: SourceFile) -> bool:
        """Whether the file was read before, in the same format, and has not changed since."""
        row = self._one("select size, modified, format from source where path = ?", os.fsencode(file.path))
        return row == (file.size, file.modified, file.format)

    def record(self, file: SourceFile, articles: int, rejections: Iterable[RejectedInput]) -> None:
        """Notes that the file was read whole, and what of it was rejected; replaces what was noted before."""
        path, now = os.fsencode(file.path), _now()
        with self._transaction() as connection:
            connection.execute(
                "insert or replace into source values (?, ?, ?, ?, ?)",
                (path, file.size, file.modified, file.format, articles),
            )
            connection.execute("delete from rejection where path = ?", (path,))
            connection.executemany(
                "insert into rejection values (?, ?, ?, ?)",
                ((path, _readable(r.source), _readable(r.reason), now) for r in rejections),
            )

    def forget(self, files: Iterable[SourceFile]) -> None:
        """Makes the files count as never read; what was rejected of them stays noted until they are."""
        with self._transaction() as connection:
            connection.executemany("delete from source where path = ?", ((os.fsencode(f.path),) for f in files))

    def sources(self) -> list[SourceFile]:
        """Every file that was read, by path."""
        rows = self._all("select path, size, modified, format from source order by path")
        return [SourceFile(Path(os.fsdecode(path)), *rest) for path, *rest in rows]

    def rejections(self) -> list[tuple[str, str]]:
        """(file and place, reason) of every input that is rejected as of its last reading."""
        return [(place, reason) for place, reason in self._all("select place, reason from rejection order by rowid")]

    def finish(self, run: Run) -> None:
        """Notes a run that has ended."""
        with self._transaction() as connection:
            connection.execute(
                "insert into run values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.verb, run.started.isoformat(timespec="seconds"), run.seconds, run.generation,
                    run.indexed, run.replaced, run.unchanged, run.rejected,
                ),
            )  # fmt: skip

    def runs(self, last: int = 10) -> list[Run]:
        """The last runs, the newest first."""
        rows = self._all("select * from run order by rowid desc limit ?", last)
        return [Run(verb, datetime.fromisoformat(started), *rest) for verb, started, *rest in rows]

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(statement, *values)
        return rows[0] if rows else None

    def _all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._translated():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The one place where SQLite's errors become ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageFailure(f"cannot use {self._path}: {error}; check the disk and its permissions") from error
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(
                f"{self._path} is damaged ({error}); delete it: no article is lost, sources are read again"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _readable(text: str) -> str:
    """Text that SQLite can hold: bytes of a file name that are no UTF-8 are shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
