"""Feeding an archive: sources -> articles -> a new generation of the index, with a count of what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from search import stored
from search.article import Article
from search.engine.index import Index
from search.engine.inverter import identity
from search.engine.writer import IndexWriter
from search.errors import RejectedInput, SourceVanished
from search.feeding.reconcile import fingerprints, reconcile
from search.journal import Journal, Reading, Run, SourceFile
from search.persian import Tables, learn
from search.settings import Settings
from search.sources import ONLY_SUMMARY, Profile, read

#: An article and the reading that it is of; None in its place ends the reading.
_Found = tuple[Reading, Article | None]


@dataclass(slots=True)
class Progress:
    """Where a run stands; the same record is updated and handed to the observer again and again.

    Attributes:
        phase: `comparing` the files with the journal, `learning` the spelling tables, `indexing`, or `finishing`.
        files, bytes: of all sources that this run reads; `bytes_done` so far, before unpacking.
        skipped: files that did not change since they were read.
        changed: files that changed while they were read, so that the next run reads them again.
        read: articles read; `indexed`, `replaced` and `unchanged` are those that the index knows of, `deleted`
            those passed over since they were deleted from the archive.
        stored: articles of the old generation, of which `carried` were looked at, to carry over what no source has.
    """

    phase: str = "indexing"
    files: int = 0
    bytes: int = 0
    bytes_done: int = 0
    skipped: int = 0
    changed: int = 0
    read: int = 0
    indexed: int = 0
    replaced: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    stored: int = 0
    carried: int = 0

    @property
    def share(self) -> float:
        """How much was read, 0.0 to 1.0: of the sources, by size; where there are none, of the stored articles."""
        whole, done = (self.bytes, self.bytes_done) if self.bytes else (self.stored, self.carried)
        return min(1.0, done / whole) if whole else 0.0


#: Bytes of sources that are thousands of articles, or hundreds of pages: worth starting processes for.
_PLENTY = 8 << 20

Observer = Callable[[Progress], None]


def never() -> bool:
    """When a run is stopped that nobody stops."""
    return False


@dataclass
class Indexing:
    """One run over some sources.

    Args:
        directory: of the index.
        journal: of the archive.
        settings, profile: of the archive.
        observe: called after each article and at each change of phase.
        stopped: asked after each article; where it says so, the run commits what it has and ends.
    """

    directory: Path
    journal: Journal
    settings: Settings
    profile: Profile
    observe: Observer
    stopped: Callable[[], bool] = never
    progress: Progress = field(default_factory=Progress)
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _readings: list[Reading] = field(default_factory=list)  # since the last commit
    _deleted: Container[int] = ()
    _summaries: set[str] = field(default_factory=set)  # keys of articles of which this run found no more

    def add(self, files: Iterable[SourceFile], roots: Sequence[Path] = ()) -> Run:
        """Adds or updates the articles of the files that are new or changed since they were last read.

        Commits every so many articles or seconds (settings), so that a run that is killed loses no more than those.

        Args:
            files: to read.
            roots: the files and folders that they were found in.

        Raises:
            SourceVanished: one of the roots did; what was read until then is committed.
            ArchiveLocked, StorageFailure, FormatMismatch, DamagedIndex: see `search.errors`.
        """
        reconcile(self.journal, self.directory)
        files = self._new(files)
        generation = Index.latest_generation(self.directory)
        if not files and generation >= 0:
            return self._finish("index", generation)
        found = self._found(files, roots)
        sample: list[_Found] = []

        def tables() -> Tables:
            """Of an index that is new: learned from its first articles."""
            return self._learn(_texts(found, sample, self.settings.learn_from))

        with self._writer(tables, fresh=False) as writer:
            try:
                self._put_all(writer, chain(sample, found), lambda: self._commit(writer))
            except SourceVanished:
                self._finish("index", self._commit(writer, last=True))
                raise
            return self._finish("index", self._commit(writer, last=True))

    def rebuild(self, files: Iterable[SourceFile], old: Index | None) -> Run:
        """Builds a new generation from the files, and from the stored articles that no file has any more.

        Nothing of it is visible until it is complete. The tables are learned anew, from articles spread evenly
        over the old generation, or from the first ones of the files where there is none.
        """
        found = self._found(self._all(files))
        sample: list[_Found] = []

        def tables() -> Tables:
            if old is not None:
                return self._learn(map(_text, _spread(old, self.settings.learn_from)))
            return self._learn(_texts(found, sample, self.settings.learn_from))

        with self._writer(tables, fresh=True) as writer:
            self.journal.begin_rebuilding()
            self._put_all(writer, chain(sample, found), lambda: self._note(self.journal.note))
            self._carry_over(writer, old)
            self._note(self.journal.note)
            self._phase("finishing")
            generation = writer.commit(last=True)
            self.journal.complete(fingerprints(Index.open(self.directory)), generation)
            return self._finish("reindex", generation)

    def _carry_over(self, writer: IndexWriter, old: Index | None) -> None:
        """Adds the articles of the old generation that no source had, but for those that were deleted."""
        self.progress.stored = old.count if old else 0
        for article in _stored(old):
            if writer.fingerprint_of(article.key) is None and identity(article.key) not in self._deleted:
                self._put(writer, article)
                self.progress.read += 1
            self.progress.carried += 1
            self.observe(self.progress)

    def _all(self, files: Iterable[SourceFile]) -> list[SourceFile]:
        kept = list(files)
        self.progress.files, self.progress.bytes = len(kept), sum(file.size for file in kept)
        return kept

    def _new(self, files: Iterable[SourceFile]) -> list[SourceFile]:
        self._phase("comparing")
        return self._all(file for file in files if not self._is_known(file))

    def _is_known(self, file: SourceFile) -> bool:
        known = self.journal.is_known(file)
        self.progress.skipped += known
        self.observe(self.progress)
        return known

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
            plenty=self.progress.bytes > _PLENTY,
        )

    def _found(self, files: Iterable[SourceFile], roots: Sequence[Path] = ()) -> Iterator[_Found]:
        """The articles of the files in turn, and the end of each file."""
        for file in files:
            before = self.progress.bytes_done
            yield from self._found_in(SourceFile.seen(file.path, file.format), roots)
            self.progress.bytes_done = before + file.size

    def _found_in(self, file: SourceFile, roots: Sequence[Path]) -> Iterator[_Found]:
        _check_there(file, roots)
        reading = Reading(file, file.digest())
        for found in read(file.path, self.profile, file.format or None, on_bytes=self._reading):
            if isinstance(found, RejectedInput):
                reading.rejections.append((found.source, found.reason))
                self.progress.rejected += 1
            else:
                reading.articles += 1
                self.progress.read += 1
                yield reading, found
            self.observe(self.progress)
        reading.steady = file.same(SourceFile.seen(file.path, file.format))
        self.progress.changed += not reading.steady
        yield reading, None

    def _reading(self, count: int) -> None:
        self.progress.bytes_done += count

    def _put_all(self, writer: IndexWriter, found: Iterable[_Found], commit: Callable[[], object]) -> None:
        """Puts the articles into the index, with a commit every so many of them or seconds."""
        self._deleted = self.journal.deleted()
        count, committed = 0, time.monotonic()
        for reading, article in found:
            if not self._readings or self._readings[-1] is not reading:
                self._readings.append(reading)
            if article is None:
                reading.ended = True
            else:
                self._put(writer, article, reading)
                count += 1
            if self.stopped():
                return
            if count >= self.settings.commit_articles or time.monotonic() - committed > self.settings.commit_seconds:
                commit()
                count, committed = 0, time.monotonic()

    def _put(self, writer: IndexWriter, article: Article, reading: Reading | None = None) -> None:
        document = stored.to_document(article)
        known = writer.fingerprint_of(document.key)
        if ONLY_SUMMARY in article.notes:
            if known is not None and known != document.fingerprint and not self._is_summary(writer, document.key):
                self.progress.unchanged += 1  # the whole text stays
                return
            self._summaries.add(document.key)
        else:
            self._summaries.discard(document.key)
        if reading is not None:
            number = identity(document.key)
            if number in self._deleted:
                self.progress.deleted += 1
                return
            reading.identities.append(number)
            reading.fingerprints.append(document.fingerprint)
        if known == document.fingerprint:
            self.progress.unchanged += 1
            return
        writer.add(document)
        if known is None:
            self.progress.indexed += 1
        else:
            self.progress.replaced += 1

    def _is_summary(self, writer: IndexWriter, key: str) -> bool:
        """Whether only a feed's summary is known of an article."""
        if key in self._summaries:
            return True
        data = writer.stored(key)
        return data is not None and ONLY_SUMMARY in stored.from_bytes(data).notes

    def _commit(self, writer: IndexWriter, *, last: bool = False) -> int:
        """Makes everything so far durable; only then are the files that were read whole noted as read."""
        self._phase("finishing")
        generation = writer.commit(last=last)
        self._note(lambda readings: self.journal.record(readings, generation))
        self._phase("indexing")
        return generation

    def _note(self, note: Callable[[Sequence[Reading]], None]) -> None:
        """Hands what was read since the last commit to the journal, once; a file that goes on begins anew."""
        note(self._readings)
        for reading in self._readings:
            reading.begin_anew()
        self._readings.clear()

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
            skipped=done.skipped,
            changed=done.changed,
            deleted=done.deleted,
        )
        self.journal.finish(run)
        return run


def _check_there(file: SourceFile, roots: Sequence[Path]) -> None:
    """A file that is gone is rejected when it is read; all the rest of its folder is not, if that is gone itself."""
    if file.size or file.modified:
        return
    for root in filter(_is_gone, roots):
        raise SourceVanished(
            f"{root} vanished while it was read; what was committed is kept, run the command again when it is back"
        )


def _is_gone(root: Path) -> bool:
    """Whether a file or folder is not there, or an empty folder is in its place, as where a disk was unmounted."""
    try:
        return not root.exists() or (root.is_dir() and not any(root.iterdir()))
    except OSError:
        return True


def _texts(found: Iterator[_Found], sample: list[_Found], count: int) -> Iterator[str]:
    """The texts of the next `count` articles at most; what was taken is kept in `sample`."""
    while count > 0 and (one := next(found, None)) is not None:
        sample.append(one)
        if one[1] is not None:
            count -= 1
            yield _text(one[1])


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
