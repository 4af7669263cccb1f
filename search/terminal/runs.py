"""What a run did, and what it rejected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from search.terminal.output import print_json

if TYPE_CHECKING:
    from search.archive import Archive
    from search.journal import Rejection, Run


def print_run(archive: Archive, run: Run, as_json: bool) -> None:
    """The closing summary of `index` and `reindex`."""
    if as_json:
        print_json(run)
        return
    rate = (run.indexed + run.replaced + run.unchanged) / run.seconds if run.seconds else 0.0
    print(
        f"{run.indexed:,} indexed, {run.replaced:,} replaced, {run.unchanged:,} unchanged, {run.rejected:,} rejected "
        f"in {run.seconds:.1f} s ({rate:,.0f} articles/s); generation {run.generation} of {archive.directory}"
    )
    if run.rejected:
        print(f"what was rejected, and why: bayegan rejects --archive {archive.directory}")


def print_rejections(rejections: Iterable[Rejection], as_json: bool) -> None:
    """Each rejected input with its reason, one a line."""
    if as_json:
        print_json([{"source": one.place, "reason": one.reason} for one in rejections])
        return
    for one in rejections:
        print(f"{one.place}: {one.reason}")
