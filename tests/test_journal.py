"""The journal: what was read is known, what was rejected is told, and losing it is harmless."""

import os
import sqlite3
from datetime import UTC, datetime

import pytest

from search.errors import DamagedIndex, RejectedInput, StorageFailure
from search.journal import Journal, Run, SourceFile


def test_a_file_is_known_until_it_changes(tmp_path):
    """A recorded file is known in its format, and no more once its size, time or format differs."""
    page = tmp_path / "صفحه.txt"
    page.write_text("متن", encoding="utf-8")
    file = SourceFile.seen(page, "page")
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert not journal.is_known(file)
        journal.record(file, 1, [])
        assert journal.is_known(SourceFile.seen(page, "page"))
        assert not journal.is_known(SourceFile.seen(page, "html"))
        os.utime(page, ns=(file.modified, file.modified + 1))
        assert not journal.is_known(SourceFile.seen(page, "page"))
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert journal.sources() == [file]
        journal.forget([file])
        assert journal.sources() == []


def test_a_file_that_is_not_there_counts_as_changed_once_it_is(tmp_path):
    """A file that cannot be looked at has size and time 0, so the file that appears later is read."""
    page = tmp_path / "page.txt"
    missing = SourceFile.seen(page)
    assert (missing.size, missing.modified) == (0, 0)
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.record(missing, 0, [RejectedInput(str(page), "cannot be read: No such file")])
        page.write_text("متن", encoding="utf-8")
        assert not journal.is_known(SourceFile.seen(page))


def test_rejections_are_those_of_the_last_reading(tmp_path):
    """Reading a file again replaces what was noted of it; names that are no UTF-8 are shown escaped."""
    first, second = SourceFile(tmp_path / "a", 1, 1), SourceFile(tmp_path / os.fsdecode(b"b\xff"), 1, 1)
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.record(first, 0, [RejectedInput("a:1", "no text"), RejectedInput("a:2", "no title")])
        journal.record(second, 0, [RejectedInput(os.fsdecode(b"b\xff"), "binary")])
        journal.record(first, 1, [RejectedInput("a:2", "no title")])
        assert journal.rejections() == [("b\\udcff", "binary"), ("a:2", "no title")]
        assert journal.sources()[1].path == second.path


def test_runs_come_newest_first(tmp_path):
    """Each finished run is kept as it was told."""
    runs = [
        Run("index", datetime(2026, 1, 2, 3, 4, n, tzinfo=UTC), 1.5, n, indexed=n, replaced=0, unchanged=0, rejected=0)
        for n in range(3)
    ]
    with Journal(tmp_path / "journal.sqlite") as journal:
        for run in runs:
            journal.finish(run)
        assert journal.runs(2) == [runs[2], runs[1]]


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
