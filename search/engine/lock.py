"""The lock of an index: one writer at a time, Whoosh's own writers included."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Self

from whoosh.util.filelock import FileLock

from search.engine.files import storage_errors
from search.engine.manifest import INDEX_NAME
from search.errors import ArchiveLocked

_ATTEMPTS, _MOMENT = 3, 0.01  # seconds


def is_locked(directory: Path) -> bool:
    """Whether a writer has the index in `directory`; the lock is tried for a moment, nothing is made or waited for."""
    path = directory / f"{INDEX_NAME}_WRITELOCK"
    if not path.exists():
        return False
    lock = FileLock(str(path))
    try:
        if not lock.acquire(blocking=False):
            return True
    except OSError:
        return False  # nobody can write where the lock cannot be opened
    lock.release()
    return False


class WriteLock:
    """Holds the file that Whoosh locks too; the operating system lets go of it when the process ends, however it ends.

    Raises:
        ArchiveLocked: another writer has it. StorageFailure: the directory is not ours to write to.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / f"{INDEX_NAME}_WRITELOCK"
        self._lock = FileLock(str(path))
        with storage_errors(path):
            held = self._acquire()
        if not held:
            raise ArchiveLocked(
                f"another process is writing to {directory}; wait until it ends, then run the command again",
                persian="برنامهٔ دیگری در حال نوشتن در این بایگانی است؛ پس از پایان آن دوباره تلاش کنید.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _acquire(self) -> bool:
        """Whoever only asks whether the index is locked holds the lock for a moment, and is waited for."""
        for _ in range(_ATTEMPTS):
            if self._lock.acquire(blocking=False):
                return True
            time.sleep(_MOMENT)
        return False

    def release(self) -> None:
        """Let the next writer in."""
        self._lock.release()
