"""The commands that feed an archive, as processes see them: events, rejections, and what is asked for wrongly."""

import json

import pytest

from tests.processes import bayegan

NEWS = [
    {"code": "1", "agency": "برنا", "title": "نمایشگاه کتاب‌هاي تهران", "body": "کتاب بود.", "date": "1400/04/24"},
    {"code": "2", "agency": "برنا", "title": "بارش باران در شمال", "body": "باران بارید.", "date": "1399/12/30"},
]


@pytest.fixture
def place(tmp_path):
    """Where the archive of a test lives."""
    return tmp_path / "archive"


def events(*arguments):
    """(exit code, the events on standard output, standard error) of a command."""
    done = bayegan(*map(str, arguments), "--events")
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_events_tell_a_program_how_a_run_goes_on(place, tmp_path, write_jsonl):
    """Progress comes first and says its share; the last line is the run, and nothing else is printed."""
    source = write_jsonl("news.jsonl", NEWS)
    (tmp_path / "empty.txt").touch()
    for arguments, exit_code in ((["index", source, tmp_path / "empty.txt"], 3), (["reindex"], 3)):
        code, lines, told = events(*arguments, "--archive", place)
        *progress, last = lines
        assert (code, told, last["event"]) == (exit_code, "", "done")
        assert (last["run"]["verb"], last["run"]["indexed"], last["run"]["rejected"]) == (arguments[0], 2, 1)
        assert {line["event"] for line in progress} == {"progress"}
        assert all(0 <= line["share"] <= 1 for line in progress)
        assert {"phase", "files", "bytes", "bytes_done", "read", "indexed", "rejected"} <= progress[0].keys()


@pytest.mark.parametrize(("arguments", "exit_code"), [(["index", "absent"], 2), (["reindex"], 1)])
def test_events_tell_a_program_why_a_run_failed(place, arguments, exit_code):
    """The last line is the error with the exit code of the process; people are told on standard error as ever."""
    code, lines, told = events(*arguments, "--archive", place)
    assert (code, [line["event"] for line in lines]) == (exit_code, ["failed"])
    assert lines[0]["exit_code"] == exit_code
    assert told == f"bayegan: {lines[0]['message']}\n"
