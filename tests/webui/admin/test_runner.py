"""Tasks in real processes: done, failed, canceled, enqueued, and what a restart makes of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.archive import Archive
from search.errors import DamagedIndex, NotFound, StorageFailure
from webui.admin.audit import AuditLog
from webui.admin.runner import MOST_ENQUEUED, AlreadyOver, QueueFull, Runner
from webui.admin.tasks import KEPT, WAITING, Task, TaskStore

SECONDS = 120.0
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Start = Callable[[], Runner]


@pytest.fixture
def start(directory: Path) -> Iterator[Start]:
    """Starts a runner for the archive of the test, as each start of a server does."""
    (directory / "admin").mkdir()
    runners: list[Runner] = []

    def runner() -> Runner:
        store, audit = TaskStore(directory / "admin" / "tasks.sqlite"), AuditLog(directory / "admin" / "audit.log")
        runners.append(Runner(directory, store, audit, _nothing, logging.getLogger("test")))
        return runners[-1]

    yield runner
    for one in runners:
        one.close()


def _nothing() -> None:
    """Has no searcher to make ready."""


def over(runner: Runner, task: Task) -> Task:
    """The task once it is over."""
    while task.state in WAITING:
        task = runner.wait(task.number, task.revision, SECONDS)
    return task


def begun(runner: Runner, task: Task) -> Task:
    """The task once it is carried out."""
    while task.state == "enqueued":
        task = runner.wait(task.number, task.revision, SECONDS)
    return task


def announce(_: Task) -> None:
    """Tells nobody."""


def test_a_task_is_done(start: Start, directory: Path) -> None:
    """A rebuilding writes a generation; its counts, times and end are told, in the log, too."""
    runner = start()
    told: list[int] = []
    task = over(runner, runner.enqueue("reindex", ["from-store"], lambda task: told.append(task.number)))
    assert (told, task.state, task.generation, task.error) == ([1], "succeeded", 2, "")
    assert (task.progress.share, task.progress.indexed) == (1.0, 20)
    assert task.started is not None
    assert task.finished is not None
    assert task.enqueued <= task.started <= task.finished
    assert Archive(directory).latest_generation() == 2
    last = AuditLog(directory / "admin" / "audit.log").last(1)[0]
    assert (last.address, last.action, last.outcome, last.task) == ("", "reindex", "succeeded", 1)


def test_tasks_wait_for_each_other(start: Start, directory: Path) -> None:
    """One runs at a time, so that none finds the archive locked; one that waits can be canceled, and one that runs."""
    runner = start()
    first, second, third = (runner.enqueue("reindex", ["from-store"], announce) for _ in range(3))
    assert begun(runner, first).state == "processing"
    assert [task.state for task in runner.tasks()] == ["enqueued", "enqueued", "processing"]
    assert runner.cancel(second.number).state == "canceled"
    runner.cancel(first.number)
    assert over(runner, first).state == "canceled"
    assert over(runner, third).state == "succeeded"
    assert over(runner, second).started is None
    with pytest.raises(AlreadyOver, match=r"task 1 is over \(canceled\)"):
        runner.cancel(1)
    with pytest.raises(NotFound):
        runner.cancel(4)


def test_a_task_that_fails_says_why(start: Start, directory: Path) -> None:
    """The message of the command is the error of the task, or its exit code where it says nothing; the next runs."""
    (directory / "archive.toml").write_text('titel = "x"')
    runner = start()
    told, silent = runner.enqueue("reindex", [], announce), runner.enqueue("reindex", ["nonsense"], announce)
    told, silent = over(runner, told), over(runner, silent)
    assert (told.state, silent.state) == ("failed", "failed")
    assert "titel" in told.error
    assert silent.error == "the command ended with exit code 2; see the log of the server"


def test_the_queue_is_bounded(start: Start) -> None:
    """So many wait, and no more; what cannot be announced is not taken."""
    runner = start()
    begun(runner, runner.enqueue("reindex", [], announce))

    def refuse(_: Task) -> None:
        raise StorageFailure("disk full")

    with pytest.raises(StorageFailure):
        runner.enqueue("reindex", [], refuse)
    for _ in range(MOST_ENQUEUED):
        runner.enqueue("reindex", [], announce)
    with pytest.raises(QueueFull, match="10 tasks are waiting"):
        runner.enqueue("reindex", [], announce)
    assert len(runner.tasks()) == MOST_ENQUEUED + 1


def test_a_server_that_is_stopped_ends_its_task(start: Start, directory: Path) -> None:
    """The command ends with the server and is told as interrupted; what waited goes on with the next start."""
    runner = start()
    first, second = (runner.enqueue("reindex", ["from-store"], announce) for _ in range(2))
    begun(runner, first)
    runner.close()
    again = start()
    ended = again.task(first.number)
    assert (ended.state, ended.error.split(":")[0]) == ("failed", "interrupted")
    assert over(again, again.task(second.number)).state == "succeeded"
    assert Archive(directory).latest_generation() == 2


def test_a_task_of_a_server_that_was_killed(start: Start, directory: Path) -> None:
    """What was being carried out when the server died counts as failed, and is noted in the log."""
    with closing(TaskStore(directory / "admin" / "tasks.sqlite")) as store:
        store.put(Task(number=7, kind="reindex", enqueued=NOW, state="processing", started=NOW))
    task = start().task(7)
    assert task.state == "failed"
    assert "interrupted" in task.error
    assert task.finished is not None
    assert "interrupted" in AuditLog(directory / "admin" / "audit.log").last(1)[0].detail


def test_old_tasks_are_forgotten(tmp_path: Path) -> None:
    """The list is bounded; the others are given back as they were."""
    tasks = [
        Task(number=number, kind="reindex", enqueued=NOW, options=("from-store",)) for number in range(1, KEPT + 9)
    ]
    with closing(TaskStore(tmp_path / "tasks.sqlite")) as store:
        for task in tasks:
            store.put(task)
        assert store.all() == tasks[8:]


def test_a_store_that_cannot_be_used(tmp_path: Path) -> None:
    """A damaged file and a missing folder are errors that name it."""
    (tmp_path / "tasks.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedIndex, match=r"tasks\.sqlite is damaged"):
        TaskStore(tmp_path / "tasks.sqlite")
    with pytest.raises(StorageFailure, match=r"cannot use .*tasks\.sqlite"):
        TaskStore(tmp_path / "absent" / "tasks.sqlite")
