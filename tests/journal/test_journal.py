"""The journal: what was read is known, what was rejected is told, what the index holds is noted."""

import os
import sqlite3
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from search.errors import DamagedIndex, StorageFailure
from search.journal import Journal, Reading, Run, SourceFile

LONG_AGO = 10**18  # ns; a time of change that is settled


@pytest.fixture
def place(tmp_path):
    """Where the journal of a test lives."""
    return tmp_path / "journal.sqlite"


def reading(file, articles=(), rejections=(), *, steady=True):
    """A file read to its end, of articles given as identity -> fingerprint."""
    articles = dict(articles)
    return Reading(
        file, file.digest(), len(articles), list(rejections), ended=True, steady=steady,
        identities=array("Q", articles), fingerprints=array("Q", articles.values()),
    )  # fmt: skip


def settled(path):
    """The file as it is found when it did not change for long."""
    found = path.stat()
    return SourceFile(path, found.st_size, found.st_mtime_ns, "", found.st_ctime_ns)


def test_a_file_is_known_until_it_changes(place, tmp_path):
    """A recorded file is known in its format, and no more once its content or format differs."""
    page = tmp_path / "صفحه.txt"
    page.write_text("متن", encoding="utf-8")
    file = SourceFile.seen(page, "text")
    with Journal(place) as journal:
        assert not journal.is_known(file)
        journal.record([reading(file)], 1)
        assert journal.is_known(SourceFile.seen(page, "text"))
        assert not journal.is_known(SourceFile.seen(page, "html"))
        page.write_text("بلند", encoding="utf-8")
        assert not journal.is_known(SourceFile.seen(page, "text"))
    with Journal(place) as journal:
        assert journal.sources() == [file]
        journal.forget([file])
        assert not journal.is_known(file)
        assert journal.sources() == [file]


def test_a_file_whose_time_changed_alone_is_known(place, tmp_path):
    """Touched or with its clock set back, a file of the same content is known, and the next time without reading it."""
    page = tmp_path / "page.txt"
    page.write_text("متن", encoding="utf-8")
    with Journal(place) as journal:
        journal.record([reading(SourceFile.seen(page))], 1)
        for moment in (LONG_AGO, 0):
            os.utime(page, ns=(moment, moment))
            touched = settled(page)
            assert journal.is_known(touched)
            assert journal.sources() == [touched]
        page.unlink()
        assert journal.is_known(touched)


def test_a_file_that_hides_its_change_is_found_out(place, tmp_path):
    """Other content of the same size under the same time of change is noticed: by the inode's own time, which nobody
    can set, or by the content where that time is too young to be trusted."""
    page = tmp_path / "page.txt"
    page.write_text("آفتاب", encoding="utf-8")
    os.utime(page, ns=(LONG_AGO, LONG_AGO))
    for seen in (settled, SourceFile.seen):
        with Journal(place) as journal:
            page.write_text("آفتاب", encoding="utf-8")
            os.utime(page, ns=(LONG_AGO, LONG_AGO))
            journal.record([reading(seen(page))], 1)
            page.write_text("باران", encoding="utf-8")
            os.utime(page, ns=(LONG_AGO, LONG_AGO))
            assert not journal.is_known(seen(page))


def test_a_file_that_changed_while_it_was_read_is_read_again(place, tmp_path):
    """What was not steady is noted, but not known."""
    page = tmp_path / "page.txt"
    page.write_text("متن", encoding="utf-8")
    file = SourceFile.seen(page)
    with Journal(place) as journal:
        journal.record([reading(file, steady=False)], 1)
        assert not journal.is_known(file)
        assert journal.sources() == [file]


def test_a_file_that_is_not_there_counts_as_changed_once_it_is(place, tmp_path):
    """A file that cannot be looked at has size and time 0, so the file that appears later is read."""
    page = tmp_path / "page.txt"
    missing = SourceFile.seen(page)
    assert (missing.size, missing.modified, missing.digest()) == (0, 0, b"")
    with Journal(place) as journal:
        journal.record([reading(missing, rejections=[(str(page), "cannot be read: No such file")])], 1)
        assert journal.is_known(SourceFile.seen(page))
        page.write_text("متن", encoding="utf-8")
        assert not journal.is_known(SourceFile.seen(page))


