"""The lock of an index: one writer at a time, Whoosh's own writers included."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from whoosh.util.filelock import FileLock

from search.engine.files import storage_errors
from search.engine.manifest import INDEX_NAME
from search.errors import ArchiveLocked


class WriteLock:
    """Holds the file that Whoosh locks too; the operating system lets go of it when the process ends, however it ends.

    Raises:
        ArchiveLocked: another writer has it. StorageFailure: the directory is not ours to write to.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / f"{INDEX_NAME}_WRITELOCK"
        self._lock = FileLock(str(path))
        with storage_errors(path):
            held = self._lock.acquire(blocking=False)
        if not held:
            raise ArchiveLocked(
                f"another process is writing to {directory}; wait until it ends, then run the command again",
                persian="برنامهٔ دیگری در حال نوشتن در این بایگانی است؛ پس از پایان آن دوباره تلاش کنید.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let the next writer in."""
        self._lock.release()
