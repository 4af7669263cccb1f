"""Who did what: a line for each action of an administrator, appended to `admin/audit.log` of the archive."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from search.errors import StorageFailure

_TAIL = 64 * 1024  # bytes read from the end to show the last actions


Action = Literal["authenticate", "sign in", "sign out", "reindex", "cancel", "form"]
Outcome = Literal["done", "refused", "enqueued", "asked for", "succeeded", "failed", "canceled"]


class Entry(msgspec.Struct, omit_defaults=True):
    """Something that was done, or tried.

    Attributes:
        time: UTC.
        address: of the client, as the server sees it; "" for the server itself.
        task: that it is about; 0 for none.
        detail: what else there is to say, such as why it failed.
    """

    time: datetime
    address: str
    action: Action
    outcome: Outcome
    task: int = 0
    detail: str = ""


class AuditLog:
    """The file of actions, one JSON object a line, in ASCII: whatever a line holds, it is one line, and harmless.

    Args:
        path: of the file, readable by its owner only; made with the first line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, address: str, action: Action, outcome: Outcome, *, task: int = 0, detail: str = "") -> None:
        """Appends a line.

        Raises:
            StorageFailure: it cannot be written; what cannot be noted is not done.
        """
        entry = Entry(datetime.now(UTC).replace(microsecond=0), address, action, outcome, task, detail)
        line = json.dumps(msgspec.to_builtins(entry)).replace("\x7f", "\\u007f")
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode("ascii") + b"\n")
            finally:
                os.close(handle)
        except OSError as error:
            raise StorageFailure(
                f"cannot write {self._path}: {error.strerror}; nothing is done that cannot be noted, free the disk"
            ) from error

    def last(self, count: int) -> list[Entry]:
        """The last actions, the newest first; lines that were cut or changed are left out."""
        lines = self._tail().splitlines()[-count:]
        return [entry for line in reversed(lines) if (entry := _entry(line)) is not None]

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


def _entry(line: bytes) -> Entry | None:
    try:
        return msgspec.json.decode(line, type=Entry)
    except msgspec.DecodeError:
        return None