def test_rejections_are_those_of_the_last_reading(place, tmp_path):
    """Reading a file again replaces what was noted of it; names that are no UTF-8 are shown escaped."""
    first, second = SourceFile(tmp_path / "a", 1, 1), SourceFile(tmp_path / os.fsdecode(b"b\xff"), 1, 1)
    with Journal(place) as journal:
        journal.record([reading(first, rejections=[("a:1", "no text"), ("a:2", "no title")])], 1)
        journal.record([reading(second, rejections=[(os.fsdecode(b"b\xff"), "binary")])], 1)
        journal.record([reading(first, rejections=[("a:2", "no title")])], 1)
        found = list(journal.rejections())
        assert [(one.place, one.reason) for one in found] == [("a:2", "no title"), ("b\\udcff", "binary")]
        assert [one.path for one in found] == [first.path, second.path]
        assert datetime.now(UTC) - found[0].noted < timedelta(minutes=1)


def test_rejections_are_chosen_by_reason_and_place(place):
    """A part of the reason in any case, a file, a folder (and none whose name only begins like it), and a number."""
    names = ("/a/1", "/a/2", "/ab/3", "/a")
    with Journal(place) as journal:
        for name in names:
            journal.record([reading(SourceFile(Path(name), 1, 1), rejections=[(name, f"Empty {name[-1]}")])], 1)

        def places(**choice):
            return [one.place for one in journal.rejections(**choice)]

        assert places() == ["/a", "/a/1", "/a/2", "/ab/3"]
        assert places(under=Path("/a")) == ["/a", "/a/1", "/a/2"]
        assert places(under=Path("/a/2")) == ["/a/2"]
        assert places(reason="eMPTY 3") == ["/ab/3"]
        assert places(reason="empty", under=Path("/"), limit=2) == ["/a", "/a/1"]
        assert journal.count_rejections(reason="empty", under=Path("/a")) == 3
        assert [file.path for file in journal.rejected_files(under=Path("/ab"))] == [Path("/ab/3")]


def test_articles_are_noted_with_the_file_that_gave_them(place, tmp_path):
    """Each article has the fingerprint and the file of its last change, 64 bits wide, over files read in parts."""
    first, second = SourceFile(tmp_path / "a", 1, 1), SourceFile(tmp_path / "b", 1, 1)
    largest = 2**64 - 1
    with Journal(place) as journal:
        assert journal.generation() == -1
        part = Reading(first, identities=array("Q", [1, largest]), fingerprints=array("Q", [largest, 7]))
        journal.record([part], 1)
        assert not journal.is_known(first)
        part.begin_anew()
        part.ended = part.steady = True
        journal.record([part, reading(second, {1: largest, 2: 8, 3: 9})], 2)
        journal.record([reading(first, {2: 80})], 3)
        assert dict(journal.fingerprints()) == {1: largest, largest: 7, 2: 80, 3: 9}
        assert [journal.source_of(n) for n in (1, largest, 2, 3, 4)] == [
            first.path, first.path, first.path, second.path, None,
        ]  # fmt: skip
        assert journal.generation() == 3


def test_a_rebuilding_counts_only_once_it_is_complete(place, tmp_path):
    """Files noted by a rebuilding that was not completed are read again; completed, they are known, and the articles
    are exactly those of the new generation."""
    page = tmp_path / "page.txt"
    page.write_text("متن", encoding="utf-8")
    with Journal(place) as journal:
        journal.record([reading(SourceFile.seen(page), {1: 10, 2: 20})], 1)
        page.write_text("متن دیگر", encoding="utf-8")
        file = SourceFile.seen(page)
        journal.begin_rebuilding()
        assert journal.generation() == -1
        journal.note([reading(file, {1: 11})])
        assert not journal.is_known(file)
        journal.begin_rebuilding()
        journal.complete([(2, 20)], 2)
        assert not journal.is_known(file)
        journal.begin_rebuilding()
        journal.note([reading(file, {1: 11})])
        journal.complete([(1, 11), (3, 30)], 3)
        assert journal.is_known(file)
        assert dict(journal.fingerprints()) == {1: 11, 3: 30}
        assert (journal.source_of(1), journal.source_of(3), journal.generation()) == (page, None, 3)


