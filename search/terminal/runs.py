"""What a run did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.terminal.output import print_json

if TYPE_CHECKING:
    from search.archive import Archive
    from search.journal import Run


def print_run(archive: Archive, run: Run, as_json: bool) -> None:
    """The closing summary of `index` and `reindex`."""
    if as_json:
        print_json(run)
        return
    print(told(archive, run))
    if run.rejected:
        print(f"what was rejected, and why: bayegan rejects --archive {archive.directory}")


def told(archive: Archive, run: Run) -> str:
    """A run in one line."""
    rate = (run.indexed + run.replaced + run.unchanged) / run.seconds if run.seconds else 0.0
    more = (
        (run.skipped, "files not changed"),
        (run.changed, "files changed while they were read: run it again"),
        (run.deleted, "articles passed over, deleted before"),
    )
    return (
        f"{run.indexed:,} indexed, {run.replaced:,} replaced, {run.unchanged:,} unchanged, {run.rejected:,} rejected "
        f"in {run.seconds:.1f} s ({rate:,.0f} articles/s); generation {run.generation} of {archive.directory}"
        + "".join(f"; {count:,} {what}" for count, what in more if count)
    )


def print_watched(archive: Archive, run: Run, as_json: bool) -> None:
    """A run of a watch in one line, if it did something."""
    if run.indexed or run.replaced or run.rejected or run.changed:
        import msgspec

        print(msgspec.json.encode(run).decode() if as_json else told(archive, run), flush=True)
