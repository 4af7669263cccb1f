"""Commands that feed and rebuild an archive, and tell what it did not take."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from search.commands.options import FORMATS, PATHS, archive_option, json_option
from search.errors import UsageError

if TYPE_CHECKING:
    from search.archive import Archive
    from search.feeding.indexing import Observer
    from search.journal import Run


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that runs for long."""
    told = click.option("--events", "as_events", is_flag=True, help="Print progress and result as JSON lines.")
    return archive_option(json_option(told(command)))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Of the files, if it is told wrongly.")
@click.option("--force", is_flag=True, help="Read files again that did not change.")
@click.option("--watch", "as_watch", is_flag=True, help="Go on: read what arrives or changes, until stopped.")
@click.option("--poll", is_flag=True, help="With --watch: on file systems that tell of no changes (network).")
@_run_options
def index(
    paths: tuple[Path, ...],
    place: str,
    format_: str | None,
    force: bool,
    as_watch: bool,
    poll: bool,
    as_json: bool,
    as_events: bool,
) -> int:
    """Add or update: files and folders of saved pages and records."""
    if as_watch:
        if force or as_events:
            raise UsageError("--watch goes with --format, --poll and --json only; run it without --force and --events")
        return _watch(place, paths, format_ or "", poll, as_json)
    if poll:
        raise UsageError("--poll is how --watch looks; add --watch")

    def work(archive: Archive, observe: Observer) -> Run:
        return archive.index(paths, format=format_ or "", force=force, observe=observe)

    return _carry_out(place, work, as_json, as_events)


@click.command()
@click.option("--from-store", is_flag=True, help="Rebuild from the stored articles, without the sources.")
@_run_options
def reindex(place: str, from_store: bool, as_json: bool, as_events: bool) -> int:
    """Rebuild from the recorded sources into a new generation, then swap."""

    def work(archive: Archive, observe: Observer) -> Run:
        return archive.reindex(from_store=from_store, observe=observe)

    return _carry_out(place, work, as_json, as_events)


def _carry_out(place: str, work: Callable[[Archive, Observer], Run], as_json: bool, as_events: bool) -> int:
    """Does the work with its progress shown, prints what became of it, and gives the exit code."""
    from search.archive import Archive
    from search.terminal.events import run_with_events
    from search.terminal.progress import progress
    from search.terminal.runs import print_run

    if as_events:
        return _exit_code(run_with_events(lambda observe: work(Archive(place), observe)))
    archive = Archive(place)
    with progress() as observe:
        run = work(archive, observe)
    print_run(archive, run, as_json)
    return _exit_code(run)


def _exit_code(run: Run) -> int:
    return 3 if run.rejected else 0


def _watch(place: str, paths: tuple[Path, ...], format_: str, poll: bool, as_json: bool) -> int:
    """Watches until Ctrl+C or SIGTERM, and prints each run that did something."""
    from search.archive import Archive
    from search.feeding.watching import Watch
    from search.terminal.runs import print_watched

    archive = Archive(place)
    with _stopped_by_signals() as stop:
        Watch(
            archive, list(paths), format_, poll, stop,
            ran=lambda run: print_watched(archive, run, as_json), waits=lambda why: click.echo(why, err=True),
        ).run()  # fmt: skip
    return 0


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """An event that Ctrl+C and SIGTERM set; a second Ctrl+C stops at once."""
    stop = Event()

    def ask(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@click.command()
@archive_option
@click.option("--reason", default="", metavar="TEXT", help="Only where the reason contains TEXT.")
@click.option("--under", type=PATHS, help="Only those of this file, or in this folder.")
@click.option("--limit", type=click.IntRange(1), help="So many at most.")
@click.option("--csv", "form", flag_value="csv", help="Write CSV.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Write JSON, one object a line.")
@click.option("--json", "form", flag_value="json", help="Write a JSON list.")
@click.option("--retry", is_flag=True, help="Read the files again, as after a repaired profile or an upgrade.")
def rejects(place: str, reason: str, under: Path | None, limit: int | None, form: str | None, retry: bool) -> int:
    """List the inputs that were rejected, and why; or take them again."""
    from search.archive import Archive
    from search.terminal.rejections import print_rejections

    archive = Archive(place)
    inside = under.absolute() if under else None
    if retry:
        if limit or form in ("csv", "jsonl"):
            raise UsageError("--retry takes all files that --reason and --under choose, and goes with --json only")
        return _retry(archive, reason, inside, as_json=form == "json")
    with archive.journal() as journal:
        print_rejections(journal.rejections(reason=reason, under=inside, limit=limit or 0), form or "text")
    return 0


def _retry(archive: Archive, reason: str, under: Path | None, *, as_json: bool) -> int:
    from search.terminal.progress import progress
    from search.terminal.rejections import print_retried, print_retried_json

    with progress() as observe:
        run, taken, left = archive.retry(reason=reason, under=under, observe=observe)
    if as_json:
        print_retried_json(run, taken, left)
    else:
        print_retried(archive, run, taken, left)
    return 3 if left else 0
