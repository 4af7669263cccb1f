"""Tasks: work on the archive that goes on after the request that asked for it, and where each stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from search.envelope import Count, Record
from search.errors import DamagedIndex, StorageFailure

Kind = Literal["reindex"]
Ended = Literal["succeeded", "failed", "canceled"]
State = Literal["enqueued", "processing"] | Ended
WAITING: frozenset[State] = frozenset({"enqueued", "processing"})
KEPT = 100  # tasks that are remembered


class TaskProgress(Record):
    """How far a run has come; the counts are of articles, but for `files` (read by this run)."""

    phase: str = ""
    share: Annotated[float, Meta(ge=0, le=1, description="Of the sources, by size.")] = 0.0
    files: Count = 0
    read: Count = 0
    indexed: Count = 0
    replaced: Count = 0
    unchanged: Count = 0
    rejected: Count = 0


class Task(msgspec.Struct):
    """A task; times in UTC.

    Attributes:
        options: of the command, without dashes.
        revision: grows with each change.
        generation: that it wrote, once it has succeeded; -1 before.
        error: why it failed; "" otherwise.
    """

    number: int
    kind: Kind
    enqueued: datetime
    options: tuple[str, ...] = ()
    state: State = "enqueued"
    progress: TaskProgress = msgspec.field(default_factory=TaskProgress)
    started: datetime | None = None
    finished: datetime | None = None
    revision: int = 0
    generation: int = -1
    error: str = ""


class TaskStore:
    """The tasks in an SQLite file, so that a restart of the server does not forget them.

    Raises:
        StorageFailure: from every method, when it cannot be read or written.
        DamagedIndex: the file is no database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._translated():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("create table if not exists task (number integer primary key, record text)")

    def all(self) -> list[Task]:
        """Every task that is remembered, by number."""
        with self._translated():
            rows = self._connection.execute("select record from task order by number").fetchall()
            return [msgspec.json.decode(record, type=Task) for (record,) in rows]

    def put(self, task: Task) -> None:
        """Writes a task, anew or for the first time; the oldest are forgotten."""
        record = msgspec.json.encode(task).decode()
        with self._translated():
            self._connection.execute("insert or replace into task values (?, ?)", (task.number, record))
            self._connection.execute("delete from task where number <= ?", (task.number - KEPT,))

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageFailure(f"cannot use {self._path}: {error}; check the disk and its permissions") from error
        except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
            raise DamagedIndex(
                f"{self._path} is damaged ({error}); delete it: only the list of tasks is lost"
            ) from error
