"""How good the ranking is on judged topics, measured through the product's own path.

    python -m tests.benchmarks.relevance DIR [--run FILE]

DIR holds `docs.jsonl.gz` (id, title, body), `topics.tsv` (number, tab, text) and `qrels.txt` (TREC form); it may hold
`topics_modern.tsv`, the same topics with half-spaces, which are then asked as they are, with blanks for half-spaces,
and without them. DIR is indexed the way `bayegan index` does, the topics are answered with any of their words to depth
1,000, and AP, nDCG@10, RR@10 and R@100 are printed; `--run` writes the TREC run of `topics.tsv`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import ir_measures
from ir_measures import AP, RR, Qrel, R, ScoredDoc, nDCG

from search import stored
from search.archive import Archive
from search.engine.answer import EngineQuery
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.query import parse
from search.ranking import signals
from search.respacing import Respacing

DEPTH = 1000
MEASURES = (AP, nDCG @ 10, RR @ 10, R @ 100)
ZWNJ = "\u200c"

#: Number and text of each topic.
type Topics = list[tuple[str, str]]


def topics(path: Path) -> Topics:
    """The topics of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(number, text) for number, _, text in (line.partition("\t") for line in lines) if text]


def spellings(directory: Path) -> Iterator[tuple[str, Topics]]:
    """The topics as typed, and in their modern spellings where DIR has these."""
    yield "as typed", topics(directory / "topics.tsv")
    if (modern := directory / "topics_modern.tsv").exists():
        half_spaced = topics(modern)
        yield "half-spaced", half_spaced
        yield "spaced", [(number, text.replace(ZWNJ, " ")) for number, text in half_spaced]
        yield "lost", [(number, text.replace(ZWNJ, "")) for number, text in half_spaced]


class Ranker:
    """Answers topics from an index; the code of an article is its id in DIR."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._searcher = SnapshotSearcher(index.snapshot)
        self._reader = Respacing(index.analyzer, self._searcher)
        self._codes: dict[int, str] = {}

    def run(self, asked: Iterable[tuple[str, str]]) -> Iterator[ScoredDoc]:
        """The ranked articles of each topic."""
        for number, text in asked:
            parsed = parse(text, self._reader, match="any")
            answer = self._searcher.search(EngineQuery(tree=parsed.tree, signals=signals(parsed.tokens), limit=DEPTH))
            for doc, score in zip(answer.docs.tolist(), answer.scores.tolist(), strict=True):
                yield ScoredDoc(number, self._code(doc), score)

    def _code(self, doc: int) -> str:
        if doc not in self._codes:
            self._codes[doc] = stored.from_bytes(self._index.stored(doc)).code
        return self._codes[doc]


def indexed(directory: Path, home: Path) -> Index:
    """The index of the documents of DIR, built in `home` as an archive."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "archive.toml").write_text('title = "benchmark"\n\n[fields]\ncode = "id"\n', encoding="utf-8")
    archive = Archive(home)
    archive.index([directory / "docs.jsonl.gz"])
    return Index.open(archive.index_directory)


def figures(qrels: list[Qrel], run: Iterable[ScoredDoc]) -> str:
    """The measures as cells of a table's row."""
    found = ir_measures.calc_aggregate(MEASURES, qrels, list(run))
    return " | ".join(f"{found[measure]:.4f}" for measure in MEASURES)


def measure(directory: Path, home: Path, show: Callable[[str], None]) -> list[ScoredDoc]:
    """Show the figures of each spelling of the topics; the run of the topics as typed."""
    ranker = Ranker(indexed(directory, home))
    qrels = list(ir_measures.read_trec_qrels(str(directory / "qrels.txt")))
    show(f"| spelling | {' | '.join(map(str, MEASURES))} |\n|---|{'---|' * len(MEASURES)}")
    typed: list[ScoredDoc] = []
    for name, asked in spellings(directory):
        run = list(ranker.run(asked))
        typed = typed or run
        show(f"| {name} | {figures(qrels, run)} |")
    return typed


def write_run(path: Path, run: Iterable[ScoredDoc]) -> None:
    """Write a run in TREC form."""
    with path.open("w", encoding="utf-8") as out:
        rank, topic = 0, ""
        for number, doc, score in run:
            rank = rank + 1 if number == topic else 1
            topic = number
            out.write(f"{number} Q0 {doc} {rank} {score:.6f} bayegan\n")


def main() -> None:
    """The command."""
    command = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    command.add_argument("directory", type=Path, metavar="DIR")
    command.add_argument("--run", type=Path, metavar="FILE", help="write the TREC run of topics.tsv")
    options = command.parse_args()
    with tempfile.TemporaryDirectory() as home:
        run = measure(options.directory, Path(home) / "archive", print)
    if options.run:
        write_run(options.run, run)


if __name__ == "__main__":
    main()
