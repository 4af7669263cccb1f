"""Verify: all is well, or what is damaged is named: in the index, between index and journal, among the sources."""

import json
import os
import sqlite3

import pytest

from search import stored
from search.archive import Archive
from search.article import Article
from search.engine.inverter import identity
from search.engine.writer import IndexWriter
from search.errors import ArchiveNotFound, FormatMismatch
from search.keeping.deletion import delete
from search.keeping.verification import verify
from tests.processes import bayegan

NEWS = [{"code": str(n), "agency": "برنا", "title": f"خبر {n}", "body": "متن خبر. " * 20} for n in range(20)]


@pytest.fixture
def fed(archive, write_jsonl):
    """An archive of two segments and two sources."""
    archive.index([write_jsonl("a.jsonl", NEWS[:15])])
    archive.index([write_jsonl("b.jsonl", NEWS[15:])])
    return archive


def flipped(path, place):
    """Flips a bit of a file, and leaves its size and times as they were."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_whole_archive_has_no_problem(fed):
    """Every article is read back, every source compared; progress is told to the end."""
    told = []
    found = verify(fed, sources=True, observe=lambda done, total: told.append((done, total)))
    assert (found.problems, found.notes) == ([], [])
    assert (found.articles, found.sources, found.generation) == (20, 2, 2)
    assert told[-1] == (40, 40)


def test_a_document_that_is_not_what_it_says_is_named(tmp_path):
    """Whole files can lie: another key, another text under a fingerprint, and bytes that are no article."""
    archive = Archive(tmp_path / "archive")
    good = [stored.to_document(Article(title="خبر", body=("متن",), agency="برنا", code=str(n))) for n in range(4)]
    changed = stored.to_bytes(Article(title="دیگر", body=("متن",), agency="برنا", code="1"))
    forms = [
        good[0],
        type(good[1])(key=good[1].key, fingerprint=good[1].fingerprint, stored=changed),
        type(good[2])(key="برنا/99", fingerprint=good[2].fingerprint, stored=good[2].stored),
        type(good[3])(key=good[3].key, fingerprint=good[3].fingerprint, stored=b"x"),
    ]
    with IndexWriter(archive.index_directory, workers=1) as writer:
        for document in forms:
            writer.add(document)
        writer.commit()
    found = verify(archive)
    assert found.problems[:2] == [
        "برنا/1 is not what its fingerprint says",
        "document 2 is not found under its key برنا/2",
    ]
    assert found.problems[2].startswith("document 3 cannot be read back: ")
    assert len(found.problems) == 3
    assert found.notes == ["there is no journal: the next `bayegan index` makes one"]


def test_index_and_journal_are_compared_both_ways(fed, tmp_path):
    """An article that one of them lacks, or knows otherwise, is named with its key or its source."""
    with sqlite3.connect(fed.directory / "journal.sqlite") as journal:
        first, second, third = (row[0] for row in journal.execute("select identity from article limit 3"))
        journal.execute("delete from article where identity = ?", (first,))
        journal.execute("update article set fingerprint = fingerprint + 1 where identity = ?", (second,))
        journal.execute("update article set identity = 77 where identity = ?", (third,))
    journal.close()
    problems = verify(fed).problems
    assert len(problems) == 4
    assert sum(problem.endswith("is in the index, but not in the journal") for problem in problems) == 2
    assert sum(problem.endswith("is in the index, but another one in the journal") for problem in problems) == 1
    (source,) = (problem for problem in problems if problem.endswith("is in the journal, but not in the index"))
    assert f"an article of {tmp_path}/" in source


def test_a_deletion_that_was_cut_off_is_named(fed):
    """Noted as deleted, but still found, as after a kill in between: verify says so, and deleting again is enough."""
    with fed.journal() as journal:
        journal.delete({identity("برنا/3"): "برنا/3"}, journal.generation() + 1)
    fed.index([fed.directory.parent / "a.jsonl"])
    assert verify(fed).problems == ["برنا/3 was deleted, but is in the index: delete it again"]
    delete(fed, ["برنا/3"])
    assert verify(fed).problems == []


def test_a_journal_of_another_generation_is_no_damage(fed, write_jsonl):
    """After a kill between the two commits the journal is behind: that is told, and the next run mends it."""
    with sqlite3.connect(fed.directory / "journal.sqlite") as journal:
        journal.execute("update described set generation = 1")
        journal.execute("delete from article where identity in (select identity from article limit 5)")
    journal.close()
    found = verify(fed)
    assert found.problems == []
    assert found.notes == ["the journal is of another generation: the next `bayegan index` brings them together"]
    fed.index([write_jsonl("c.jsonl", [{**NEWS[0], "code": "c"}])])
    assert verify(fed).problems == verify(fed).notes == []


def test_sources_are_compared_with_what_was_read(fed, tmp_path, write_jsonl):
    """A flipped bit under an unchanged time is damage; an edited file and one that is gone are told."""
    flipped(tmp_path / "a.jsonl", 40)
    (tmp_path / "b.jsonl").write_text("{}\n")
    found = verify(fed, sources=True)
    assert found.problems == [f"{tmp_path / 'a.jsonl'} is damaged: its content changed, but not its size and time"]
    assert found.notes == [f"{tmp_path / 'b.jsonl'} has changed since it was read; run `bayegan index` on it"]
    (tmp_path / "b.jsonl").unlink()
    assert verify(fed, sources=True).notes == [f"{tmp_path / 'b.jsonl'} is gone; its articles are kept"]
    assert verify(fed).problems == []


def test_many_problems_are_counted_not_listed(fed):
    """A hundred are named, of the others their number."""
    with sqlite3.connect(fed.directory / "journal.sqlite") as journal:
        journal.executemany("insert into article values (?, 1, null)", ((number,) for number in range(150)))
    journal.close()
    problems = verify(fed).problems
    assert len(problems) == 101
    assert problems[-1] == "and 50 more differences between index and journal"


def test_the_command_ends_with_1_where_something_is_damaged(fed, tmp_path):
    """The damaged file is named on standard error, with the way out; JSON has the same."""
    place = ["--archive", str(fed.directory)]
    done = bayegan("verify", "--sources", *place)
    assert (done.returncode, done.stderr) == (0, "")
    assert " 20 articles, " in done.stdout
    assert done.stdout.endswith(" MB, 2 sources: every byte is as it was written\n")
    damaged = max(fed.index_directory.glob("*.positions"), key=lambda path: path.stat().st_size)
    flipped(damaged, 100)
    done = bayegan("verify", *place)
    assert (done.returncode, damaged.name in done.stderr) == (1, True)
    assert f"run `bayegan reindex --archive {fed.directory}`" in done.stderr
    told = json.loads(bayegan("verify", "--json", *place).stdout)
    assert [damaged.name in problem for problem in told["problems"]] == [True]


def test_what_cannot_be_verified_says_why(archive, fed):
    """Nothing indexed, and an index of another version, are errors that say what to do."""
    with pytest.raises(ArchiveNotFound, match="bayegan index"):
        verify(Archive(fed.directory.parent / "absent"))
    toc = max(fed.index_directory.glob("*.toc"))
    data = bytearray(toc.read_bytes())
    data[-12] ^= 0x40  # the format version, before the magic
    toc.write_bytes(data)
    with pytest.raises(FormatMismatch, match="bayegan reindex"):
        verify(fed)
