"""Commands that look after archives."""

from __future__ import annotations

import click

from search.commands.options import archive_option, json_option


@click.command()
@click.argument("name")
@click.option("--title", default="", help="Of the archive, as readers see it.")
@json_option
def init(name: str, title: str, as_json: bool) -> None:
    """Begin an archive: indexes/NAME/archive.toml, with a comment on everything that can be said there."""
    from search import archives
    from search.terminal.holdings import print_begun

    print_begun(archives.init(name, title), name, as_json)


@click.command(name="archives")
@json_option
def list_archives(as_json: bool) -> None:
    """List the archives under indexes/."""
    from search.archives import archives
    from search.terminal.holdings import print_archives

    print_archives(archives(), as_json)


@click.command()
@archive_option
@json_option
@click.pass_context
def status(context: click.Context, place: str, as_json: bool) -> None:
    """Tell what the archive holds and what state it is in."""
    from search.archive import Archive
    from search.keeping.holdings import holdings
    from search.terminal.holdings import print_holdings

    found = holdings(Archive(place))
    print_holdings(found, as_json)
    context.exit(1 if found.problems else 0)


@click.command()
@archive_option
@click.option("--sources", is_flag=True, help="Read the sources, too, and compare them with what was read.")
@json_option
@click.pass_context
def verify(context: click.Context, place: str, sources: bool, as_json: bool) -> None:
    """Read every byte of the index and every article, and compare them with the journal."""
    from search.archive import Archive
    from search.keeping.verification import verify as verified
    from search.terminal.counting import counting
    from search.terminal.verification import print_verification

    archive = Archive(place)
    with counting("verifying") as observe:
        found = verified(archive, sources=sources, observe=observe)
    print_verification(archive, found, as_json)
    context.exit(1 if found.problems else 0)
