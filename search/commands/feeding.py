"""Commands that feed and rebuild an archive, and tell what it did not take."""

from __future__ import annotations

from pathlib import Path

import click

from search.commands.options import FORMATS, PATHS, archive_option, json_option


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@archive_option
@click.option("--format", "format_", default="", type=click.Choice(["", *FORMATS]), help="Of the files, if not told.")
@click.option("--force", is_flag=True, help="Read files again that did not change.")
@json_option
@click.pass_context
def index(
    context: click.Context, paths: tuple[Path, ...], place: str, format_: str, force: bool, as_json: bool
) -> None:
    """Add or update: files and folders of saved pages and records."""
    from search.archive import Archive
    from search.terminal.progress import progress
    from search.terminal.runs import print_run

    archive = Archive(place)
    with progress() as observe:
        run = archive.index(paths, format=format_, force=force, observe=observe)
    print_run(archive, run, as_json)
    context.exit(3 if run.rejected else 0)


@click.command()
@archive_option
@click.option("--from-store", is_flag=True, help="Rebuild from the stored articles, without the sources.")
@json_option
@click.pass_context
def reindex(context: click.Context, place: str, from_store: bool, as_json: bool) -> None:
    """Rebuild from the recorded sources into a new generation, then swap."""
    from search.archive import Archive
    from search.terminal.progress import progress
    from search.terminal.runs import print_run

    archive = Archive(place)
    with progress() as observe:
        run = archive.reindex(from_store=from_store, observe=observe)
    print_run(archive, run, as_json)
    context.exit(3 if run.rejected else 0)


@click.command()
@archive_option
@json_option
def rejects(place: str, as_json: bool) -> None:
    """List the inputs that were rejected, and why."""
    from search.archive import Archive
    from search.terminal.runs import print_rejections

    with Archive(place).journal() as journal:
        print_rejections(journal.rejections(), as_json)
