"""Speed beside another engine, in one run: indexing, and the whole faceted answer to a query that is parsed already.

    python -m tests.benchmarks.speed CORPUS.jsonl [--queries FILE] [--peers tantivy]

CORPUS is one article a line (see engines.py; corpus.py makes one of any size). FILE has one query a line; without it,
titles of the corpus are asked, their first words.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.engines import KINDS, PEERS, Bayegan, articles
from tests.benchmarks.timing import machine, median_ms, megabytes, milliseconds, table


class Measured(NamedTuple):
    """One engine. times: kind of query -> milliseconds, by query."""

    name: str
    per_second: float
    megabytes: float
    times: dict[str, list[float]]
    found: dict[str, list[int]]


def measure(engine: Any, home: Path, corpus: Path, count: int, queries: Sequence[str]) -> Measured:
    """Build, then ask every query in every way."""
    seconds = milliseconds(lambda: engine.build(corpus)) / 1e3
    engine.open()
    times: dict[str, list[float]] = {}
    found: dict[str, list[int]] = {}
    for kind in KINDS:
        answers = [engine.prepare(text, kind) for text in queries]
        times[kind] = [median_ms(answer) for answer in answers]
        found[kind] = [answer() for answer in answers]
    return Measured(engine.name, count / seconds, megabytes(home), times, found)


def report(ours: Measured, peers: Sequence[Measured]) -> str:
    """The tables: indexing, and queries with the ratio of our time to each peer's."""
    indexing = [[one.name, f"{one.per_second:,.0f}", f"{one.megabytes:,.0f}"] for one in (ours, *peers)]
    rows = []
    for kind in KINDS:
        for name, middle in (("median", statistics.median), ("worst", max)):
            row = [kind, name, f"{middle(ours.times[kind]):.2f}"]
            for peer in peers:
                theirs = middle(peer.times[kind])
                row += [f"{theirs:.2f}", f"{middle(ours.times[kind]) / theirs:.2f}"]
            rows.append(row)
    head = ["match", "", f"{ours.name} ms", *(cell for peer in peers for cell in (f"{peer.name} ms", "ratio"))]
    return f"{table(['engine', 'articles/s', 'index MB'], indexing)}\n\n{table(head, rows)}"


def main() -> None:
    """Measure and print."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpus", type=Path)
    cli.add_argument("--queries", type=Path)
    cli.add_argument("--peers", default="tantivy", help="separated by commas; empty for none")
    args = cli.parse_args()
    count = sum(1 for _ in articles(args.corpus))
    if args.queries:
        queries = [line.strip() for line in args.queries.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        queries = [" ".join(article["title"].split()[:4]) for article in islice(articles(args.corpus), 30)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ours = measure(Bayegan(home / "bayegan"), home / "bayegan", args.corpus, count, queries)
        peers = [
            measure(PEERS[name](home / name), home / name, args.corpus, count, queries)
            for name in args.peers.split(",")
            if name
        ]
    print(f"{count:,} articles, {args.corpus.stat().st_size / 1e6:,.0f} MB of JSONL, {len(queries)} queries")
    print(f"{machine()}\n\n{report(ours, peers)}")


if __name__ == "__main__":
    main()
