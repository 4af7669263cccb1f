"""The SQLite file of a journal: opened, made or brought to the present version, and its errors made ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from search.errors import DamagedIndex, StorageFailure

_VERSION: Final = 2
# `known`: read whole, and not changed meanwhile. `digest`: SHA-256 of the content; null where version 1 wrote the row.
# `identity` and `fingerprint` are those of the index (unsigned there, signed here); `source` is null where unknown.
_TABLES = """
create table source (
    id integer primary key, path blob not null unique, size integer not null, modified integer not null,
    changed integer not null, format text not null, digest blob, articles integer not null, known integer not null
);
create table article (
    identity integer primary key, fingerprint integer not null, source integer references source
);
create table rejection (source integer not null references source, place text not null, reason text not null,
    noted text not null);
create index rejection_source on rejection (source);
create table deletion (identity integer primary key, key text not null, noted text not null);
create table described (generation integer not null);
create table run (
    verb text not null, started text not null, seconds real not null, generation integer not null,
    indexed integer not null, replaced integer not null, unchanged integer not null, rejected integer not null,
    skipped integer not null, changed integer not null, deleted integer not null
);
"""
_SET_ASIDE_1 = """
alter table source rename to source_1;
alter table rejection rename to rejection_1;
alter table run rename to run_1;
drop index rejection_path;
"""
_TAKE_FROM_1 = """
insert into source (path, size, modified, changed, format, articles, known)
    select path, size, modified, 0, format, articles, 1 from source_1;
insert or ignore into source (path, size, modified, changed, format, articles, known)
    select path, 0, 0, 0, '', 0, 0 from rejection_1;
insert into rejection select source.id, place, reason, noted
    from rejection_1 join source using (path) order by rejection_1.rowid;
insert into run select *, 0, 0, 0 from run_1 order by rowid;
drop table source_1; drop table rejection_1; drop table run_1;
"""
_MIGRATIONS = {0: _TABLES, 1: _SET_ASIDE_1 + _TABLES + _TAKE_FROM_1}
_CACHE_KB = 65_536  # so that articles go to their places in memory, and a commit does not spill
_BUSY_SECONDS = 30.0


class JournalFile:
    """A connection to the journal at `path`; made where there is none.

    Where it cannot be written (another's, a read-only file system, a full disk), it is read as it is, and only
    writing raises.

    Raises:
        DamagedIndex: the file is no journal, or of a later version.
        StorageFailure: from every method, what the operating system refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._refused = ""
        with self._translated():
            try:
                self._connection = self._opened(self._writing(), "pragma journal_mode = wal")
            except sqlite3.OperationalError as error:
                if not path.parent.is_dir():
                    raise
                self._refused = str(error)
                self._connection = self._opened(self._reading(), "pragma query_only = on")

    def close(self) -> None:
        """Let go of the file."""
        with self._translated():
            self._connection.close()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that a statement gives."""
        with self._translated():
            return self._connection.execute(statement, values).fetchall()

    def stream(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows that a statement gives, one by one."""
        with self._translated():
            yield from self._connection.execute(statement, values)

    def copy_to(self, path: Path) -> None:
        """Write all of it as it is at one moment to a new file (StorageFailure)."""
        with self._translated():
            self._connection.execute("vacuum into ?", (str(path),))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside is done, or nothing of it."""
        if self._refused:
            raise StorageFailure(f"cannot write {self.path}: {self._refused}; check the disk and its permissions")
        with self._translated(), _all_or_nothing(self._connection):
            yield self._connection

    def _writing(self) -> sqlite3.Connection:
        """The file, for reading and writing."""
        if self.path.exists() and not os.access(self.path, os.W_OK):
            # SQLite would open it, and leave files beside it that are as little to be written as it is itself.
            raise sqlite3.OperationalError("it is read-only")
        return _open(str(self.path))

    def _reading(self) -> sqlite3.Connection:
        """The journal as it is; where it is missing or of an older version, what it would be, in memory."""
        if not self.path.exists():
            return _open(":memory:")
        journal = self._reading_file()
        if _version(journal) == _VERSION:
            return journal
        memory = _open(":memory:")
        with closing(journal):
            journal.backup(memory)
        return memory

    def _reading_file(self) -> sqlite3.Connection:
        """The file itself, for reading only."""
        place = f"{self.path.resolve().as_uri()}?mode=ro"
        if self.path.with_name(f"{self.path.name}-wal").exists():
            journal = _open(place)
            try:
                _version(journal)
            except sqlite3.OperationalError:
                journal.close()
            else:
                return journal
        # Where SQLite cannot make the files that go with reading, it reads what is said never to change.
        return _open(f"{place}&immutable=1")

    def _opened(self, connection: sqlite3.Connection, mode: str) -> sqlite3.Connection:
        """The connection, of the present version; closed where that fails."""
        try:
            if (version := _version(connection)) != _VERSION:
                self._migrate(connection, version)
            connection.execute(f"pragma cache_size = -{_CACHE_KB}")
            connection.execute("pragma synchronous = normal")
            connection.execute(mode)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection, version: int) -> None:
        if version not in _MIGRATIONS:
            raise DamagedIndex(
                f"{self.path} was written by another version ({version}); upgrade Bayegan, or delete it: "
                "no article is lost, sources are read again"
            )
        with _all_or_nothing(connection):
            if _version(connection) == version:  # nobody else was faster
                for statement in _MIGRATIONS[version].split(";"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version = {_VERSION}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The one place where SQLite's errors become ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageFailure(f"cannot use {self.path}: {error}; check the disk and its permissions") from error
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(
                f"{self.path} is damaged ({error}); delete it: no article is lost, sources are read again"
            ) from error


@contextmanager
def _all_or_nothing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # SQLite itself may have rolled back, as on a full disk
            connection.execute("rollback")
        raise


def _open(database: str) -> sqlite3.Connection:
    return sqlite3.connect(
        database, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=database.startswith("file:")
    )


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("pragma user_version").fetchone()[0]
    return version
