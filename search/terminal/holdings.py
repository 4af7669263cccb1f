"""What an archive holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from search.terminal.output import print_json

if TYPE_CHECKING:
    from search.archive import Archive
    from search.journal import Run
    from search.searcher import Status


def print_status(archive: Archive, status: Status, runs: Sequence[Run], as_json: bool) -> None:
    """What the archive holds, and its last runs."""
    if as_json:
        print_json({"directory": str(archive.directory), "status": status, "runs": runs})
        return
    from search.jalali import value_of

    print(f"{status.title}: {status.articles:,} articles, generation {status.generation}, {status.size / 1e6:,.1f} MB")
    if status.first_day and status.last_day:
        print(f"from {value_of(status.first_day, 'day')} to {value_of(status.last_day, 'day')}")
    for name, values in (("agencies", status.agencies), ("sections", status.sections)):
        print(f"{name}: {', '.join(f'{value} ({count:,})' for value, count in values) or 'none'}")
    for run in runs:
        print(
            f"{run.started:%Y-%m-%d %H:%M} {run.verb}: {run.indexed:,} indexed, {run.replaced:,} replaced, "
            f"{run.unchanged:,} unchanged, {run.rejected:,} rejected in {run.seconds:.1f} s"
        )
