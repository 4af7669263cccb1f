"""The commands that feed an archive, as processes see them: events, rejections, and what is asked for wrongly."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from search.archive import Archive
from search.commands.options import FORMATS as OFFERED
from search.errors import UsageError
from search.sources import FORMATS
from tests.processes import bayegan

NEWS = [
    {"code": "1", "agency": "برنا", "title": "نمایشگاه کتاب‌هاي تهران", "body": "کتاب بود.", "date": "1400/04/24"},
    {"code": "2", "agency": "برنا", "title": "بارش باران در شمال", "body": "باران بارید.", "date": "1399/12/30"},
]
PAGE = Path(__file__).parents[1] / "fixtures" / "text" / "brief_code_last.txt"


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


def test_the_formats_offered_are_those_that_are_read(archive, write_jsonl):
    """The option knows exactly the formats of the readers; another one is refused before anything is made."""
    assert set(OFFERED) == set(FORMATS)
    with pytest.raises(UsageError, match="no format 'docx'"):
        archive.index([write_jsonl("news.jsonl", NEWS)], format="docx")
    assert not archive.directory.exists()


@pytest.fixture
def rejecting(archive, tmp_path):
    """An archive that rejected one line of a file, and two files in a folder."""
    (tmp_path / "news").mkdir()
    lines = [json.dumps(NEWS[0], ensure_ascii=False), "{", json.dumps(NEWS[1], ensure_ascii=False)]
    (tmp_path / "news" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "b.txt").touch()
    (tmp_path / "pages" / "c,d.txt").touch()
    archive.index([tmp_path / "news", tmp_path / "pages"])
    return archive


def test_rejections_are_listed_chosen_and_exported(rejecting, tmp_path):
    """In every form the same rejections, chosen by a part of the reason, by folder, and by number."""

    def rejects(*options):
        done = bayegan("rejects", "--archive", str(rejecting.directory), *map(str, options))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    pages = tmp_path / "pages"
    listed = [f"{pages / 'b.txt'}: empty", f"{pages / 'c,d.txt'}: empty"]
    assert rejects("--reason", "EMPTY").splitlines() == listed
    assert rejects("--under", pages).splitlines() == listed
    assert rejects("--under", pages, "--limit", "1").splitlines() == listed[:1]
    assert rejects("--under", tmp_path / "page") == ""
    records = json.loads(rejects("--json"))
    assert [record["source"] for record in records] == [
        f"{tmp_path / 'news' / 'a.jsonl'}:2",
        *map(str, pages.iterdir()),
    ]
    assert list(map(json.loads, rejects("--jsonl").splitlines())) == records
    assert list(csv.DictReader(rejects("--csv").splitlines())) == records
    assert json.loads(rejects("--json", "--reason", "no such reason")) == []


def test_rejected_files_are_tried_again(rejecting, tmp_path):
    """What was mended is taken, what was not stays rejected, and both are told; other files are not read."""
    shutil.copy(PAGE, tmp_path / "pages" / "b.txt")
    again = ("rejects", "--retry", "--archive", str(rejecting.directory))
    done = bayegan(*again, "--under", str(tmp_path / "pages"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert (told["run"]["indexed"], told["run"]["unchanged"]) == (1, 0)
    assert [one["source"] for one in told["taken"]] == [str(tmp_path / "pages" / "b.txt")]
    assert [one["source"] for one in told["rejected"]] == [str(tmp_path / "pages" / "c,d.txt")]
    (tmp_path / "pages" / "c,d.txt").unlink()
    (tmp_path / "news" / "a.jsonl").write_text(json.dumps(NEWS[0], ensure_ascii=False), encoding="utf-8")
    done = bayegan(*again)
    assert done.returncode == 3
    assert done.stdout.startswith("1 rejected before, and no more; 1 rejected: 0 articles indexed, 0 replaced, 1 unch")
    assert Archive(rejecting.directory).searcher().status().articles == 3
    with rejecting.journal() as journal:
        journal.forget()
    assert bayegan(*again, "--reason", "nothing like it").stdout == "nothing is rejected\n"


def test_options_that_do_not_go_together_are_refused(place):
    """One line says which, and nothing is made."""
    for arguments in (["index", "--watch", "--force", "."], ["index", "--poll", "."], ["rejects", "--retry", "--csv"]):
        done = bayegan(*arguments, "--archive", str(place))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert not place.exists()
