"""Carries out tasks one at a time, each in a process of its own, and tells whoever waits how they go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from logging import Logger
from pathlib import Path
from typing import Any

import msgspec

from search.errors import ArchiveError, BayeganError, NotFound, StorageFailure
from webui.admin.audit import AuditLog
from webui.admin.child import Child
from webui.admin.tasks import KEPT, WAITING, Ended, Kind, Task, TaskProgress, TaskStore

MOST_ENQUEUED = 10
INTERRUPTED = "interrupted: the server was stopped while this ran; the archive is as it was, start it again"


class QueueFull(ArchiveError):
    """So many tasks are waiting that no other is taken."""

    http_status = 429


class AlreadyOver(ArchiveError):
    """The task has ended, and cannot be canceled."""

    http_status = 409


class Runner:
    """The tasks of an archive: a queue, and the thread that works it off.

    A task that ran when the server ended is told as failed; those that were waiting go on with the next start.

    Args:
        archive: folder of the archive.
        store: where tasks are remembered.
        audit: told how each task ended.
        ready: called when a generation was written, before its task counts as done.
        logger: told what cannot be written down.

    Attributes:
        closing: whether the server is about to end, so that nobody should go on waiting.
    """

    def __init__(
        self, archive: Path, store: TaskStore, audit: AuditLog, ready: Callable[[], object], logger: Logger
    ) -> None:
        self._archive = archive.resolve()
        self._store = store
        self._audit = audit
        self._ready = ready
        self._logger = logger
        self._changed = threading.Condition()
        self._tasks = {task.number: task for task in store.all()}
        self._child: Child | None = None
        self._unwanted: set[int] = set()  # tasks that are to be canceled
        self.closing = False
        with self._changed:
            for task in self._tasks.values():
                if task.state == "processing":
                    self._end(task, "failed", error=INTERRUPTED)
        self._thread = threading.Thread(target=self._work, name="admin tasks", daemon=True)
        self._thread.start()

    def tasks(self) -> list[Task]:
        """All tasks that are remembered, the newest first."""
        with self._changed:
            return [msgspec.structs.replace(task) for task in sorted(self._tasks.values(), key=_newest_first)]

    def running(self) -> Task | None:
        """The task that is carried out now."""
        return next((task for task in self.tasks() if task.state == "processing"), None)

    def task(self, number: int) -> Task:
        """The task as it stands now (NotFound)."""
        with self._changed:
            return msgspec.structs.replace(self._find(number))

    def enqueue(self, kind: Kind, options: Iterable[str], announce: Callable[[Task], None]) -> Task:
        """Takes a task, to be carried out when those before it are over.

        Args:
            kind, options: what to do.
            announce: called with the task before it is taken; where that fails, it is not.

        Raises:
            QueueFull: too many are waiting. StorageFailure: it cannot be remembered.
        """
        with self._changed:
            if sum(task.state == "enqueued" for task in self._tasks.values()) >= MOST_ENQUEUED:
                raise QueueFull(f"{MOST_ENQUEUED} tasks are waiting; cancel one, or wait until one is over")
            number = max(self._tasks, default=0) + 1
            task = Task(number=number, kind=kind, options=tuple(options), enqueued=_now())
            announce(task)
            self._store.put(task)
            self._tasks[number] = task
            self._tasks.pop(number - KEPT, None)
            self._changed.notify_all()
            return msgspec.structs.replace(task)

    def cancel(self, number: int) -> Task:
        """Cancels a task that waits at once, and asks one that runs to end; what it has committed stays.

        Raises:
            NotFound: there is no such task. AlreadyOver: it has ended.
        """
        with self._changed:
            task = self._find(number)
            if task.state not in WAITING:
                raise AlreadyOver(
                    f"task {number} is over ({task.state}); only a task that waits or runs can be canceled"
                )
            if task.state == "enqueued":
                self._end(task, "canceled")
            else:
                self._unwanted.add(number)
                if self._child is not None:
                    self._child.stop()
            return msgspec.structs.replace(task)

    def wait(self, number: int, revision: int, seconds: float) -> Task:
        """The task once it is not at that revision any more, or after so many seconds, or when the server ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.closing or self._find(number).revision != revision, seconds)
            return msgspec.structs.replace(self._find(number))

    def close(self) -> None:
        """Ends the task that runs, and the thread."""
        with self._changed:
            self.closing = True
            if self._child is not None:
                self._child.stop()
            self._changed.notify_all()
        self._thread.join()
        self._store.close()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._carry_out(task)
            except BayeganError as error:
                with self._changed:
                    self._end(task, "failed", error=str(error))

    def _next(self) -> Task | None:
        """The task that has waited longest, once there is one; None when the server ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.closing or self._first() is not None)
            task = self._first()
            if self.closing or task is None:
                return None
            task.state, task.started = "processing", _now()
            self._note(task)
            return task

    def _first(self) -> Task | None:
        waiting = [task for task in self._tasks.values() if task.state == "enqueued"]
        return min(waiting, key=lambda task: task.number, default=None)

    def _carry_out(self, task: Task) -> None:
        arguments = [task.kind, "--archive", str(self._archive), "--events", *(f"--{name}" for name in task.options)]
        with self._changed:
            child = self._child = Child(arguments)
            if self.closing or task.number in self._unwanted:
                child.stop()
        last: dict[str, Any] = {}
        for last in child.events():
            if last.get("event") == "progress":
                self._advance(task, last)
        if last.get("event") == "done":
            self._ready()
        with self._changed:
            self._child = None
            self._conclude(task, last, child.exit_code)

    def _advance(self, task: Task, event: dict[str, Any]) -> None:
        with self._changed:
            task.progress = msgspec.convert(event, TaskProgress)
            task.revision += 1
            self._changed.notify_all()

    def _conclude(self, task: Task, last: dict[str, Any], exit_code: int) -> None:
        """What became of a task whose command has ended with that event and that exit code."""
        if last.get("event") == "done":
            task.generation = int(last["run"]["generation"])
            counts = msgspec.structs.asdict(task.progress) | {"share": 1.0} | last["run"]
            task.progress = msgspec.convert(counts, TaskProgress)
            self._end(task, "succeeded")
        elif task.number in self._unwanted:
            self._end(task, "canceled")
        elif self.closing:
            self._end(task, "failed", error=INTERRUPTED)
        elif last.get("event") == "failed":
            self._end(task, "failed", error=str(last["message"]))
        else:
            self._end(task, "failed", error=f"the command ended with exit code {exit_code}; see the log of the server")
        self._unwanted.discard(task.number)

    def _end(self, task: Task, state: Ended, error: str = "") -> None:
        task.state, task.finished, task.error = state, _now(), error
        self._note(task)
        try:
            self._audit.note("", task.kind, state, task=task.number, detail=error)
        except StorageFailure as failure:
            self._logger.error("%s", failure)

    def _note(self, task: Task) -> None:
        """Remembers a change and tells it; a disk that is full must not end the thread."""
        task.revision += 1
        try:
            self._store.put(task)
        except StorageFailure as failure:
            self._logger.error("%s", failure)
        self._changed.notify_all()

    def _find(self, number: int) -> Task:
        task = self._tasks.get(number)
        if task is None:
            raise NotFound(f"no task {number}", persian="چنین کاری نیست؛ فهرست کارها را ببینید.")
        return task


def _newest_first(task: Task) -> int:
    return -task.number


def _now() -> datetime:
    return datetime.now(UTC)
