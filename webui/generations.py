"""The searcher that answers: over the newest generation that is ready, while the next one is made ready beside it."""

from __future__ import annotations

import gc
import threading
import time
from logging import Logger

from search.archive import Archive
from search.errors import ArchiveError
from search.searcher import Searcher

RETRY_SECONDS = 5.0  # after a generation could not be opened


class Generations:
    """Gives each request a searcher, and never lets one wait for a generation that was just written.

    A new generation is noticed by the first request after its commit, opened and warmed by a thread of its own, and
    given to the requests that come when it is ready. Requests under way keep theirs; its files are let go of with the
    last of them. A generation that cannot be opened is logged, and the one before goes on answering.

    Args:
        archive: whose generations.
        logger: told what could not be opened.
    """

    def __init__(self, archive: Archive, logger: Logger) -> None:
        self._archive = archive
        self._logger = logger
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._opening: threading.Thread | None = None
        self._retry_at = 0.0

    def searcher(self) -> Searcher:
        """The searcher of the newest generation that is ready; only the very first request waits for one.

        Raises:
            ArchiveError: there is none, and none can be opened.
        """
        with self._lock:
            if self._searcher is None:
                self._searcher = self._archive.open_searcher()
            elif self._opening is None and self._is_newer() and time.monotonic() >= self._retry_at:
                self._opening = threading.Thread(target=self._open_newest, name="opening a generation", daemon=True)
                self._opening.start()
            return self._searcher

    def refresh(self) -> Searcher:
        """The searcher of the newest generation, once it is ready (ArchiveError: there is none)."""
        self.searcher()
        self.settle()
        return self.searcher()

    def settle(self) -> None:
        """Waits until the generation that is being opened, if one is, has been."""
        if (opening := self._opening) is not None:
            opening.join()

    def _is_newer(self) -> bool:
        assert self._searcher is not None
        return self._archive.latest_generation() not in (-1, self._searcher.generation)

    def _open_newest(self) -> None:
        try:
            newest = self._archive.open_searcher()
            newest.warm()
        except ArchiveError as error:
            self._logger.error("the newest generation cannot be used, the one before goes on: %s", error)
            self._retry_at = time.monotonic() + RETRY_SECONDS
        else:
            with self._lock:
                self._searcher = newest
            gc.collect()  # analyzers hold themselves in circles: here, and not in the middle of a later request
        finally:
            self._opening = None
