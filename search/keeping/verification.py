"""Verifying an archive: the index byte by byte, every article read back, index and sources against the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

import msgspec
import numpy as np

from search import stored
from search.archive import JOURNAL, Archive
from search.engine.index import Index
from search.engine.manifest import newest_manifest
from search.engine.verify import verify as verify_index
from search.errors import DamagedIndex
from search.feeding.reconcile import fingerprints
from search.journal import Journal, SourceFile

Observer = Callable[[int, int], None]
Pairs = Iterator[tuple[int, int]]
_MOST = 100  # problems of one kind that are told one by one
_RELEASED = 4096  # articles that are read back until the memory that holds them is given back
_MODULUS = 1 << 64


@dataclass(slots=True)
class Verification:
    """What `verify` found.

    Attributes:
        generation: of the index.
        files, size: of the index: files and bytes, all of them read.
        articles: read back and compared with what the index says of them.
        sources: files that were read again and compared with what the journal says of them.
        problems: what is damaged, one line each, named; empty where all is well.
        notes: what is no damage but worth knowing, one line each: sources that are gone or have changed.
    """

    generation: int
    files: int = 0
    size: int = 0
    articles: int = 0
    sources: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(archive: Archive, *, sources: bool = False, observe: Observer = lambda done, total: None) -> Verification:
    """Reads everything that an archive keeps, and compares; memory stays bounded.

    Args:
        archive: may be served and indexed into meanwhile; one generation is verified.
        sources: whether the sources are read, too.
        observe: told how much of all reading is done; every document is read twice, in the index and as an article.

    Raises:
        ArchiveNotFound: nothing was indexed yet. FormatMismatch: another version wrote the index.
    """
    progress = _Progress(_documents(archive), observe)
    verified = verify_index(archive.index_directory, progress=progress.add)
    found = Verification(verified.generation, verified.files, verified.size, problems=list(verified.problems))
    index = None if verified.problems else Index.open(archive.index_directory)
    if index is not None:
        found.generation = index.generation
        found.problems += _few(_wrong_articles(index, found, progress), "articles")
    if not (archive.directory / JOURNAL).exists():
        found.notes.append("there is no journal: the next `bayegan index` makes one")
        return found
    with Journal(archive.directory / JOURNAL) as journal:
        if index is not None and journal.generation() == index.generation:
            found.problems += _few(_against_journal(journal, index), "differences between index and journal")
        elif index is not None:
            found.notes.append("the journal is of another generation: the next `bayegan index` brings them together")
        if sources:
            _check_sources(journal, found)
    return found


class _Progress:
    """Tells how many readings of documents are done."""

    def __init__(self, documents: int, observe: Observer) -> None:
        self._done, self._total, self._observe = 0, 2 * documents, observe

    def add(self, count: int) -> None:
        self._done += count
        self._observe(self._done, max(self._total, self._done))


def _documents(archive: Archive) -> int:
    """How many documents the index has by its table of contents; 0 where that cannot be read."""
    try:
        return sum(entry.size for entry in newest_manifest(archive.index_directory).segments)
    except DamagedIndex:
        return 0


def _wrong_articles(index: Index, found: Verification, progress: _Progress) -> Iterator[str]:
    """Every article is decoded, and its key and fingerprint are computed anew."""
    for doc in index.docs():
        found.articles += 1
        progress.add(1)
        if found.articles % _RELEASED == 0:
            index.release()
        try:
            article = stored.from_bytes(index.stored(doc))
        except (DamagedIndex, msgspec.DecodeError, ValueError) as error:
            yield f"document {doc} cannot be read back: {error}"
            continue
        if index.lookup(article.key) != doc:
            yield f"document {doc} is not found under its key {article.key}"
        elif index.fingerprint(doc) != article.fingerprint:
            yield f"{article.key} is not what its fingerprint says"


def _against_journal(journal: Journal, index: Index) -> Iterator[str]:
    """What one of the two knows of and the other does not, or otherwise."""
    held, noted = fingerprints(index), ((_signed(i), _signed(f)) for i, f in journal.fingerprints())
    deleted = {_signed(identity) for identity in journal.deleted()}
    for identity, in_index, in_journal in _joined(held, noted):
        if in_index is not None and identity in deleted:
            yield f"{_key(index, identity)} was deleted, but is in the index: delete it again"
        if in_index is None:
            source = journal.source_of(identity % _MODULUS) or "an unknown source"
            yield f"an article of {source} is in the journal, but not in the index"
        elif in_journal != in_index:
            lack = "not in the journal" if in_journal is None else "another one in the journal"
            yield f"{_key(index, identity)} is in the index, but {lack}"


def _joined(held: Pairs, noted: Pairs) -> Iterator[tuple[int, int | None, int | None]]:
    """(identity, fingerprint in the index, in the journal), of pairs that ascend by their identities."""
    both = merge(((i, 0, f) for i, f in held), ((i, 1, f) for i, f in noted))
    for identity, group in groupby(both, key=itemgetter(0)):
        sides = {side: fingerprint for _, side, fingerprint in group}
        yield identity, sides.get(0), sides.get(1)


def _key(index: Index, identity: int) -> str:
    for segment in index.snapshot.segments:
        for doc in np.flatnonzero(segment.numbers("identity") == np.uint64(identity % _MODULUS)).tolist():
            return stored.from_bytes(segment.stored(doc)).key
    return f"an article of identity {identity}"


def _check_sources(journal: Journal, found: Verification) -> None:
    """Files whose content changed although size and time say that it did not are damaged; other changes are told."""
    for file, digest in journal.contents():
        now = SourceFile.seen(file.path, file.format)
        found.sources += 1
        if not file.path.exists():
            found.notes.append(f"{file.path} is gone; its articles are kept")
        elif digest and now.digest() != digest:
            if (now.size, now.modified) == (file.size, file.modified):
                found.problems.append(f"{file.path} is damaged: its content changed, but not its size and time")
            else:
                found.notes.append(f"{file.path} has changed since it was read; run `bayegan index` on it")


def _few(problems: Iterator[str], kind: str) -> list[str]:
    """The first problems, and how many more of the kind there are."""
    first = list(islice(problems, _MOST))
    more = sum(1 for _ in problems)
    return [*first, f"and {more:,} more {kind}"] if more else first


def _signed(number: int) -> int:
    return number - _MODULUS if number >= _MODULUS >> 1 else number
