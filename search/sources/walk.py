"""The files under some paths, in an order that does not change from run to run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from search.errors import PathNotFound


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, recursively and sorted.

    Inside folders, hidden files and folders (`.name`) and `archive.toml` are skipped; a folder that is reached a
    second time, as through a symbolic link, is not entered again, and pipes and devices are passed over.

    Raises:
        PathNotFound: one of the paths does not exist; raised before any file is given.
    """
    roots = list(paths)
    for root in roots:
        try:
            there = root.exists()
        except OSError as error:
            raise PathNotFound(f"cannot look at {root}: {error.strerror}; check the permissions above it") from error
        if not there:
            raise PathNotFound(f"{root} does not exist; name a file or a folder that does")
    seen: set[tuple[int, int]] = set()
    for root in roots:
        yield from _files(root, seen) if root.is_dir() else [root]


def _files(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """The files of one folder; one that cannot be listed is given itself, so that reading it says why."""
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    if (status.st_dev, status.st_ino) in seen:
        return
    seen.add((status.st_dev, status.st_ino))
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") or entry.name == "archive.toml":
            continue
        if entry.is_dir():
            yield from _files(path, seen)
        elif entry.is_file() or not path.exists():  # no device or pipe; a dangling link is for the reader to reject
            yield path
