"""Feeding an archive: sources -> articles -> a new generation of the index, with a count of what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from search import stored
from search.article import Article
from search.engine.index import Index
from search.engine.writer import IndexWriter
from search.errors import RejectedInput
from search.journal import Journal, Run, SourceFile
from search.persian import Tables, learn
from search.settings import Settings
from search.sources import Profile, read

COMMIT_SECONDS = 60.0  # what a killed run loses at most; a commit costs well under a second


@dataclass(slots=True)
class Progress:
    """Where a run stands; the same record is updated and handed to the observer again and again.

    Attributes:
        phase: `learning` the spelling tables, `indexing`, or `finishing`.
        files, bytes: of all sources that this run reads; `bytes_done` so far, before unpacking.
        skipped: files that did not change.
        read: articles read; `indexed`, `replaced` and `unchanged` are those that the index knows of.
    """

    phase: str = "indexing"
    files: int = 0
    bytes: int = 0
    bytes_done: int = 0
    skipped: int = 0
    read: int = 0
    indexed: int = 0
    replaced: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def share(self) -> float:
        """How much of the sources was read, 0.0 to 1.0, by size."""
        return min(1.0, self.bytes_done / self.bytes) if self.bytes else 0.0


Observer = Callable[[Progress], None]


@dataclass
class Indexing:
    """One run over some sources.

    Args:
        directory: of the index.
        journal: of the archive.
        settings, profile: of the archive.
        observe: called after each article and at each change of phase.
    """

    directory: Path
    journal: Journal
    settings: Settings
    profile: Profile
    observe: Observer
    progress: Progress = field(default_factory=Progress)
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _read: list[tuple[SourceFile, int, list[RejectedInput]]] = field(default_factory=list)

    def add(self, files: Iterable[SourceFile]) -> Run:
        """Adds or updates the articles of the files that are new or changed since they were last read."""
        files = self._new(files)
        generation = Index.latest_generation(self.directory)
        if not files and generation >= 0:
            return self._finish("index", generation)
        articles = self._articles(files)
        sample: list[Article] = []

        def tables() -> Tables:
            """Of an index that is new: learned from its first articles."""
            sample.extend(islice(articles, self.settings.learn_from))
            return self._learn(map(_text, sample))

        with self._writer(tables, fresh=False) as writer:
            self._put_all(writer, chain(sample, articles), commits=True)
            return self._finish("index", self._commit(writer, last=True))

    def rebuild(self, files: Iterable[SourceFile], old: Index | None) -> Run:
        """Builds a new generation from the files, and from the stored articles that no file has any more.

        Nothing of it is visible until it is complete. The tables are learned anew, from articles spread evenly
        over the old generation, or from the first ones of the files where there is none.
        """
        articles = self._articles(self._all(files))
        sample: list[Article] = []

        def tables() -> Tables:
            if old is not None:
                return self._learn(map(_text, _spread(old, self.settings.learn_from)))
            sample.extend(islice(articles, self.settings.learn_from))
            return self._learn(map(_text, sample))

        with self._writer(tables, fresh=True) as writer:
            self._put_all(writer, chain(sample, articles), commits=False)
            for article in _stored(old):
                if writer.fingerprint_of(article.key) is None:
                    self._put(writer, article)
            return self._finish("reindex", self._commit(writer, last=True))

    def _all(self, files: Iterable[SourceFile]) -> list[SourceFile]:
        kept = list(files)
        self.progress.files, self.progress.bytes = len(kept), sum(file.size for file in kept)
        return kept

    def _new(self, files: Iterable[SourceFile]) -> list[SourceFile]:
        found = list(files)
        kept = self._all(file for file in found if not self.journal.is_known(file))
        self.progress.skipped = len(found) - len(kept)
        return kept

    def _learn(self, texts: Iterable[str]) -> Tables:
        self._phase("learning")
        tables = learn(texts)
        self._phase("indexing")
        return tables

    def _phase(self, name: str) -> None:
        self.progress.phase = name
        self.observe(self.progress)

    def _writer(self, tables: Callable[[], Tables], *, fresh: bool) -> IndexWriter:
        return IndexWriter(
            self.directory,
            tables=tables,
            memory_mb=self.settings.memory_mb,
            workers=self.settings.workers or None,
            fresh=fresh,
        )

    def _articles(self, files: Iterable[SourceFile]) -> Iterator[Article]:
        """The articles of the files in turn; what is rejected is counted, and kept for the journal."""
        for file in files:
            before, count = self.progress.bytes_done, self.progress.read
            rejections: list[RejectedInput] = []
            for found in read(file.path, self.profile, file.format or None, on_bytes=self._reading):
                if isinstance(found, RejectedInput):
                    rejections.append(found)
                    self.progress.rejected += 1
                else:
                    self.progress.read += 1
                    yield found
                self.observe(self.progress)
            self._read.append((file, self.progress.read - count, rejections))
            self.progress.bytes_done = before + file.size

    def _reading(self, count: int) -> None:
        self.progress.bytes_done += count

    def _put_all(self, writer: IndexWriter, articles: Iterable[Article], *, commits: bool) -> None:
        committed = time.monotonic()
        for article in articles:
            self._put(writer, article)
            if commits and time.monotonic() - committed > COMMIT_SECONDS:
                self._commit(writer)
                committed = time.monotonic()

    def _put(self, writer: IndexWriter, article: Article) -> None:
        document = stored.to_document(article)
        known = writer.fingerprint_of(document.key)
        if known == document.fingerprint:
            self.progress.unchanged += 1
            return
        writer.add(document)
        if known is None:
            self.progress.indexed += 1
        else:
            self.progress.replaced += 1

    def _commit(self, writer: IndexWriter, *, last: bool = False) -> int:
        """Makes everything so far durable; only then are the files that were read whole noted as read."""
        self._phase("finishing")
        generation = writer.commit(last=last)
        for file, count, rejections in self._read:
            self.journal.record(file, count, rejections)
        self._read.clear()
        self._phase("indexing")
        return generation

    def _finish(self, verb: str, generation: int) -> Run:
        done = self.progress
        run = Run(
            verb=verb,
            started=self._began,
            seconds=(datetime.now(UTC) - self._began).total_seconds(),
            generation=generation,
            indexed=done.indexed,
            replaced=done.replaced,
            unchanged=done.unchanged,
            rejected=done.rejected,
        )
        self.journal.finish(run)
        return run


def _text(article: Article) -> str:
    return "\n".join((article.title, article.kicker, article.lead, *article.body))


def _stored(index: Index | None) -> Iterator[Article]:
    """Every article of a generation, in the order of its documents."""
    if index is not None:
        yield from (stored.from_bytes(index.stored(doc)) for doc in index.docs())


def _spread(index: Index, count: int) -> Iterator[Article]:
    """About `count` articles of a generation, evenly spread."""
    step = max(1, index.count // count)
    yield from (stored.from_bytes(index.stored(doc)) for doc in islice(index.docs(), 0, None, step))
