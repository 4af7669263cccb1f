"""How far a long piece of work has come, while it lasts, on standard error of a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from search.terminal.progress import Ticks

Observer = Callable[[int, int], None]


@contextmanager
def counting(work: str) -> Iterator[Observer]:
    """An observer of (done, total) that draws a bar on a terminal from the second second on, and nothing elsewhere.

    Args:
        work: what is done, as `exporting`.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(work, total=None)
    ticks = Ticks(1.0, 0.1)

    def observe(done: int, total: int) -> None:
        if ticks.due() is not None:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield observe
    finally:
        bar.stop()
