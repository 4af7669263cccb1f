"""How cost grows with the archive: one table, and a plot, over corpora of growing size.

    python -m tests.benchmarks.scale SEED.jsonl [--sizes 10000,100000,1000000] [--queries FILE] [--plot FILE.svg]
                                     [--home DIR]

SEED has real articles (see corpus.py), from which corpora of the given sizes are made. Each is built and served in a
process of its own, so that its memory can be told. DIR holds corpora and indexes while they are measured: ten times the
seed's bytes for each article, a few gigabytes for a million; the system's temporary folder unless told.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import corpus
from tests.benchmarks.engines import Bayegan, articles
from tests.benchmarks.plot import Series, plot
from tests.benchmarks.timing import machine, median_ms, megabytes, milliseconds, table

HEAD = (
    "articles", "JSONL MB", "articles/s", "index MB", "building MB", "serving MB", "open ms", "median ms", "worst ms",
)  # fmt: skip


def build(home: Path, source: Path) -> dict[str, float]:
    """Index a corpus; run in a process of its own.

    Peak memory is told as an upper bound: this process's, and the largest worker's for each of the workers.
    """
    seconds = milliseconds(lambda: Bayegan(home).build(source)) / 1e3
    own, largest = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "building MB": (own + (os.cpu_count() or 1) * largest) / 1024,
        "index MB": megabytes(home),
    }


def serve(home: Path, queries: Sequence[str]) -> dict[str, float]:
    """Open the index and ask all queries with any match; run in a process of its own."""
    engine = Bayegan(home)
    opening = milliseconds(engine.open)
    answers = [engine.prepare(text, "any") for text in queries]
    times = [median_ms(answer) for answer in answers]
    return {
        "open ms": opening,
        "serving MB": _resident(),
        "median ms": statistics.median(times),
        "worst ms": max(times),
    }


def _resident() -> float:
    """Memory of this process that no file backs, in MB: mapped pages of the index can be dropped at any time."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


def measure(seed: Path, size: int, queries: Path | None, home: Path) -> dict[str, float]:
    """Make a corpus of that size, build and serve it, and tell what it took."""
    source, index = home / f"{size}.jsonl", home / f"index-{size}"
    corpus.write(source, seed, size)
    raw = source.stat().st_size / 1e6
    found = {"articles": float(size), "JSONL MB": raw, **_apart("build", index, source)}
    found |= _apart("serve", index, queries or source)
    source.unlink()
    return found | {"articles/s": size / found["seconds"]}


def _apart(step: str, index: Path, source: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.scale", f"--{step}", str(index), str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def asked(source: Path) -> list[str]:
    """The queries of a file; of a corpus, its first titles' first words."""
    if source.suffix == ".jsonl":
        return [" ".join(article["title"].split()[:4]) for article, _ in zip(articles(source), range(30), strict=False)]
    return [line.strip() for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """The command, and the two steps that it runs in processes of their own."""
    if len(sys.argv) == 4 and sys.argv[1] in ("--build", "--serve"):
        index, source = map(Path, sys.argv[2:])
        print(json.dumps(build(index, source) if sys.argv[1] == "--build" else serve(index, asked(source))))
        return
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("seed", type=Path)
    cli.add_argument("--sizes", default="10000,100000,1000000")
    cli.add_argument("--queries", type=Path)
    cli.add_argument("--plot", type=Path)
    cli.add_argument("--home", type=Path)
    args = cli.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=args.home) as folder:
        sizes = [int(size) for size in args.sizes.split(",")]
        rows = [measure(args.seed, size, args.queries, Path(folder)) for size in sizes]
    cells = [[f"{row[name]:,.{2 if name.endswith('ms') else 0}f}" for name in HEAD] for row in rows]
    print(f"{machine()}; measured in {time.perf_counter() - started:,.0f} s\n\n{table(HEAD, cells)}")
    if args.plot:
        xs = [row["articles"] for row in rows]
        lines = [Series(name, xs, [row[name] for row in rows]) for name in HEAD[1:]]
        args.plot.write_text(plot(lines, "articles"), encoding="utf-8")


if __name__ == "__main__":
    main()
