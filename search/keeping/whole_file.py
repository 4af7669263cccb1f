"""Files that appear whole, or not at all: written beside their place, made durable, then renamed into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from search.engine.files import sync_directory
from search.errors import StorageFailure, UsageError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes become the file at `path`, in the place of any, when the block ends without an error.

    Until then they are in `.NAME.PID.part` beside it; only a killed process leaves that behind.

    Raises:
        UsageError: there is a folder or a device, which no file may take the place of.
        StorageFailure: the operating system refuses to write.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is a folder or a device; name a file")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with refusals_told(path):
        stream = temporary.open("wb")
    try:
        with refusals_told(path):
            with stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
            sync_directory(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def refusals_told(path: Path) -> Iterator[None]:
    """Translate what the operating system refuses while `path` is written into StorageFailure."""
    try:
        yield
    except OSError as error:
        raise StorageFailure(
            f"cannot write {path}: {error.strerror or error}; nothing is left of it: "
            "free the space or mend the permissions, then run the command again"
        ) from error
