"""How the benchmarks take time, and what they tell of the machine."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

#: Runs of each query, after one that warms up.
REPEAT = 9


def median_ms(work: Callable[[], object]) -> float:
    """The median time of a call, in milliseconds."""
    work()
    return statistics.median(milliseconds(work) for _ in range(REPEAT))


def milliseconds(work: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def megabytes(directory: Path) -> float:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()) / 1e6


def machine() -> str:
    """The day and the machine's shape, for a table's caption."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{date.today()}, {os.cpu_count()} cores of {model}, Python {platform.python_version()}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns aligned."""
    lines = [head, ["---"] * len(head), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    filled = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in filled)
