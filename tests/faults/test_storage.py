"""A disk that is full, read-only or not ours: one line says so, readers are served, and the next run completes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.archive import Archive
from search.errors import StorageFailure
from search.journal import Journal
from tests.faults import corpus
from tests.faults.stage import held

ROOT = Path(__file__).parents[2]
READING = (["search", "باران"], ["show", "7"], ["status"], ["rejects"], ["verify"])


def may_mount() -> bool:
    """Whether file systems can be mounted here."""
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0


needs_mount = pytest.mark.skipif(not may_mount(), reason="mounting is not allowed here")


def run(*commands: list[object], prefix: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    """(exit code, what was printed) of commands, each in a process of its own."""
    words = [list(map(str, command)) for command in commands]
    runner = [*prefix, sys.executable, "-m", "tests.faults.commands", json.dumps(words)]
    done = subprocess.run(runner, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    return [(code, told) for code, told in json.loads(done.stdout)]


@pytest.mark.parametrize(("how", "sizes"), [("limit", "1 160"), pytest.param("disk", "0 160", marks=needs_mount)])
def test_a_run_that_finds_no_room_loses_nothing(how: str, sizes: str) -> None:
    """At each point where room runs out, in the index or in the journal, the run ends with one line that says so, its
    last commit is whole, a full disk is searched as ever, and with room again the next run completes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.full", how, *sizes.split()],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.stderr == ""
    for line in map(json.loads, done.stdout.splitlines()):
        assert line["failures"] == []
        assert len(line["ends"]) == len(sizes.split())
        for _, code, told in line["ends"]:
            *progress, error = told.splitlines()
            assert (code, error.startswith("bayegan: cannot ")) == (1, True)
            assert all(one.startswith(("indexing: ", "learning: ")) for one in progress)
    assert done.returncode == 0


@pytest.fixture
def fed(tmp_path: Path) -> Archive:
    """An archive that has read some sources."""
    corpus.write(tmp_path / "sources", 1, 20)
    archive = Archive(tmp_path / "archive")
    archive.index([tmp_path / "sources"])
    return archive


@pytest.fixture
def read_only(fed: Archive) -> Iterator[Archive]:
    """An archive on a read-only file system."""
    place = str(fed.directory)
    subprocess.run(["mount", "--bind", place, place], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
    yield fed
    subprocess.run(["umount", place], check=True)


@needs_mount
def test_a_read_only_file_system_is_read(read_only: Archive, tmp_path: Path) -> None:
    """Every command that reads does its work; those that write end with one line, and change nothing."""
    corpus.write(tmp_path / "sources", 2, 20)
    reading = [[*command, "--archive", read_only.directory] for command in READING]
    writing = [
        [*command, "--archive", read_only.directory] for command in (["index", tmp_path / "sources"], ["reindex"])
    ]
    ends = run(*reading, *writing)
    assert [code for code, _ in ends] == [0] * len(reading) + [1] * len(writing)
    assert all(told.startswith("bayegan: cannot ") and told.count("\n") == 1 for _, told in ends[len(reading) :])
    with read_only.journal() as journal:
        assert len(journal.sources()) == 1
        with pytest.raises(StorageFailure, match="check the disk and its permissions"):
            journal.forget()


@needs_mount
def test_a_journal_of_a_killed_run_is_read_on_a_read_only_file_system(fed: Archive, tmp_path: Path) -> None:
    """With what a killed process left beside it, and without a journal at all, there is an answer."""
    kept = tmp_path / "kept"
    with fed.journal() as journal:
        journal.forget()
        shutil.copytree(fed.directory, kept)  # as it lies there while it is open
    place = str(kept)
    subprocess.run(["mount", "--bind", place, place], check=True)
    try:
        for _ in range(2):
            subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
            with Journal(kept / "journal.sqlite") as journal:
                assert len(list(journal.sources())) == int((kept / "journal.sqlite").exists())
            subprocess.run(["mount", "-o", "remount,rw,bind", place], check=True)
            for file in kept.glob("journal.sqlite*"):
                file.unlink()
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """What makes a command obey the permissions of files, also where the tests run as root."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may read and write everything, and there is no setpriv to run as somebody else")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def test_no_permission_for_the_archive(fed: Archive, tmp_path: Path, unprivileged: tuple[str, ...]) -> None:
    """An archive that is not ours to write is searched; a run into it, and one that would make it, end in one line."""
    corpus.write(tmp_path / "sources", 2, 20)
    folders = (fed.directory, fed.index_directory)
    for folder in folders:
        folder.chmod(0o555)
    (fed.directory / "journal.sqlite").chmod(0o444)
    reading = [[*command, "--archive", fed.directory] for command in READING[:3]]
    writing = [["index", tmp_path / "sources", "--archive", place] for place in (fed.directory, fed.directory / "new")]
    ends = run(*reading, *writing, prefix=unprivileged)
    assert [code for code, _ in ends] == [0, 0, 0, 1, 1]
    assert all(told.count("\n") == 1 and "permissions" in told for _, told in ends[3:])
    for folder in folders:
        folder.chmod(0o755)
    [(code, told)] = run(writing[0], prefix=unprivileged)  # the journal alone is not ours
    assert (code, told.count("\n"), "journal.sqlite" in told) == (1, 1, True)
    assert len(held(fed)) == 20
    (fed.directory / "journal.sqlite").chmod(0o644)
    [(code, out)] = run(["index", tmp_path / "sources", "--archive", fed.directory], prefix=unprivileged)
    assert (code, "20 indexed" in out) == (0, True)


def test_no_permission_for_a_source(tmp_path: Path, unprivileged: tuple[str, ...]) -> None:
    """Files and folders that we may not read are rejected by name, the others are read; once allowed, they are, too."""
    sources, place = tmp_path / "sources", tmp_path / "archive"
    corpus.write(sources, 3, 20)
    (sources / "sub").mkdir()
    (sources / "002.jsonl").rename(sources / "sub" / "002.jsonl")
    (sources / "000.jsonl").chmod(0)
    (sources / "sub").chmod(0)
    [(code, out)] = run(["index", sources, "--archive", place], prefix=unprivileged)
    assert (code, "20 indexed, 0 replaced, 0 unchanged, 2 rejected" in out) == (3, True)
    with Archive(place).journal() as journal:
        assert [one.path.name for one in journal.rejections()] == ["000.jsonl", "sub"]
    (sources / "000.jsonl").chmod(0o644)
    (sources / "sub").chmod(0o755)
    [(code, out)] = run(["index", sources, "--archive", place], prefix=unprivileged)
    assert (code, "40 indexed, 0 replaced, 0 unchanged, 0 rejected" in out) == (0, True)
    (tmp_path / "closed").mkdir()
    corpus.write(tmp_path / "closed" / "in", 1, 1)
    (tmp_path / "closed").chmod(0)
    [(code, told)] = run(["index", tmp_path / "closed" / "in", "--archive", place], prefix=unprivileged)
    (tmp_path / "closed").chmod(0o755)
    assert (code, told.count("\n")) == (2, 1)


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    """A file in the place of the archive, or of its index, is told in one line and left as it is."""
    corpus.write(tmp_path / "sources", 1, 1)
    (tmp_path / "file").write_text("مال کسی دیگر", encoding="utf-8")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "index").write_text("", encoding="utf-8")
    commands = (["index", tmp_path / "sources", "--archive", tmp_path / place] for place in ("file", "archive"))
    for code, told in run(*commands):
        assert (code, told.startswith("bayegan: cannot "), told.count("\n")) == (1, True, 1)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "مال کسی دیگر"
