"""What an archive holds and what state it is in, told as far as it can be: also of one that is damaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from whoosh import query as whoosh_query

from search.archive import JOURNAL, Archive
from search.engine.answer import EngineQuery, FacetCounts
from search.engine.index import Index
from search.engine.lock import is_locked
from search.engine.manifest import committed, file_names, latest_generation, newest_manifest
from search.errors import ArchiveError, ArchiveNotFound, FormatMismatch
from search.journal import Journal, Run

_MOST = 20  # reasons of rejections, and sources that are gone, that are told one by one
_OTHER = "left over"  # files of former generations and killed writers, until the next commit removes them

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the index: its documents, and how many of them are deleted or replaced."""

    name: str
    documents: int
    deleted: int


@dataclass(slots=True)
class Holdings:
    """What is known of an archive; what cannot be known is empty, and `problems` says why.

    Attributes:
        generation: the newest; -1 where nothing was indexed yet.
        committed: when (UTC) it was.
        current: whether the index is of the format that this version writes.
        articles: that are found.
        agencies, sections, years: (name, articles), the largest first, the years in their order.
        first_day, last_day: Gregorian.
        sizes: bytes on disk, by kind of file.
        sources: files that were read; `vanished` of them are gone, the first of which are `vanished_first`.
        rejected: inputs rejected as of their last reading, `rejections` (reason, how many) the most frequent first.
        deleted: articles that the archivist deleted.
        runs: the last ones, the newest first.
        writing: whether a process has the index for writing.
        problems: what is wrong, one line each.
    """

    directory: Path
    title: str
    description: str
    generation: int = -1
    committed: datetime | None = None
    current: bool = True
    segments: tuple[Segment, ...] = ()
    articles: int = 0
    agencies: Counts = ()
    sections: Counts = ()
    years: Counts = ()
    first_day: date | None = None
    last_day: date | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    sources: int = 0
    vanished: int = 0
    vanished_first: tuple[str, ...] = ()
    rejected: int = 0
    rejections: Counts = ()
    deleted: int = 0
    runs: tuple[Run, ...] = ()
    writing: bool = False
    problems: list[str] = field(default_factory=list)


def holdings(archive: Archive) -> Holdings:
    """What an archive holds.

    Raises:
        ArchiveNotFound: there is no archive at that place.
    """
    if not archive.directory.is_dir():
        raise ArchiveNotFound(f"there is no archive in {archive.directory}; run `bayegan index PATH` first")
    found = Holdings(archive.directory, archive.title, archive.description)
    for part in (_add_generation, _add_counts, _add_journal):
        try:
            part(found, archive)
        except ArchiveNotFound:
            continue  # nothing was indexed yet: that is no damage
        except ArchiveError as error:
            found.current = found.current and not isinstance(error, FormatMismatch)
            if str(error) not in found.problems:
                found.problems.append(str(error))
    found.sizes = _sizes(archive)
    found.writing = is_locked(archive.index_directory)
    return found


def _add_generation(found: Holdings, archive: Archive) -> None:
    found.generation = latest_generation(archive.index_directory)
    found.committed = committed(archive.index_directory, found.generation)
    manifest = newest_manifest(archive.index_directory)
    found.generation = manifest.generation
    found.committed = committed(archive.index_directory, found.generation)
    found.segments = tuple(Segment(entry.name, entry.size, entry.deleted) for entry in manifest.segments)
    found.articles = sum(entry.size - entry.deleted for entry in manifest.segments)


def _add_counts(found: Holdings, archive: Archive) -> None:
    everything = EngineQuery(tree=whoosh_query.Every(), limit=0, facets=("agency", "section", "year"), histogram=True)
    answer = Index.open(archive.index_directory).search(everything)
    found.agencies = _ranked(answer.facets["agency"])
    found.sections = _ranked(answer.facets["section"])
    found.years = tuple(sorted(_ranked(answer.facets["year"])))
    if answer.days is not None and len(answer.days.counts):
        found.first_day = date.fromordinal(answer.days.first)
        found.last_day = date.fromordinal(answer.days.first + len(answer.days.counts) - 1)


def _add_journal(found: Holdings, archive: Archive) -> None:
    path = archive.directory / JOURNAL
    if not path.exists():
        return
    with Journal(path) as journal:
        found.runs = tuple(journal.runs(5))
        found.deleted = len(journal.deleted())
        sources = [file.path for file in journal.sources()]
        reasons = Counter(rejection.reason for rejection in journal.rejections())
    gone = [str(path) for path in sources if not path.exists()]
    found.sources, found.vanished, found.vanished_first = len(sources), len(gone), tuple(gone[:_MOST])
    found.rejected, found.rejections = reasons.total(), tuple(reasons.most_common(_MOST))


def _sizes(archive: Archive) -> dict[str, int]:
    """Bytes on disk by kind: of the index by the ends of the names, the journal with what SQLite keeps beside it."""
    try:
        needed = file_names(newest_manifest(archive.index_directory))
    except ArchiveError:
        needed = None  # what the files are for cannot be told; all count by their names
    sizes: Counter[str] = Counter()
    for path, size in _files(archive.index_directory.glob("*MAIN_*")):
        used = needed is None or path.name in needed or path.suffix == ".toc"
        sizes[path.suffix[1:] if used else _OTHER] += size
    for _, size in _files(archive.directory.glob(f"{JOURNAL}*")):
        sizes["journal"] += size
    return {kind: size for kind, size in sizes.most_common() if size}


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    """The paths with their sizes, but for those that a writer has removed meanwhile."""
    for path in paths:
        with suppress(FileNotFoundError):
            yield path, path.stat().st_size


def _ranked(counts: FacetCounts) -> Counts:
    pairs = zip(counts.values, counts.counts.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
