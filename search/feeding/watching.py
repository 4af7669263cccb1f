"""Keeping up with folders: a run at first, then one whenever files that arrived or changed have become quiet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from search.archive import Archive
from search.errors import ArchiveLocked, BayeganError, PathNotFound, SourceVanished
from search.journal import Run

_TICK_MS = 500  # between looks at what is not quiet yet
_POLL_MS = 2000  # between looks at folders that tell of no changes
# All is looked at anew so often, since the operating system drops news where too many files change at once.
_FULL_LOOK_SECONDS = 3600.0


@dataclass
class Watch:
    """Watches paths for an archive.

    Args:
        archive: fed by it.
        paths: files and folders.
        format: of all the files; told from their content where empty.
        poll: look at the folders again and again, for file systems that tell of no changes.
        stop: ends the watch; a run that is under way commits what it has.
        ran: told each run. waits: told, in a sentence, why no run is possible now.
    """

    archive: Archive
    paths: list[Path]
    format: str
    poll: bool
    stop: Event
    ran: Callable[[Run], None]
    waits: Callable[[str], None]
    _waiting: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def run(self) -> None:
        """Watches until it is stopped.

        Raises:
            PathNotFound: one of the paths does not exist; one that vanishes later is waited for.
            BayeganError: the operating system does not let us watch; what `Archive.index` raises.
        """
        roots = [path.resolve() for path in self.paths]
        for root in roots:
            if not root.exists():
                raise PathNotFound(f"{root} does not exist; name a file or a folder that does")
        while not self.stop.is_set():
            self._wait_for(roots)
            self._follow(roots)

    def _follow(self, roots: list[Path]) -> None:
        """Follow the changes until one of the roots vanishes."""
        looked = -_FULL_LOOK_SECONDS
        for changed in self._changes(roots):
            if not all(root.exists() for root in roots):
                return
            if time.monotonic() - looked >= _FULL_LOOK_SECONDS:  # first when the changes are followed already
                self._index(roots)
                looked = time.monotonic()
            self._note(path for path in changed if self._is_wanted(path, roots))
            quiet = [path for path in self._quiet() if path.exists()]
            if quiet and self._index(quiet):
                for path in quiet:
                    self._waiting.pop(path, None)

    def _changes(self, roots: list[Path]) -> Iterator[list[Path]]:
        """What was added or changed since the last time, again and again."""
        try:
            for changes in watchfiles.watch(
                *roots, watch_filter=None, stop_event=self.stop, rust_timeout=_TICK_MS, yield_on_timeout=True,
                force_polling=self.poll, poll_delay_ms=_POLL_MS, ignore_permission_denied=True,
            ):  # fmt: skip
                yield [Path(name) for change, name in changes if _tells(change, Path(name))]
        except FileNotFoundError:
            return  # waited for by who called
        except (OSError, WatchfilesRustInternalError) as error:
            raise BayeganError(
                f"cannot watch {', '.join(map(str, roots))}: {error}; raise fs.inotify.max_user_watches, or use --poll"
            ) from error

    def _is_wanted(self, path: Path, roots: list[Path]) -> bool:
        """Whether a walk through the roots would come by it; the archive's own files are none of its sources."""
        for root in roots:
            if path.is_relative_to(root):
                parts = path.relative_to(root).parts
                hidden = any(part.startswith(".") for part in parts) or parts[-1:] == ("archive.toml",)
                return not hidden and not self.archive.owns(path)
        return False

    def _note(self, changed: Iterable[Path]) -> None:
        for path in changed:
            self._waiting[path] = (_shape(path), time.monotonic())

    def _quiet(self) -> Iterator[Path]:
        """What has not changed for so long that nobody writes it any more; what is gone is forgotten."""
        now = time.monotonic()
        for path, (shape, since) in list(self._waiting.items()):
            if (found := _shape(path)) == _GONE:
                del self._waiting[path]
            elif found != shape:
                self._waiting[path] = (found, now)
            elif now - since >= self.archive.settings.quiet_seconds:
                yield path

    def _index(self, paths: list[Path]) -> bool:
        """One run; whether nothing is left to do for these paths."""
        try:
            run = self.archive.index(paths, format=self.format, stopped=self.stop.is_set)
        except ArchiveLocked as error:
            self.waits(str(error))
            return False
        except SourceVanished:
            return False
        except PathNotFound:  # one of them has just gone; or they are folders without files
            return all(path.exists() for path in paths)
        self.ran(run)
        return True

    def _wait_for(self, roots: list[Path]) -> None:
        for root in roots:
            if not root.exists():
                self.waits(f"{root} is gone; waiting until it is back")
            while not root.exists() and not self.stop.wait(_TICK_MS / 1000):
                pass


_GONE = (-1, -1)


def _shape(path: Path) -> tuple[int, int]:
    """What changes while a file is written: its size and its time of change."""
    try:
        found = path.stat()
    except OSError:
        return _GONE
    return found.st_size, found.st_mtime_ns


def _tells(change: watchfiles.Change, path: Path) -> bool:
    """Whether a change may bring articles: a folder that was moved in does, one in which something changed does not."""
    return change == watchfiles.Change.added or (change == watchfiles.Change.modified and not path.is_dir())
