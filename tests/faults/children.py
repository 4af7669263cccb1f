"""Work done in a process of its own, forked so that nothing needs to be imported first."""

from __future__ import annotations

import os
from collections.abc import Callable


def started(work: Callable[[], object], output: int | None = None) -> int:
    """Begin some work in a process of its own group; its id.

    Args:
        work: its exit code is that of the SystemExit that it raises; 99 where it raises something else.
        output: a descriptor for what it prints; nowhere where None.
    """
    child = os.fork()
    if child:
        os.setpgid(child, child)  # by both, so that it is done whoever goes on first
        return child
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY) if output is None else output, 1)
    os.dup2(1, 2)
    try:
        work()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    finally:
        os._exit(99)


def ended(work: Callable[[], object]) -> tuple[int, str]:
    """Let a process do some work to its end; its exit code, and what it printed, errors included."""
    reading, writing = os.pipe()
    child = started(work, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as output:
        told = output.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told
