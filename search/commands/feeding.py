"""Commands that feed and rebuild an archive, and tell what it did not take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from search.commands.options import FORMATS, PATHS, archive_option, json_option

if TYPE_CHECKING:
    from search.archive import Archive
    from search.indexing import Observer
    from search.journal import Run


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that runs for long."""
    told = click.option("--events", "as_events", is_flag=True, help="Print progress and result as JSON lines.")
    return archive_option(json_option(told(command)))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--format", "format_", default="", type=click.Choice(["", *FORMATS]), help="Of the files, if not told.")
@click.option("--force", is_flag=True, help="Read files again that did not change.")
@_run_options
def index(paths: tuple[Path, ...], place: str, format_: str, force: bool, as_json: bool, as_events: bool) -> int:
    """Add or update: files and folders of saved pages and records."""

    def work(archive: Archive, observe: Observer) -> Run:
        return archive.index(paths, format=format_, force=force, observe=observe)

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


@click.command()
@archive_option
@json_option
def rejects(place: str, as_json: bool) -> None:
    """List the inputs that were rejected, and why."""
    from search.archive import Archive
    from search.terminal.runs import print_rejections

    with Archive(place).journal() as journal:
        print_rejections(journal.rejections(), as_json)
