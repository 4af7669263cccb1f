"""A run told to a program: one JSON object a line on standard output.

{"event":"progress", phase, files, bytes, ..., "share":0..1}    the fields of `Progress`, every 200 ms at most
{"event":"done", "run":{...}}                                   the last line of a run that ended
{"event":"failed", "message":"...", "exit_code":n}              the last line of one that did not
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from search.errors import BayeganError
from search.terminal.progress import Ticks

if TYPE_CHECKING:
    from search.feeding.indexing import Progress
    from search.journal import Run

_SECONDS = 0.2


def run_with_events(work: Callable[[Callable[[Progress], None]], Run]) -> Run:
    """Calls `work` with an observer that prints the events of its run, and gives back the run.

    Raises:
        BayeganError, KeyboardInterrupt: from `work`, after it was printed.
    """
    try:
        run = work(_progress_lines())
    except BayeganError as error:
        _print({"event": "failed", "message": str(error), "exit_code": error.exit_code})
        raise
    except KeyboardInterrupt:
        _print({"event": "failed", "message": "stopped; the last commit is untouched", "exit_code": 130})
        raise
    _print({"event": "done", "run": run})
    return run


def _progress_lines() -> Callable[[Progress], None]:
    import msgspec

    ticks = Ticks(0.0, _SECONDS)

    def observe(now: Progress) -> None:
        if ticks.due() is not None:
            _print({"event": "progress", **msgspec.to_builtins(now), "share": now.share})

    return observe


def _print(event: dict[str, object]) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
    sys.stdout.flush()
