"""Sources that vanish, change or lie about their time while a real process reads them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.archive import Archive
from tests.faults import corpus
from tests.faults.stage import held
from tests.processes import BAYEGAN, bayegan

ARTICLES = 200


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of so many commits that what happens after the first article happens in the middle."""
    for name, value in {"COMMIT_ARTICLES": 1, "LEARN_FROM": 1, "WORKERS": 1}.items():
        monkeypatch.setenv(f"BAYEGAN_{name}", str(value))


@contextmanager
def indexing(sources: Path, place: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that indexes, and has read its first articles."""
    command = [str(BAYEGAN), "index", str(sources), "--archive", str(place), "--events"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("indexed", 0) > 1:
                break
        try:
            yield process
        finally:
            process.kill()


def end(process: subprocess.Popen[str]) -> tuple[int, dict[str, object], str]:
    """(exit code, last event, standard error)."""
    out, told = process.communicate(timeout=120)
    return process.returncode, json.loads(out.splitlines()[-1]), told


@pytest.mark.usefixtures("slow")
def test_a_folder_that_vanishes_half_way(tmp_path: Path) -> None:
    """The run ends with one line that names the folder, keeps what it has read, and rejects nothing; when the folder
    is back, the next run completes."""
    sources, place = tmp_path / "sources", tmp_path / "archive"
    corpus.write(sources, ARTICLES, 1)
    with indexing(sources, place) as process:
        sources.rename(tmp_path / "elsewhere")
        code, event, told = end(process)
    message = f"{sources} vanished while it was read; what was committed is kept, run the command again when it is back"
    assert (code, event, told) == (
        1, {"event": "failed", "message": message, "exit_code": 1}, f"bayegan: {message}\n",
    )  # fmt: skip
    archive = Archive(place)
    assert 0 < len(held(archive)) < ARTICLES
    assert archive.verify().problems == []
    with archive.journal() as journal:
        assert (journal.count_rejections(), journal.runs()[0].indexed) == (0, len(held(archive)))
    (tmp_path / "elsewhere").rename(sources)
    assert bayegan("index", str(sources), "--archive", str(place)).returncode == 0
    assert len(held(archive)) == ARTICLES


@pytest.mark.usefixtures("slow")
def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    """That it changed is told at the end, and the next run reads it again and finds what is new."""
    source, place = tmp_path / "000.jsonl", tmp_path / "archive"
    corpus.write(tmp_path, 1, ARTICLES)
    grown = source.read_bytes()
    corpus.write(tmp_path, 1, ARTICLES - 1)
    with indexing(source, place) as process:
        source.write_bytes(grown)
        code, event, _ = end(process)
    run = event["run"]
    assert isinstance(run, dict)
    assert (code, run["changed"]) == (0, 1)
    done = bayegan("index", str(source), "--archive", str(place), "--json")
    assert (json.loads(done.stdout)["changed"], json.loads(done.stdout)["skipped"]) == (0, 0)
    assert len(held(Archive(place))) == ARTICLES
    done = bayegan("index", str(source), "--archive", str(place), "--json")
    assert json.loads(done.stdout)["skipped"] == 1


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """A file with an older time, or the same time and size, is read if its content is another, and only then."""
    source, place = tmp_path / "000.jsonl", tmp_path / "archive"
    corpus.write(tmp_path, 1, 30)
    day = 24 * 3600 * 10**9
    noon = source.stat().st_mtime_ns

    def index(moment: int) -> tuple[int, int]:
        os.utime(source, ns=(moment, moment))
        run = json.loads(bayegan("index", str(source), "--archive", str(place), "--json").stdout)
        return run["indexed"] + run["replaced"], run["skipped"]

    assert index(noon) == (30, 0)
    assert index(noon - day) == (0, 1)
    text = source.read_text(encoding="utf-8")
    changed = text.replace(" دریا ", " مریخ ")
    assert len(changed.encode()) == len(text.encode())
    source.write_text(changed, encoding="utf-8")
    replaced, skipped = index(noon - day)
    assert (replaced > 0, skipped) == (True, 0)
    source.write_text(text, encoding="utf-8")
    assert index(noon - 2 * day) == (replaced, 0)


def test_interrupted_a_run_ends_at_its_last_commit(tmp_path: Path, slow: None) -> None:
    """Ctrl+C ends a run with one line and 130; what was committed is there, and the next run goes on from it."""
    sources, place = tmp_path / "sources", tmp_path / "archive"
    corpus.write(sources, 10, 20)
    with indexing(sources, place) as process:
        process.send_signal(signal.SIGINT)
        code, event, told = end(process)
    assert (code, event["event"], event["exit_code"]) == (130, "failed", 130)
    assert told.strip() == "bayegan: stopped; the last complete generation is untouched"
    archive = Archive(place)
    before = held(archive)
    assert 0 < len(before) < 200
    run = archive.index([sources])
    assert (run.indexed, run.indexed + run.unchanged) == (200 - len(before), 200 - 20 * run.skipped)
