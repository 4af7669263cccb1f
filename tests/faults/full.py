"""Lets `index` and `reindex` run out of room at many points, and checks what is left.

`python -m tests.faults.full HOW [SIZE...]`: HOW is `limit` (no file may grow beyond a size) or `disk` (a small file
system becomes full; needs the right to mount), SIZE in kB.
Each run must end with one line that says so, and leave its last commit whole; searches and `status` must go on
working, and with room again the next run must complete as if nothing had been. Prints JSON, one command a line.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search import cli
from search.errors import BayeganError
from tests.faults.children import ended
from tests.faults.stage import ALONE, Stage

_SIZES = (0, 1, 6, 24, 60, 100, 160, 240, 400, 700)  # kB: of a file, or of what is left of the disk
_Run = Callable[[Stage, Path, int], tuple[int, str]]
_READING = (["search", "باران"], ["show", "7"], ["status"], ["rejects"])


def limited(stage: Stage, place: Path, size: int) -> tuple[int, str]:
    """A run in which no file may grow beyond a size; how it ended."""
    shutil.copytree(stage.base, place)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size << 10, size << 10))
        cli.main(stage.command(place))

    return ended(work)


def on_full_disk(stage: Stage, place: Path, size: int) -> tuple[int, str]:
    """A run on a file system with so much room; how it ended. There is room again afterwards."""
    with _mounted(place, "size=64m"):
        shutil.copytree(stage.base, place, dirs_exist_ok=True)
        system = os.statvfs(place)
        used = (system.f_blocks - system.f_bfree) * system.f_frsize
        _mount("-o", f"remount,size={(used >> 10) + size + 4}k", str(place))
        end = ended(lambda: cli.main(stage.command(place)))
        _fill(place / "filler")
        for command in _READING:
            code, told = ended(lambda command=command: cli.main([*command, "--archive", str(place)]))  # type: ignore[misc]
            assert code == 0, f"{command[0]} on the full disk ended with {code}: {told}"
        (place / "filler").unlink()
        _mount("-o", "remount,size=64m", str(place))
        _check(stage, place)
    return end


def _fill(path: Path) -> None:
    """Leave no byte free."""
    with path.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            return


def _check(stage: Stage, place: Path) -> None:
    with stage.settings(workers=1):
        stage.check(place)
        stage.check_next_run(place)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[None]:
    place.mkdir()
    _mount("-t", "tmpfs", "-o", options, "tmpfs", str(place))
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill_all(verb: str, run: _Run, sizes: Iterable[int], directory: Path) -> dict[str, Any]:
    """A run of a command with each of the sizes; the figures."""
    directory.mkdir()
    stage = Stage(directory, verb, ALONE)
    lines, failures = [], []
    for size in sizes:
        place = directory / str(size)
        try:
            with stage.settings(stage.size.workers):
                code, told = run(stage, place, size)
            lines.append([size, code, told.strip()])
            if place.joinpath("index").exists():
                _check(stage, place)
        except (AssertionError, BayeganError, OSError) as error:
            failures.append(f"{verb} with {size} kB: {type(error).__name__}: {error}")
    return {"verb": verb, "ends": lines, "failures": failures}


def main() -> int:
    """Runs all; 1 where something was lost."""
    sizes = tuple(map(int, sys.argv[2:])) or _SIZES
    run = {"limit": limited, "disk": on_full_disk}[sys.argv[1]]
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        for verb in ("index", "reindex"):
            figures = fill_all(verb, run, sizes, Path(directory) / verb)
            failed |= bool(figures["failures"])
            print(json.dumps(figures, ensure_ascii=False), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
