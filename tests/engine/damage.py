"""Processes for the tests of faults: they build an index and are killed, or run out of room, on the way."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search.engine import files, index
from search.engine.document import Document
from search.engine.writer import IndexWriter
from search.errors import StorageFailure
from tests.engine.model import NoTables, WordAnalyzer


def document(number: int, generation: int) -> Document:
    """The document of that number as it is in that generation."""
    return Document(
        key=f"k{number}",
        fingerprint=generation,
        title=f"ab{number % 7} xyz",
        body=" ".join(f"w{number % i}" for i in range(2, 12)),
        keywords={"tag": ("a", f"t{number % 3}"), "section": ("ورزشی",)},
        day=700_000 + number,
        stored=f"{generation}:{number}:".encode() + b"x" * 500,
    )


def documents(generation: int) -> list[Document]:
    """What a generation holds: each replaces half of the last, and adds as many."""
    return [document(number, generation) for number in range(20 * generation, 20 * generation + 40)]


def build(directory: Path, generation: int, *, fresh: bool = False) -> None:
    """Write one generation."""
    with IndexWriter(directory, tables=NoTables, workers=1, fresh=fresh) as writer:  # type: ignore[arg-type]
        for one in documents(generation):
            writer.add(one)
        writer.delete(f"k{20 * generation}")
        writer.commit(optimize=fresh)


class _Counter:
    """Counts what is done to the file system, and kills this process, with no chance to clean up, at one of them."""

    def __init__(self, kill_at: int = -1) -> None:
        self.count = 0
        self._kill_at = kill_at
        for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "unlink"), (files.ArrayFileWriter, "_put")):
            setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, original: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        return call


def _in_child(action: Callable[[], None]) -> int:
    """Run something in a process of its own; how that ended, as `Popen.returncode` tells it."""
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _kill(origin: Path, directory: Path, generation: int, *, fresh: bool) -> None:
    """Kill builds at many operations, the last ones (commit, swap, clean up) one by one; each in a copy of `origin`."""
    shutil.copytree(origin, directory / "counted")
    counter = _Counter()
    build(directory / "counted", generation, fresh=fresh)
    for operation in sorted(
        {
            *range(1, counter.count, counter.count // 4),
            *range(counter.count - 24, counter.count + 2, 2),
            *range(counter.count - 9, counter.count + 2),
        }
    ):
        shutil.copytree(origin, directory / str(operation))

        def action(operation: int = operation) -> None:
            _Counter(operation)
            build(directory / str(operation), generation, fresh=fresh)

        print(operation, _in_child(action), flush=True)


def _limit(origin: Path, directory: Path, generation: int, sizes: list[int]) -> None:
    """Let no file grow beyond each of the sizes; each in a copy of `origin`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for size in sizes:
        shutil.copytree(origin, directory / str(size))

        def action(size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            try:
                build(directory / str(size), generation)
            except StorageFailure as error:
                os.write(1, f"{size} {error}\n".encode())
                os._exit(1)

        _in_child(action)


def main() -> None:
    """damage.py ORIGIN DIRECTORY GENERATION add|fresh|SIZE,SIZE...: break builds upon copies of an index."""
    origin, directory, generation, mode = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    index.make_analyzer = lambda tables: WordAnalyzer()  # type: ignore[assignment, return-value]
    if mode in ("add", "fresh"):
        _kill(origin, directory, generation, fresh=mode == "fresh")
    else:
        _limit(origin, directory, generation, list(map(int, mode.split(","))))


if __name__ == "__main__":
    main()
