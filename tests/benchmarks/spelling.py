"""Whether a reader finds the same however they spell: the top 10 of a query and of its other spellings, compared.

    python -m tests.benchmarks.spelling DIR...

All articles under DIR... are read; every second one is indexed, with tables learned from the others alone, so that no
query was learned from. From the indexed ones are drawn, at random but the same each time: 200 distinct words with a
half-space, 200 running tokens with one, and 200 phrases of three tokens around one. Each is asked as it stands, and
with its half-spaces as blanks, lost, and with Arabic ي and ك; printed is the mean overlap of the top 10.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

from search import stored
from search.article import Article
from search.engine.answer import EngineQuery
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.engine.writer import IndexWriter
from search.persian import Tables, learn
from search.query import parse
from search.ranking import signals
from search.respacing import Respacing
from search.sources import Profile, read, walk

SEED = 7
DRAWN = 200
TOP = 10
ZWNJ = "\u200c"
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")

SPELLINGS: dict[str, Callable[[str], str]] = {
    "spaced": lambda text: text.replace(ZWNJ, " "),
    "lost": lambda text: text.replace(ZWNJ, ""),
    "Arabic letters": lambda text: text.translate(str.maketrans("یک", "يك")),
}


def articles(directories: Iterable[Path]) -> Iterator[Article]:
    """All articles under the folders, those without a title or text left out by their reader."""
    profile = Profile()
    for path in walk(directories):
        yield from (found for found in read(path, profile) if isinstance(found, Article))


def text_of(article: Article) -> str:
    """All text of an article."""
    return "\n".join((article.title, article.kicker, article.lead, *article.body))


def samples(texts: Sequence[str]) -> dict[str, list[str]]:
    """The words, running tokens and phrases to ask for."""
    draw = random.Random(SEED)
    running: list[str] = []
    phrases: list[str] = []
    for text in texts:
        tokens = [_EDGES.sub("", token) for token in text.split()]
        places = [place for place, token in enumerate(tokens) if ZWNJ in token]
        running += [tokens[place] for place in places]
        phrases += [" ".join(tokens[place - 1 : place + 2]) for place in places if 0 < place < len(tokens) - 1]
    kinds = {
        "words": sorted(set(running)),
        "running tokens": running,
        "phrases": phrases,
    }
    return {name: draw.sample(found, min(DRAWN, len(found))) for name, found in kinds.items()}


def build(indexed: Iterable[Article], tables: Tables, home: Path) -> Index:
    """An index of articles with tables that were not learned from them."""
    with IndexWriter(home, tables=lambda: tables) as writer:
        for number, article in enumerate(indexed):
            document = stored.to_document(article)
            writer.add(type(document)(key=str(number), title=document.title, lead=document.lead, body=document.body))
        writer.commit()
    return Index.open(home)


def overlap(one: set[int], other: set[int]) -> float:
    """The share of the larger answer that both have; 1 for two empty ones."""
    return len(one & other) / max(len(one), len(other), 1) if one or other else 1.0


def measure(index: Index, drawn: dict[str, list[str]], show: Callable[[str], None]) -> None:
    """Show the mean overlap of each kind of query with each of its other spellings."""
    searcher = SnapshotSearcher(index.snapshot)
    reader = Respacing(index.analyzer, searcher)

    def top(text: str) -> set[int]:
        parsed = parse(text, reader, match="any")
        return set(
            searcher.search(EngineQuery(tree=parsed.tree, signals=signals(parsed.tokens), limit=TOP)).docs.tolist()
        )

    show(f"| query | {' | '.join(SPELLINGS)} | mean |\n|---|{'---|' * len(SPELLINGS)}---|")
    for name, queries in drawn.items():
        means = [
            sum(overlap(top(text), top(spell(text))) for text in queries) / len(queries) for spell in SPELLINGS.values()
        ]
        show(f"| {len(queries)} {name} | {' | '.join(f'{mean:.4f}' for mean in (*means, fmean(means)))} |")


def main() -> None:
    """The command."""
    command = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    command.add_argument("directories", type=Path, nargs="+", metavar="DIR")
    found = list(articles(command.parse_args().directories))
    indexed, others = found[::2], found[1::2]
    with tempfile.TemporaryDirectory() as home:
        index = build(indexed, learn(map(text_of, others)), Path(home))
        measure(index, samples([text_of(article) for article in indexed]), print)


if __name__ == "__main__":
    main()
