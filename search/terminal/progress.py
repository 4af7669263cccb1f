"""The progress of a run, while it lasts, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.feeding.indexing import Progress

PLAIN_LINE_SECONDS = 5.0


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """An observer of a run that draws a bar on a terminal, and a plain line every few seconds elsewhere.

    Nothing is drawn in the first second: short work needs no progress.
    """
    if sys.stderr.isatty():
        with _bar() as observe:
            yield observe
    else:
        yield _plain_lines()


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich import progress as rich_progress
    from rich.console import Console

    bar = rich_progress.Progress(
        rich_progress.SpinnerColumn(),
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.TextColumn("{task.fields[told]}"),
        rich_progress.TimeElapsedColumn(),
        rich_progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("reading", total=None, told="")
    ticks = Ticks(1.0, 0.1)

    def observe(now: Progress) -> None:
        if (waited := ticks.due()) is None:
            return
        bar.start()
        bar.update(task, description=now.phase, told=_told(now, waited), total=1.0, completed=now.share)

    try:
        yield observe
    finally:
        bar.stop()


def _plain_lines() -> Callable[[Progress], None]:
    ticks = Ticks(1.0, PLAIN_LINE_SECONDS)

    def observe(now: Progress) -> None:
        if (waited := ticks.due()) is not None:
            left = f", about {waited * (1 - now.share) / now.share:.0f} s left" if now.share else ""
            print(f"{now.phase}: {_told(now, waited)}{left}", file=sys.stderr, flush=True)

    return observe


class Ticks:
    """Tells when it is time to draw again: first after `first` seconds, then every `every`."""

    def __init__(self, first: float, every: float) -> None:
        import time

        self._clock = time.monotonic
        self._began = self._clock()
        self._next = self._began + first
        self._every = every

    def due(self) -> float | None:
        """Seconds since the beginning, if it is time to draw; else None."""
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + self._every
        return now - self._began


def _told(now: Progress, seconds: float) -> str:
    rate = now.read / seconds if seconds else 0.0
    return f"{now.read:,} articles, {rate:,.0f} articles/s, {now.rejected:,} rejected"
