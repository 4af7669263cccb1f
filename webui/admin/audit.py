"""Who did what: a line for each action of an administrator, appended to `admin/audit.log` of the archive."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from search.envelope import JalaliMoment, Moment, Record, jalali_text
from search.errors import StorageFailure

_TAIL = 64 * 1024  # bytes read from the end to show the last actions


class Action(Record):
    """Something that was done, or tried."""

    time: Moment
    time_jalali: JalaliMoment
    address: Annotated[str, Meta(description="Of the client, as the server sees it; empty for the server itself.")]
    action: str
    outcome: str


class _Line(msgspec.Struct):
    """An action as it stands in the file."""

    time: datetime
    address: str
    action: str
    outcome: str


class AuditLog:
    """The file of actions, one JSON object a line, in ASCII: whatever a line holds, it is one line, and harmless.

    Args:
        path: of the file, readable by its owner only; made with the first line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, address: str, action: str, outcome: str) -> None:
        """Appends a line.

        Raises:
            StorageFailure: it cannot be written; what cannot be noted is not done.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps({"time": now, "address": address, "action": action, "outcome": outcome})
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.replace("\x7f", "\\u007f").encode("ascii") + b"\n")
            finally:
                os.close(handle)
        except OSError as error:
            raise StorageFailure(
                f"cannot write {self._path}: {error.strerror}; nothing is done that cannot be noted, free the disk"
            ) from error

    def last(self, count: int) -> list[Action]:
        """The last actions, the newest first; lines that were cut or changed are left out."""
        lines = self._tail().splitlines()[-count:]
        return [action for line in reversed(lines) if (action := _action(line)) is not None]

    def _tail(self) -> bytes:
        try:
            with self._path.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(0, size - _TAIL))
                return stream.read()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StorageFailure(f"cannot read {self._path}: {error.strerror}; check its permissions") from error


def _action(line: bytes) -> Action | None:
    try:
        found = msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return None
    return Action(
        time=found.time.isoformat(),
        time_jalali=jalali_text(found.time),
        address=found.address,
        action=found.action,
        outcome=found.outcome,
    )
