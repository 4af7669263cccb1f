"""Commands that look after an archive."""

from __future__ import annotations

import click

from search.commands.options import archive_option, json_option
from search.errors import BayeganError


@click.command()
@archive_option
@json_option
def status(place: str, as_json: bool) -> None:
    """Tell what the archive holds."""
    from search.archive import Archive
    from search.terminal.holdings import print_status

    archive = Archive(place)
    with archive.journal() as journal:
        print_status(archive, archive.searcher().status(), journal.runs(5), as_json)


@click.command()
@archive_option
def verify(place: str) -> None:
    """Read every byte of the index and check it."""
    from search.archive import Archive

    archive = Archive(place)
    verified = archive.verify()
    for problem in verified.problems:
        click.echo(problem, err=True)
    if verified.problems:
        raise BayeganError(f"{len(verified.problems)} damaged; run `bayegan reindex --archive {archive.directory}`")
    click.echo(
        f"{verified.files} files, {verified.documents:,} articles, {verified.size / 1e6:,.1f} MB: "
        "every byte is as it was written"
    )
