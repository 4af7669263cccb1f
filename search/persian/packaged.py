"""The word lists that ship with this package, in `data/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def lines(name: str) -> Iterator[str]:
    """The lines of a list, without comments (from `#`) and blank lines."""
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if content := line.partition("#")[0].strip():
            yield content


def pairs(name: str) -> Iterator[tuple[str, str]]:
    """The lines of a list of two columns, separated by a tab."""
    for line in lines(name):
        left, right = line.split("\t")
        yield left.strip(), right.strip()
