"""Watching folders: what arrives is read once it is quiet, and a stop ends cleanly."""

import json
import shutil
import signal
from threading import Event

import pytest

from search.archive import Archive
from search.engine.lock import WriteLock
from search.errors import PathNotFound
from search.feeding import watching
from search.feeding.watching import Watch
from search.request import SearchRequest
from tests.processes import watching as process_watching


def news(code):
    """One article as a line of JSONL."""
    record = {"code": code, "agency": "برنا", "title": f"خبر {code}", "body": "متن خبر"}
    return json.dumps(record, ensure_ascii=False) + "\n"


@pytest.fixture
def folder(tmp_path):
    """A folder to watch, with one article."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "1.jsonl").write_text(news("1"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("how", [[], ["--poll"]])
def test_what_arrives_is_read_until_a_signal_ends_the_watch(folder, tmp_path, monkeypatch, how):
    """A first run, one run for a folder moved in and one for a changed file, nothing for hidden files; SIGTERM ends
    with exit code 0, and everything is there."""
    monkeypatch.setenv("BAYEGAN_QUIET_SECONDS", "0")
    place = tmp_path / "archive"
    with process_watching("index", "--watch", *how, "--json", str(folder), "--archive", str(place)) as process:

        def next_run():
            run = json.loads(process.stdout.readline())
            return run["indexed"], run["replaced"]

        assert next_run() == (1, 0)
        (folder / ".hidden").write_text("متن", encoding="utf-8")
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "2.jsonl").write_text(news("2"), encoding="utf-8")
        shutil.move(tmp_path / "more", folder / "more")
        assert next_run() == (1, 0)
        (folder / "1.jsonl").write_text(news("1").replace("متن", "متن دیگر"), encoding="utf-8")
        assert next_run() == (0, 1)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0
    archive = Archive(place)
    assert archive.searcher().search(SearchRequest()).total == 2
    assert archive.verify().problems == []


def watch(archive, folder, **told):
    """A watch that is not begun."""
    return Watch(archive, [folder], "", False, Event(), **{"ran": lambda run: None, "waits": lambda why: None} | told)


def test_a_file_is_left_alone_while_it_is_written(archive, folder, monkeypatch):
    """Only what has had the same size and time for so long is read; each change begins the time anew."""
    clock = [100.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: clock[0])
    following = watch(archive, folder)
    file = folder / "1.jsonl"
    following._note([file])
    clock[0] += 1.9
    assert list(following._quiet()) == []
    with file.open("a", encoding="utf-8") as lines:
        lines.write(news("2"))
    clock[0] += 1.9
    assert list(following._quiet()) == []
    clock[0] += 1.9
    assert list(following._quiet()) == []
    clock[0] += 0.2
    assert list(following._quiet()) == [file]
    file.unlink()
    assert list(following._quiet()) == []
    assert not following._waiting


def test_only_what_a_walk_would_find_is_wanted(tmp_path):
    """Hidden files, archive.toml and the files of an archive inside its own sources start no run."""
    archive = Archive(tmp_path)
    following = watch(archive, tmp_path)
    for name in (".a", ".b/c", "archive.toml", "index/MAIN_1.terms", "journal.sqlite-wal"):
        assert not following._is_wanted(tmp_path / name, [tmp_path])
    assert following._is_wanted(tmp_path / "a" / "b.txt", [tmp_path])
    assert not following._is_wanted(tmp_path.parent / "b.txt", [tmp_path])


def test_another_writer_is_waited_for(archive, folder):
    """While another process writes, the files stay to be read, and the reason is told."""
    told = []
    following = watch(archive, folder, waits=told.append)
    archive.index_directory.mkdir(parents=True)
    with WriteLock(archive.index_directory):
        assert not following._index([folder])
    assert [why.split(";")[0] for why in told] == [f"another process is writing to {archive.index_directory}"]
    assert following._index([folder])
    assert following._index([folder.parent / "news"])
    (folder / "1.jsonl").unlink()
    assert following._index([folder])  # no file is left to read, and that is no reason to wait
    assert not following._index([folder / "1.jsonl"])


def test_a_folder_that_is_not_there_cannot_be_watched(archive, tmp_path):
    """A wrong path is an error at once; one that vanishes later is waited for."""
    with pytest.raises(PathNotFound, match="absent"):
        watch(archive, tmp_path / "absent").run()
