"""The engines that are measured: Bayegan through its own path, and tantivy beside it, on the same JSONL corpus.

A corpus has one article a line: id, title, lead, body, section, date (Jalali, yyyy/mm/dd). Every answer is what the
page of a reader needs: the top 10, the exact number of matches, and their counts by section and by year.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from search.archive import Archive
from search.engine.answer import EngineQuery
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.query import parse
from search.ranking import signals

Kind = Literal["any", "all", "phrase"]
KINDS: tuple[Kind, ...] = ("any", "all", "phrase")
#: Answers a query that is parsed already; gives the number of matches.
Answerer = Callable[[], int]
_FOLD = str.maketrans({"ي": "ی", "ك": "ک", "\u200c": " "})


class Bayegan:
    """Indexes with the full Persian analysis, and ranks in both stages."""

    name = "bayegan"

    def __init__(self, home: Path) -> None:
        self._home = home

    def build(self, corpus: Path) -> None:
        """Index a corpus the way `bayegan index` does."""
        Archive(self._home).index([corpus])

    def open(self) -> None:
        """Get ready to answer."""
        self.index = Index.open(Archive(self._home).index_directory)
        self._searcher = SnapshotSearcher(self.index.snapshot)

    def prepare(self, text: str, kind: Kind) -> Answerer:
        """Parse a query."""
        parsed = parse(
            f'"{text}"' if kind == "phrase" else text, self.index.analyzer, match="any" if kind == "any" else "all"
        )
        question = EngineQuery(tree=parsed.tree, signals=signals(parsed.tokens), facets=("section", "year"))
        return lambda: self._searcher.search(question).total


class Tantivy:
    """Folds letters only, so it has less work to do for the same answer."""

    name = "tantivy"

    def __init__(self, home: Path) -> None:
        import tantivy

        fields = tantivy.SchemaBuilder()
        fields.add_text_field("id", stored=True, tokenizer_name="raw")
        fields.add_text_field("title", stored=True)
        fields.add_text_field("body", stored=True)
        fields.add_text_field("section", stored=True, tokenizer_name="raw", fast=True)
        fields.add_integer_field("year", stored=True, indexed=True, fast=True)
        home.mkdir(parents=True, exist_ok=True)
        self._document = tantivy.Document
        self._index = tantivy.Index(fields.build(), path=str(home))

    def build(self, corpus: Path) -> None:
        """Index a corpus with a thread for each processor."""
        writer = self._index.writer(heap_size=500_000_000, num_threads=os.cpu_count() or 1)
        for article in articles(corpus):
            folded = {name: article[name].translate(_FOLD) for name in ("title", "body")}
            year = int(article["date"].split("/")[0])
            writer.add_document(self._document(id=article["id"], section=article["section"], year=year, **folded))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        """Get ready to answer."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def prepare(self, text: str, kind: Kind) -> Answerer:
        """Parse a query."""
        text = text.translate(_FOLD)
        fields = ["title", "body"]
        query = self._index.parse_query(
            f'"{text}"' if kind == "phrase" else text, fields, conjunction_by_default=kind == "all"
        )
        counts = {
            "section": {"terms": {"field": "section"}},
            "year": {"terms": {"field": "year", "size": 100}},
        }

        def answer() -> int:
            hits: Any = self._searcher.search(query, 10)  # its type stub knows no count
            self._searcher.aggregate(query, counts)
            return int(hits.count)

        return answer


PEERS: dict[str, Callable[[Path], Any]] = {"tantivy": Tantivy}


def articles(corpus: Path) -> Iterator[dict[str, str]]:
    """The articles of a corpus."""
    with corpus.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
