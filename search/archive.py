"""An archive on disk: where it lives, what its archive.toml says, its index, its journal, and who may write.

NAME/
  archive.toml     title, description, [settings], and how sources are read (optional, written by hand)
  journal.sqlite   which files were read, what was rejected
  index/           the generations of the index
  admin/           tasks and audit log of a server that may be administered
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from search.archive_toml import ArchiveToml
from search.engine.index import Index
from search.engine.verify import Verified, verify
from search.errors import (
    ArchiveError,
    ArchiveNotFound,
    DamagedIndex,
    FormatMismatch,
    PathNotFound,
    StorageFailure,
    UsageError,
)
from search.feeding.indexing import Indexing, Observer, never
from search.journal import Journal, Rejection, Run, SourceFile
from search.persian import Analyzer, Tables
from search.settings import Settings
from search.sources import FORMATS, Profile, walk

if TYPE_CHECKING:
    from search.searcher import Searcher

HOME = Path("indexes")
JOURNAL = "journal.sqlite"
ADMIN = "admin"


def _ignore(_: object) -> None:
    """The observer of a run that nobody watches."""


class Archive:
    """An archive at a place; nothing is opened or created until it is needed.

    Args:
        place: a folder, or the name of one under `indexes/`; the setting `archive` where empty.
        flags: settings given on the command line.

    Raises:
        InvalidSettings: `archive.toml` or a setting cannot be used.
    """

    def __init__(self, place: str | Path = "", flags: dict[str, object] | None = None) -> None:
        place = str(place) or Settings.resolve(flags).archive
        self.directory = directory_of(place)
        self.toml = ArchiveToml.read(self.directory / "archive.toml")
        self.title = self.toml.title or self.directory.name
        self.description = self.toml.description
        self.settings = Settings.resolve(flags, self.toml.settings)
        self._searcher: Searcher | None = None
        self._lock = threading.Lock()

    def profile(self) -> Profile:
        """How the sources of this archive are read; sections and tags that it has already keep their spelling.

        Raises:
            InvalidSettings: archive.toml says something that cannot be used.
        """
        table = self.toml.sources
        try:
            index = Index.open(self.index_directory)
        except ArchiveError:  # none yet; one that cannot be used is told by whoever writes to it
            return Profile.from_toml(table, folder=self.directory)
        sections, tags = index.vocabulary("section")[0], index.vocabulary("tag")[0]
        return Profile.from_toml(table, folder=self.directory, sections=sections, tags=tags)

    def index(
        self,
        paths: Iterable[Path],
        *,
        format: str = "",
        force: bool = False,
        observe: Observer = _ignore,
        stopped: Callable[[], bool] = never,
    ) -> Run:
        """Adds or updates the articles in files and folders; files that did not change are not read again.

        Args:
            paths: files and folders.
            format: of all the files; told from their content where empty.
            force: whether files that did not change are read again, too.
            observe: see `search.feeding.indexing.Progress`.
            stopped: asked again and again; where it says so, the run commits what it has and ends.

        Raises:
            UsageError: there is no such format. PathNotFound: one of the paths does not exist. Nothing was read.
            SourceVanished: one of the paths did while it was read; what was read until then is committed.
            ArchiveLocked, StorageFailure, FormatMismatch, DamagedIndex: see `search.errors`.
        """
        if format and format not in FORMATS:
            raise UsageError(f"no format {format!r}; formats are {', '.join(FORMATS)}")
        paths = list(paths)
        files = dict.fromkeys(path for path in (found.resolve() for found in walk(paths)) if not self.owns(path))
        if not files:
            raise PathNotFound(f"no files in {', '.join(map(str, paths))}; name files, or folders that hold some")
        with self._indexing(observe, stopped) as (run, journal):
            seen = [SourceFile.seen(path, format) for path in files]
            if force:
                journal.forget(seen)
            return run.add(seen, [path.resolve() for path in paths])

    def retry(
        self, *, reason: str = "", under: Path | None = None, observe: Observer = _ignore
    ) -> tuple[Run | None, list[Rejection], list[Rejection]]:
        """Reads the files again that inputs were rejected of, as after a repaired profile or an upgrade.

        Args:
            reason, under: which, see `Journal.rejections`.
            observe: see `search.feeding.indexing.Progress`.

        Returns:
            The run (None where nothing was rejected), what was rejected before and is no more, and what still is.

        Raises:
            ArchiveNotFound, ArchiveLocked, StorageFailure, FormatMismatch, DamagedIndex: see `search.errors`.
        """
        with self.journal() as journal:
            files = journal.rejected_files(reason=reason, under=under)
        if not files:
            return None, [], []
        with self._indexing(observe) as (run, journal):
            before = list(journal.rejections(reason=reason, under=under))
            journal.forget(files)
            done = run.add(SourceFile.seen(file.path, file.format) for file in files)
            after = {(one.path, one.place): one for file in files for one in journal.rejections(under=file.path)}
            gone = [one for one in before if (one.path, one.place) not in after]
            return done, gone, list(after.values())

    def reindex(self, *, from_store: bool = False, observe: Observer = _ignore) -> Run:
        """Rebuilds the index from the recorded sources into a new generation, then swaps it in.

        Articles whose source is gone, or no longer holds them, are carried over from the old generation.

        Args:
            from_store: whether to leave the sources alone and rebuild from the stored articles only.
            observe: see `search.feeding.indexing.Progress`.

        Raises:
            ArchiveNotFound: there is nothing to rebuild from.
            DamagedIndex, FormatMismatch: the old generation cannot be read and a recorded source is gone, so that
                articles would be lost.
            ArchiveLocked, StorageFailure: see `search.errors`.
        """
        with self._indexing(observe) as (run, journal):
            files = [] if from_store else [SourceFile.seen(file.path, file.format) for file in journal.sources()]
            old = self._old_generation(files)
            if not files and old is None:
                raise ArchiveNotFound(f"nothing was indexed into {self.directory} yet; run `bayegan index PATH` first")
            return run.rebuild(files, old)

    def _old_generation(self, files: Sequence[SourceFile]) -> Index | None:
        """The generation to carry articles over from.

        One that cannot be read is no loss while all the sources are there.
        """
        try:
            return Index.open(self.index_directory)
        except ArchiveNotFound:
            return None
        except (FormatMismatch, DamagedIndex):
            if files and all(file.path.exists() for file in files):
                return None
            raise

    def searcher(self) -> Searcher:
        """A searcher over the newest generation; the same one until another generation is swapped in.

        Safe to call from several threads. A searcher in use goes on with its generation.

        Raises:
            ArchiveNotFound: nothing was indexed yet.
            FormatMismatch, DamagedIndex: the index cannot be used.
        """
        with self._lock:
            if self._searcher is None or self._searcher.generation != self.latest_generation():
                self._searcher = self.open_searcher()
            return self._searcher

    def open_searcher(self) -> Searcher:
        """A new searcher over the newest generation; it shares nothing with others. Raises as `searcher` does."""
        from search.searcher import Searcher

        return Searcher(Index.open(self.index_directory), self.title, self.description, self.settings.time_limit_ms)

    def latest_generation(self) -> int:
        """The number of the newest generation, told without opening it; -1 where there is none."""
        return Index.latest_generation(self.index_directory)

    def analyzer(self) -> Analyzer:
        """The analyzer of the newest generation; where there is none yet, one that has learned nothing."""
        try:
            return Index.open(self.index_directory).analyzer
        except ArchiveNotFound:
            return Analyzer(Tables.shipped())

    def verify(self) -> Verified:
        """Reads every byte of the index and checks it; what is damaged is named in `problems`.

        Raises:
            ArchiveNotFound: nothing was indexed yet.
        """
        return verify(self.index_directory)

    def journal(self) -> Journal:
        """The journal, to be used in a `with` statement.

        Raises:
            ArchiveNotFound: there is no archive here.
        """
        if not self.directory.is_dir():
            raise ArchiveNotFound(f"there is no archive in {self.directory}; run `bayegan index PATH` first")
        return Journal(self.directory / JOURNAL)

    @property
    def index_directory(self) -> Path:
        """The folder of the index."""
        return self.directory / "index"

    @property
    def admin_directory(self) -> Path:
        """The folder of what a server keeps that may be administered."""
        return self.directory / ADMIN

    @contextmanager
    def _indexing(self, observe: Observer, stopped: Callable[[], bool] = never) -> Iterator[tuple[Indexing, Journal]]:
        """A run that may write; the folder is made, and a profile that cannot be used is found out, first."""
        profile = self.profile()
        try:
            self.index_directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailure(f"cannot write to {self.directory}: {error.strerror}; check permissions") from error
        with self.journal() as journal:
            journal.check_writable()
            yield Indexing(self.index_directory, journal, self.settings, profile, observe, stopped), journal

    def owns(self, path: Path) -> bool:
        """Whether this archive writes the file itself: it may live in the folder that it is fed from."""
        own = self.directory.resolve()
        inside = any(path.is_relative_to(own / folder) for folder in ("index", ADMIN))
        return inside or (path.parent == own and path.name.startswith(JOURNAL))


def directory_of(place: str) -> Path:
    """The folder of an archive; a bare name is one under `indexes/`, unless a folder of that name is an archive."""
    path = Path(place).expanduser()
    bare = len(path.parts) == 1 and not place.startswith((".", "~", os.sep)) and os.sep not in place
    return HOME / path if bare and not (path / "index").is_dir() else path
