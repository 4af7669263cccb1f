"""Kills `index` and `reindex` at random moments, and checks what is left each time; `python -m tests.faults.kills`.

Each trial copies an archive, lets the real command run on it in a process of its own, and kills that process (or, in
half of the trials, its group) with SIGKILL. Every eighth trial uses worker processes. Then
- no process of the run may be left;
- the archive must open, pass verification, and hold exactly the articles of the last commit that counts;
- the next run must complete to the same keys, fingerprints and results of searches as an undisturbed one, leave no
  stray file and no file to read again, and the journal must say what the index holds.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search import cli
from search.engine import workers
from search.errors import BayeganError
from tests.faults.children import started
from tests.faults.stage import ALONE, CREW, Stage

_SET_CHILD_SUBREAPER = 36
_SECONDS_TO_END = 60
_TOO_LATE = "ended before the kill"


def trial(stage: Stage, place: Path, seconds: float, *, group: bool) -> str:
    """One kill so many seconds after the start; how the killed run had ended. AssertionError: something was lost."""
    shutil.copytree(stage.base, place)
    with stage.settings(stage.size.workers):
        ended = _killed(lambda: cli.main(stage.command(place)), seconds, group=group)
    with stage.settings(workers=1):
        generation = stage.check(place)
        stage.check_next_run(place)
    shutil.rmtree(place)
    if not ended:
        return _TOO_LATE
    return "killed after a commit" if generation > stage.generation else "killed before the first commit"


def seconds_of(stage: Stage, place: Path) -> float:
    """How long a run takes that nobody kills."""
    shutil.copytree(stage.base, place)
    began = time.monotonic()
    with stage.settings(stage.size.workers):
        _killed(lambda: cli.main(stage.command(place)), _SECONDS_TO_END, group=False)
    return time.monotonic() - began


def _killed(work: Callable[[], object], seconds: float, *, group: bool) -> bool:
    """Let a process do some work and kill it after so many seconds; whether it was still at work.

    Returns once all processes are gone that it had started.
    """
    child = started(work)
    handle = os.pidfd_open(child)
    running = not select.select([handle], [], [], seconds)[0]
    os.close(handle)
    if running:
        os.killpg(child, signal.SIGKILL) if group else os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 3, -signal.SIGKILL}, f"the run ended with {status}"
    _wait_for_orphans(child)
    return status == -signal.SIGKILL


def _wait_for_orphans(group: int) -> None:
    """The processes that a killed one had started, in its group, became ours; each must end by itself."""
    signal.alarm(_SECONDS_TO_END)
    try:
        while True:
            os.waitpid(-group, 0)
    except ChildProcessError:
        signal.alarm(0)


def kill_all(verb: str, count: int, seed: int, directory: Path) -> dict[str, Any]:
    """So many kills of a command; the figures."""
    dice = random.Random(f"{verb} {seed}")
    stages = {size: Stage(_made(directory / f"{verb}, workers: {size.workers}"), verb, size) for size in (ALONE, CREW)}
    lasting = {size: seconds_of(stage, stage.base.with_name("timed")) for size, stage in stages.items()}
    ends: Counter[str] = Counter()
    failures = []
    while ends.total() - ends[_TOO_LATE] < count and len(failures) < count:
        number = ends.total() + len(failures)
        size = CREW if number % 8 == 7 else ALONE
        stage, seconds = stages[size], dice.uniform(0, lasting[size])
        try:
            ends[trial(stage, directory / f"{verb}-{number}", seconds, group=dice.random() < 0.5)] += 1
        except (AssertionError, BayeganError, OSError) as error:
            failures.append(f"{verb}, trial {number}, after {seconds:.3f} s: {type(error).__name__}: {error}")
    return {"verb": verb, **ends, "failures": failures}


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory


def main() -> int:
    """Runs the trials, prints the figures as JSON, one command a line; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--count", type=int, default=200, help="kills of each command, those that came too late not counted"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verb", choices=("index", "reindex"), help="try this command only")
    arguments = parser.parse_args()
    workers._ALONE = 50  # so that little work is enough for worker processes
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        for verb in [arguments.verb] if arguments.verb else ["index", "reindex"]:
            figures = kill_all(verb, arguments.count, arguments.seed, Path(directory))
            failed |= bool(figures["failures"])
            print(json.dumps(figures, ensure_ascii=False), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
