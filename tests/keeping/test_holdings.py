"""Status: what an archive holds and what state it is in, also when it is damaged."""

import json
import shutil
from datetime import date

import pytest

from search.archive import Archive
from search.engine.lock import WriteLock, is_locked
from search.errors import ArchiveNotFound
from search.keeping.deletion import delete
from search.keeping.holdings import holdings
from tests.processes import bayegan

NEWS = [
    {"code": "1", "agency": "برنا", "title": "یک", "body": "متن.", "section": "ورزشی", "date": "1400/04/24"},
    {"code": "2", "agency": "برنا", "title": "دو", "body": "متن.", "section": "سیاسی", "date": "1399/12/30"},
    {"code": "3", "agency": "فارس", "title": "سه", "body": "متن.", "section": "ورزشی", "date": "1400/05/01"},
]


@pytest.fixture
def fed(archive, write_jsonl):
    """An archive with two segments, a deleted article, two rejections of a kind and a source that is gone."""
    first, second = write_jsonl("a.jsonl", NEWS[:2]), write_jsonl("b.jsonl", [*NEWS[2:], {}, {}])
    archive.index([first])
    archive.index([second])
    delete(archive, ["برنا/2"])
    first.unlink()
    return archive


def test_everything_is_counted(fed, tmp_path):
    """Articles by agency, section and year, days, segments, sizes, sources, rejections, deletions, runs."""
    found = holdings(fed)
    assert (found.generation, found.articles, found.current, found.writing) == (3, 2, True, False)
    assert found.agencies == (("برنا", 1), ("فارس", 1))
    assert found.sections == (("ورزشی", 2),)
    assert found.years == (("1400", 2),)
    assert (found.first_day, found.last_day) == (date(2021, 7, 15), date(2021, 7, 23))
    assert sum(segment.documents - segment.deleted for segment in found.segments) == 2
    assert (found.sources, found.vanished, found.vanished_first) == (2, 1, (str(tmp_path / "a.jsonl"),))
    assert (found.rejected, [count for _, count in found.rejections]) == (2, [2])
    assert found.deleted == 1
    assert [run.verb for run in found.runs] == ["delete", "index", "index"]
    assert found.problems == []
    on_disk = sum(path.stat().st_size for path in fed.index_directory.glob("*MAIN_*"))
    assert sum(size for kind, size in found.sizes.items() if kind != "journal") == on_disk
    assert found.sizes["journal"] > 0


def test_a_writer_is_seen_and_not_disturbed(fed):
    """While a process has the index, that is told; asking takes nothing from it and leaves nothing behind."""
    with WriteLock(fed.index_directory):
        assert holdings(fed).writing
    assert not holdings(fed).writing
    (fed.index_directory / "MAIN_WRITELOCK").unlink()
    assert not is_locked(fed.index_directory)
    assert not (fed.index_directory / "MAIN_WRITELOCK").exists()


def test_files_that_nothing_needs_are_told_apart(fed):
    """What a killed writer left is counted as left over."""
    (fed.index_directory / "MAIN_00ff.terms").write_bytes(b"x" * 1000)
    assert holdings(fed).sizes["left over"] == 1000


def test_a_damaged_index_is_told_as_far_as_it_can_be(fed):
    """A missing segment leaves the counts of the table of contents and the journal; the problem is named."""
    missing = next(fed.index_directory.glob("*.postings"))
    missing.unlink()
    found = holdings(fed)
    assert (found.articles, found.generation, found.agencies, len(found.runs)) == (2, 3, (), 3)
    assert len(found.problems) == 1
    assert missing.name in found.problems[0]
    done = bayegan("status", "--archive", str(fed.directory))
    assert done.returncode == 1
    assert "archive: 2 articles, generation 3" in done.stdout
    assert missing.name in done.stdout


def test_a_damaged_journal_and_another_format_are_told(fed):
    """Both are named; what the other parts say is still said."""
    (fed.directory / "journal.sqlite").write_bytes(b"no journal" * 100)
    toc = max(fed.index_directory.glob("*.toc"))
    data = bytearray(toc.read_bytes())
    data[-12] ^= 0x40  # the format version, before the magic
    toc.write_bytes(data)
    found = holdings(fed)
    assert (found.current, found.generation) == (False, 3)
    assert [word in problem for word, problem in zip(("format", "journal"), found.problems, strict=True)] == [True] * 2


def test_nothing_there_and_nothing_indexed_yet(archive):
    """No folder is an error; an archive that was only begun is empty, and well."""
    with pytest.raises(ArchiveNotFound, match="bayegan index"):
        holdings(archive)
    assert bayegan("init", str(archive.directory), "--title", 'بایگانی "ما"').returncode == 0
    found = holdings(Archive(archive.directory))
    assert (found.title, found.articles, found.generation, found.problems) == ('بایگانی "ما"', 0, -1, [])
    done = bayegan("status", "--archive", str(archive.directory))
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0, 'بایگانی "ما": 0 articles, nothing indexed yet'
    )  # fmt: skip


def test_the_command_prints_it_for_people_and_programs(fed, tmp_path):
    """Every part has its line, and JSON its key."""
    out = bayegan("status", "--archive", str(fed.directory)).stdout
    for line in (
        "archive: 2 articles, generation 3, ", "from 1400-04-24 to 1400-05-01", "agencies: برنا (1), فارس (1)",
        "years: 1400 (2)", "sources: 2 files, 1 of them gone", f"  gone: {tmp_path / 'a.jsonl'}",
        "rejected: 2 inputs", "deleted for good: 1 articles", "delete: 1 deleted in ",
    ):  # fmt: skip
        assert line in out
    told = json.loads(bayegan("status", "--archive", str(fed.directory), "--json").stdout)
    assert (told["articles"], told["years"], told["runs"][0]["verb"]) == (2, [["1400", 2]], "delete")
    shutil.rmtree(fed.directory / "index")
    assert bayegan("status", "--archive", str(fed.directory)).returncode == 0
