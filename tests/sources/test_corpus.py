"""The corpus of damaged inputs, read by a process of its own: articles or a rejection; no crash, no hang, no flood.

A file whose reading does not end, or ends the process, is named; so the process may die, and the test goes on with
another.
"""

import json
import select
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from tests.sources.damaged import corpus, specimens
from tests.sources.packed import found, titles

SECONDS = 5  # of the processor, for one file
MOST_MB = 500
GIVEN_UP = 120  # seconds by the clock, after which a process that does not answer is ended
FEWEST = 300


class Reader:
    """A process that reads what it is told to."""

    def __init__(self) -> None:
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sources.read_damaged", str(SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def begin(self, path: Path) -> None:
        """Tells it to read a file."""
        print(path, file=self._process.stdin, flush=True)

    def told(self) -> dict[str, object]:
        """How reading that file went."""
        ready, _, _ = select.select([self._process.stdout], [], [], GIVEN_UP)
        line = self._process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.close()
        ended, self._process = self._process.returncode, self._start()
        return {"articles": 0, "rejected": 1, "peak_mb": 0, "wrong": f"the process ended with {ended}"}

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()


def test_every_damaged_input_gives_articles_or_a_reason(tmp_path):
    """Hundreds of damaged files of every format: each is told of, in bounded time and memory."""
    reader, told, before = Reader(), {}, None
    try:
        for name, data in chain(corpus(), [("", b"")]):  # the next is made while one is read
            path = tmp_path / (name or "last")
            path.write_bytes(data)
            if before:
                told[before.name] = reader.told()
                before.unlink()
            assert name not in told
            reader.begin(path)
            before = path
    finally:
        reader.close()
    assert len(told) >= FEWEST
    assert {name: one["wrong"] for name, one in told.items() if one["wrong"]} == {}
    assert [name for name, one in told.items() if not one["articles"] + one["rejected"]] == []
    assert {name: one["peak_mb"] for name, one in told.items() if one["peak_mb"] > MOST_MB} == {}
    outcomes = Counter(bool(one["articles"]) for one in told.values())
    assert min(outcomes.values()) > FEWEST // 4  # damage costs something, but not everything


@pytest.mark.parametrize("name", specimens())
def test_specimens_are_whole(tmp_path, name):
    """What is damaged was whole before: it gives articles, or (a sitemap, which holds none) is read without a loss."""
    results = found(tmp_path / name, specimens()[name])
    assert len(titles(results)) == len(results) or name == "sitemap.xml"
    assert results


def test_the_corpus_is_the_same_each_time():
    """What failed once can be made again."""
    first, second = (Counter({name: hash(data) for name, data in specimens().items()}) for _ in range(2))
    assert first == second
