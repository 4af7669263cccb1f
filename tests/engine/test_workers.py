"""Several processes write what one would, and their failures are told."""

from __future__ import annotations

import multiprocessing
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search.engine import workers
from search.engine.document import Document
from search.engine.index import Index
from search.engine.manifest import read_manifest
from search.engine.writer import IndexWriter
from search.errors import ArchiveError, RejectedInput, StorageFailure
from search.persian import Tables
from tests.engine.model import contents

ROOT = Path(__file__).parents[2]


def _document(number: int) -> Document:
    return Document(
        key=f"k{number}",
        title=f"کتاب‌های شماره {number}",
        lead="نخست‌وزیر گفت",
        body="می‌خواهند به خیابان‌ها بروند. " * (number % 5),
        keywords={"section": ("فرهنگ",)},
        stored=f"{number}".encode(),
    )


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes be worth their start for few documents."""
    monkeypatch.setattr(workers, "_ALONE", 20)
    monkeypatch.setattr(workers, "BATCH", 10)


def _write(directory: Path, count: int) -> None:
    with IndexWriter(directory, tables=Tables.shipped, workers=count) as writer:
        for number in range(120):
            writer.add(_document(number % 100))
        writer.delete("k50")
        writer.commit()
        for number in range(90, 130):
            writer.add(_document(number))
        writer.commit()


@pytest.mark.usefixtures("_few")
def test_same_content_as_one_process(tmp_path: Path) -> None:
    """Two processes beside this one leave the same content, with replacements and deletions across them."""
    _write(tmp_path / "one", 1)
    _write(tmp_path / "two", 2)
    one, two = Index.open(tmp_path / "one"), Index.open(tmp_path / "two")
    assert one.count == 129
    assert contents(two.snapshot) == contents(one.snapshot)
    assert len(two.snapshot.segments) > len(one.snapshot.segments)
    with IndexWriter(tmp_path / "two", workers=2) as writer:
        writer.optimize()
    assert contents(Index.open(tmp_path / "two").snapshot) == contents(one.snapshot)


def test_started_before_the_tables_are_made(tmp_path: Path) -> None:
    """Where plenty is to come, the processes are there when the tables are asked for; if these fail, they end."""

    def fail() -> Tables:
        assert len(multiprocessing.active_children()) == 2
        raise RejectedInput("somewhere", "no tables")

    with pytest.raises(RejectedInput):
        IndexWriter(tmp_path, tables=fail, workers=2, plenty=True)
    assert multiprocessing.active_children() == []
    with IndexWriter(tmp_path, tables=Tables.shipped, workers=2, plenty=True) as writer:
        for number in range(30):
            writer.add(_document(number))
        writer.commit()
    assert Index.open(tmp_path).count == 30


@pytest.mark.usefixtures("_few")
def test_merges_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of segments that are merged in different processes end up where they belong."""
    monkeypatch.setattr("search.engine.policy.MERGE_FACTOR", 2)
    _write(tmp_path / "two", 2)
    index = Index.open(tmp_path / "two")
    assert index.count == 129
    assert [index.stored(doc) for doc in index.docs()].count(b"125") == 1
    assert index.lookup("k50") is None


@pytest.mark.usefixtures("_few")
def test_a_dead_worker_is_told(tmp_path: Path) -> None:
    """When a process is killed (as the system does where memory runs out), the writer says so; nothing is lost."""
    with IndexWriter(tmp_path, tables=Tables.shipped, workers=2) as writer:
        writer.add(_document(1))
        writer.commit()
        for number in range(60):
            writer.add(_document(number))
        os.kill(writer._crew._processes[0]._process.pid or 0, signal.SIGKILL)
        with pytest.raises(ArchiveError, match=r"ended unexpectedly \(exit code -9\)"):
            writer.commit()
    assert Index.open(tmp_path).count == 1
    assert {path.name.split(".")[0] for path in tmp_path.glob("MAIN_*.terms")} == {
        entry.name for entry in read_manifest(tmp_path).segments
    }


@pytest.mark.usefixtures("_few")
def test_a_worker_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies before it takes its tables, of more than a pipe holds, is told; nobody waits for it."""
    assert len(Tables.shipped().to_bytes()) > 1 << 16
    monkeypatch.setattr("multiprocessing.spawn._python_exe", b"/bin/false")
    with pytest.raises(ArchiveError, match=r"ended unexpectedly \(exit code 1\)"):
        _write(tmp_path, 2)


@pytest.mark.usefixtures("_few")
def test_failures_of_a_worker_come_back(tmp_path: Path) -> None:
    """What the disk refuses to a worker is raised here, as StorageFailure."""
    directory = tmp_path / "index"
    writer = IndexWriter(directory, tables=Tables.shipped, workers=2)
    for number in range(20):
        writer.add(_document(number))
    shutil.rmtree(directory)  # the other processes are yet to make their files

    def go_on() -> None:
        for number in range(20, 60):
            writer.add(_document(number))
        writer._crew.finish()

    with pytest.raises(StorageFailure, match="cannot write"):
        go_on()
    directory.mkdir()
    writer.close()


def test_workers_end_with_their_master(tmp_path: Path) -> None:
    """When the first process is killed, the others end by themselves."""
    script = f"""
import sys
from pathlib import Path
from search.engine import workers
from search.engine.writer import IndexWriter
from search.persian import Tables
from tests.engine.test_workers import _document
workers._ALONE, workers.BATCH = 10, 10
if __name__ == "__main__":
    writer = IndexWriter(Path({str(tmp_path)!r}), tables=Tables.shipped, workers=2)
    for number in range(60):
        writer.add(_document(number))
    print(*(process._process.pid for process in writer._crew._processes), flush=True)
    sys.stdin.read()
"""
    (tmp_path / "script.py").write_text(script)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, tmp_path / "script.py"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        handles = [os.pidfd_open(int(pid)) for pid in process.stdout.readline().split()]
        assert len(handles) == 2
        process.kill()
        for handle in handles:
            assert select.select([handle], [], [], 30)[0], "the worker is still there"
            os.close(handle)
