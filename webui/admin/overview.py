"""What the administrator is told of an archive: its state, its runs, what it did not take."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import islice

from search.archive import Archive
from search.engine.lock import is_locked
from search.errors import ArchiveError, InvalidParameter
from search.searcher import Searcher
from webui.admin.records import (
    AdminStatus,
    RejectionPage,
    RunRecord,
    rejection_record,
    run_record,
    task_record,
)
from webui.admin.runner import Runner

LARGEST_PAGE = 200
LAST_PAGE = 1_000_000
MOST_RUNS = 100
RUNS = 10


def status(archive: Archive, find_searcher: Callable[[], Searcher], runner: Runner) -> AdminStatus:
    """The state of the archive now, as far as it can be told: also of one that is damaged."""
    running = runner.running()
    found = AdminStatus(
        title=archive.title,
        directory=str(archive.directory),
        free=shutil.disk_usage(archive.directory).free,
        writing=is_locked(archive.index_directory),
        task=task_record(running) if running else None,
    )

    def add_index() -> None:
        found.newest_generation = archive.latest_generation()
        answering = find_searcher().status()
        found.articles, found.generation, found.size = answering.articles, answering.generation, answering.size

    def add_journal() -> None:
        with archive.journal() as journal:
            found.sources, found.rejections = journal.count_sources(), journal.count_rejections()
            found.runs = tuple(run_record(run) for run in journal.runs(RUNS))

    for add in (add_index, add_journal):
        try:
            add()
        except ArchiveError as error:
            found.problems = (*found.problems, str(error))
    return found


def runs(archive: Archive, last: int = RUNS) -> tuple[RunRecord, ...]:
    """The last runs, the newest first."""
    with archive.journal() as journal:
        return tuple(run_record(run) for run in journal.runs(last))


def rejections(archive: Archive, reason: str, page: int, size: int) -> RejectionPage:
    """A page of what was rejected for a reason that holds that text; all where it is empty."""
    with archive.journal() as journal:
        total = journal.count_rejections(reason=reason)
        found = islice(journal.rejections(reason=reason, limit=page * size), (page - 1) * size, None)
        return RejectionPage(
            total=total,
            page=page,
            size=size,
            pages=-(-total // size),
            rejections=tuple(map(rejection_record, found)),
        )


def whole_number(name: str, given: str, default: int, highest: int) -> int:
    """A parameter from 1 to `highest`, in any digits; the default where it is empty (InvalidParameter)."""
    if not given:
        return default
    if given.isdecimal() and 1 <= int(given) <= highest:
        return int(given)
    raise InvalidParameter(
        name,
        f"{name} must be a whole number from 1 to {highest}",
        persian=f"مقدار {name} باید عددی از ۱ تا {highest} باشد.",
    )
