"""The audit log: one harmless line for each action, whatever it holds."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import StorageFailure
from webui.admin.audit import AuditLog

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\n\r\x00\x1b\x7f\x85\u2028\u202e"))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_each_action_is_one_printable_line(entries: list[tuple[str, str]]) -> None:
    """Nothing in a line can end it, move the cursor or turn the direction; reading gives it back, newest first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "audit.log")
        log = AuditLog(path)
        for address, detail in entries:
            log.note(address, "reindex", "failed", task=3, detail=detail)
        text = path.read_bytes().decode("ascii") if entries else ""
        assert text.count("\n") == len(entries)
        assert set(text) <= set(string.printable) - set("\r\x0b\x0c\t")
        assert [(one.address, one.detail) for one in log.last(10)] == entries[::-1]
        assert {(one.action, one.outcome, one.task) for one in log.last(10)} <= {("reindex", "failed", 3)}


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    """The file is made without rights for others."""
    log = AuditLog(tmp_path / "audit.log")
    log.note("127.0.0.1", "sign in", "done")
    assert (tmp_path / "audit.log").stat().st_mode & 0o777 == 0o600


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    """A line that was cut or is no action does not hide the others; of a long log the end is read."""
    path = tmp_path / "audit.log"
    log = AuditLog(path)
    assert log.last(5) == []
    for number in range(1000):
        log.note("::1", "sign in", "done", detail=f"{number:080}")
    with path.open("a") as stream:
        stream.write('{"time": "2026\n[]\n\n')
    log.note("::1", "sign out", "done")
    assert [one.detail.lstrip("0") for one in log.last(6)] == ["", "999", "998"]


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Neither a missing folder nor a folder in its place is passed over in silence."""
    with pytest.raises(StorageFailure, match=r"cannot write .*audit\.log"):
        AuditLog(tmp_path / "absent" / "audit.log").note("", "sign in", "done")
    with pytest.raises(StorageFailure, match="cannot read"):
        AuditLog(tmp_path).last(1)
