"""Kills `index` and `reindex` at random moments, and checks what is left each time; `python -m tests.faults.kills`.

Each trial copies an archive, lets the real command run on it in a process of its own, and kills that process (and, in
every second trial, its group) with SIGKILL. Every eighth trial uses worker processes. Then
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from search import cli
from search.archive import Archive
from search.engine import workers
from search.engine.index import Index
from search.engine.inverter import identity
from search.engine.manifest import file_names, read_manifest, toc_path
from search.errors import BayeganError
from search.journal import Run
from search.reconcile import fingerprints
from search.request import SearchRequest
from tests.faults import corpus

Content = dict[int, int]  # fingerprints by identity, as signed integers

_SET_CHILD_SUBREAPER = 36
_QUERIES = ("باران", "کتاب نمایشگاه", "تیم یا فیلم", '"باران برف"', "section:باد")
_SECONDS_TO_END = 60


class Size(NamedTuple):
    """How much there is to do: articles in a file, articles between commits, workers."""

    articles: int
    commit: int
    workers: int


ALONE, CREW = Size(30, 25, 1), Size(60, 50, 2)


class Stage:
    """An archive of version 1 of its sources, which are of version 2 since, and what a run makes of it.

    Attributes:
        base: the folder of the archive, to be copied.
        generation: that a run begins with.
        before, after: what it holds, and what it holds after a run that nobody disturbed.
        order: keys of the articles, as a run reads them.
        results: see `results`, after such a run.
        seconds: that a run takes.
    """

    def __init__(self, directory: Path, verb: str, size: Size) -> None:
        self.verb, self.size = verb, size
        self.base, self.sources = directory / "base", directory / "sources"
        corpus.write(self.sources, 9, size.articles)
        with self.settings(workers=1):
            Archive(self.base).index([self.sources])
            self.generation = Archive(self.base).searcher().generation
            corpus.write(self.sources, 10, size.articles, version=2)
            if verb == "reindex":
                (self.sources / "004.jsonl").unlink()  # its articles are carried over
            self.before = held(Archive(self.base))
            self.order = [key for key, _ in corpus.articles(self.sources)]
            undisturbed = directory / "undisturbed"
            shutil.copytree(self.base, undisturbed)
        with self.settings(size.workers):
            self.rejected = self.run(undisturbed).rejected
            shutil.copytree(self.base, directory / "timed")
            began = time.monotonic()
            _killed(lambda: cli.main(self.command(directory / "timed")), _SECONDS_TO_END, group=False)
            self.seconds = time.monotonic() - began
            self.after, self.results = held(Archive(undisturbed)), results(Archive(undisturbed))

    @contextmanager
    def settings(self, workers: int) -> Iterator[None]:
        """The settings of its runs, for this process and those that it starts."""
        given = {"COMMIT_ARTICLES": self.size.commit, "COMMIT_SECONDS": 3600, "LEARN_FROM": 50, "WORKERS": workers}
        os.environ.update({f"BAYEGAN_{name}": str(value) for name, value in given.items()})
        try:
            yield
        finally:
            for name in given:
                del os.environ[f"BAYEGAN_{name}"]

    def run(self, place: Path) -> Run:
        """The run, in this process."""
        return Archive(place).index([self.sources]) if self.verb == "index" else Archive(place).reindex()

    def command(self, place: Path) -> list[str]:
        """The same, as a command."""
        return [self.verb, *([str(self.sources)] if self.verb == "index" else []), "--archive", str(place)]

    def content(self, generation: int) -> Content:
        """What a generation holds: those that a run commits on its way hold so many articles more than the first."""
        done = generation - self.generation
        if self.verb == "reindex":
            return self.after if done else self.before
        new = {_signed(identity(key)) for key in self.order[: done * self.size.commit]}
        return self.before | {number: value for number, value in self.after.items() if number in new}


def held(archive: Archive) -> Content:
    """What the newest generation of an archive holds."""
    return dict(fingerprints(Index.open(archive.index_directory)))


def results(archive: Archive) -> list[list[str]]:
    """The articles that some searches find, in the order of their keys, since ranks depend on how an index grew."""
    searcher = archive.searcher()
    found = (searcher.articles(searcher.matching(SearchRequest(query=query)).docs) for query in _QUERIES)
    return [sorted(article.key for article in articles) for articles in found]


def trial(stage: Stage, place: Path, seconds: float, *, group: bool) -> str:
    """One kill so many seconds after the start; how the killed run had ended. AssertionError: something was lost."""
    shutil.copytree(stage.base, place)
    with stage.settings(stage.size.workers):
        ended = _killed(lambda: cli.main(stage.command(place)), seconds, group=group)
    with stage.settings(workers=1):
        archive = Archive(place)
        generation = archive.searcher().generation
        assert archive.verify().problems == [], "verify finds damage"
        assert held(archive) == stage.content(generation), f"generation {generation} holds something else"
        _check_next_run(stage, place)
    shutil.rmtree(place)
    if not ended:
        return "ended before the kill"
    return "killed after a commit" if generation > stage.generation else "killed before the first commit"


def _check_next_run(stage: Stage, place: Path) -> None:
    run = stage.run(place)
    archive = Archive(place)
    assert run.rejected in {0, stage.rejected}, "the next run rejects something"
    assert held(archive) == stage.after, "the next run completes to another content"
    assert results(archive) == stage.results, "searches find something else"
    assert archive.verify().problems == [], "verify finds damage after the next run"
    with archive.journal() as journal:
        noted = {_signed(number): _signed(value) for number, value in journal.fingerprints()}
        assert noted == stage.after, "the journal says something else than the index"
        assert journal.generation() == archive.searcher().generation, "the journal is of another generation"
        assert all(map(journal.is_known, journal.sources())), "a file would be read again"
    manifest = read_manifest(archive.index_directory)
    expected = file_names(manifest) | {toc_path(place, manifest.generation).name, "MAIN_WRITELOCK"}
    assert {path.name for path in archive.index_directory.iterdir()} == expected, "a stray file is left"


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _killed(work: Callable[[], None], seconds: float, *, group: bool) -> bool:
    """Let a process do some work and kill it after so many seconds; whether it was still at work.

    Returns once all processes are gone that it had started.
    """
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            work()
        except SystemExit as end:
            os._exit(int(end.code or 0))
        finally:
            os._exit(99)
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
    """So many trials of a command; the figures."""
    dice = random.Random(f"{verb} {seed}")
    stages = {size: Stage(_made(directory / f"{verb}, workers: {size.workers}"), verb, size) for size in (ALONE, CREW)}
    ends: Counter[str] = Counter()
    failures = []
    for number in range(count):
        stage = stages[CREW if number % 8 == 7 else ALONE]
        seconds = dice.uniform(0, 1.05 * stage.seconds)
        try:
            ends[trial(stage, directory / f"{verb}-{number}", seconds, group=dice.random() < 0.5)] += 1
        except (AssertionError, BayeganError, OSError) as error:
            failures.append(f"{verb}, trial {number}, after {seconds:.3f} s: {type(error).__name__}: {error}")
    return {"verb": verb, "trials": count, **ends, "failures": failures}


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory


def main() -> int:
    """Runs the trials, prints the figures as JSON, one command a line; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="trials of each command")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    workers._ALONE = 50  # so that little work is enough for worker processes
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        for verb in ("index", "reindex"):
            figures = kill_all(verb, arguments.count, arguments.seed, Path(directory))
            failed |= bool(figures["failures"])
            print(json.dumps(figures, ensure_ascii=False), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