def test_deleted_articles_are_remembered_until_they_are_restored(place):
    """A deleted article is no longer noted as held, and its key is told until it is taken back."""
    with Journal(place) as journal:
        journal.record([reading(SourceFile(Path("/a"), 1, 1), {1: 10, 2: 20, 3: 30})], 1)
        journal.delete({1: "برنا/1", 2: "برنا/2"}, 2)
        assert dict(journal.fingerprints()) == {3: 30}
        assert (journal.deleted(), journal.generation()) == ({1: "برنا/1", 2: "برنا/2"}, 2)
        journal.undelete([1])
        assert journal.deleted() == {2: "برنا/2"}
        journal.undelete()
        assert journal.deleted() == {}


def test_a_copy_is_the_journal_of_one_moment(place, tmp_path):
    """A copy holds what was committed when it was made, and is a journal itself."""
    file = SourceFile(Path("/a"), 1, 1)
    with Journal(place) as journal:
        journal.record([reading(file, {1: 10})], 1)
        journal.copy_to(tmp_path / "copy")
        journal.record([reading(file, {2: 20})], 2)
    with Journal(tmp_path / "copy") as copy:
        assert (copy.generation(), dict(copy.fingerprints())) == (1, {1: 10})
        copy.record([reading(file, {3: 30})], 3)


def test_runs_come_newest_first(place):
    """Each finished run is kept as it was told."""
    runs = [
        Run("index", datetime(2026, 1, 2, 3, 4, n, tzinfo=UTC), 1.5, n, 1, 2, 3, 4, skipped=5, changed=6, deleted=7)
        for n in range(3)
    ]
    with Journal(place) as journal:
        for run in runs:
            journal.finish(run)
        assert journal.runs(2) == [runs[2], runs[1]]


VERSION_1 = """
create table source (
    path blob primary key, size integer not null, modified integer not null, format text not null,
    articles integer not null
) without rowid;
create table rejection (path blob not null, place text not null, reason text not null, noted text not null);
create index rejection_path on rejection (path);
create table run (
    verb text not null, started text not null, seconds real not null, generation integer not null,
    indexed integer not null, replaced integer not null, unchanged integer not null, rejected integer not null
);
pragma user_version = 1;
"""


def test_a_journal_of_version_1_is_taken_over(place, tmp_path):
    """Its files stay known by their time, so that nobody indexes again; its rejections and runs are told as before."""
    page = tmp_path / "page.txt"
    page.write_text("متن", encoding="utf-8")
    file = SourceFile.seen(page)
    old = sqlite3.connect(place)
    old.executescript(VERSION_1)
    old.execute("insert into source values (?, ?, ?, '', 1)", (os.fsencode(page), file.size, file.modified))
    old.execute("insert into rejection values (?, 'page:2', 'empty', '2026-01-02T03:04:05+00:00')", (bytes(page),))
    old.execute("insert into rejection values (X'2f61', '/a', 'binary', '2026-01-02T03:04:05+00:00')")
    old.execute("insert into run values ('index', '2026-01-02T03:04:05+00:00', 1.5, 4, 3, 2, 1, 0)")
    old.commit()
    old.close()
    for _ in range(2):
        with Journal(place) as journal:
            assert journal.is_known(file)
            assert not journal.is_known(SourceFile(page, file.size, file.modified + 1))
            assert [(one.place, one.reason) for one in journal.rejections()] == [("/a", "binary"), ("page:2", "empty")]
            assert journal.runs() == [Run("index", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), 1.5, 4, 3, 2, 1, 0)]
            assert (journal.generation(), list(journal.fingerprints())) == (-1, [])


def test_a_damaged_or_foreign_journal_says_what_to_do(tmp_path):
    """Garbage in the file, another version, and a place that cannot be written are one-line errors."""
    (tmp_path / "garbage").write_bytes(b"no database at all" * 100)
    with pytest.raises(DamagedIndex, match="delete it: no article is lost"):
        Journal(tmp_path / "garbage")
    other = sqlite3.connect(tmp_path / "other")
    other.execute("pragma user_version = 99")
    other.close()
    with pytest.raises(DamagedIndex, match="another version"):
        Journal(tmp_path / "other")
    with pytest.raises(StorageFailure, match="check the disk"):
        Journal(tmp_path / "no folder" / "journal.sqlite")
