"""Commands for whoever teaches Bayegan the pages of a new site."""

from __future__ import annotations

from pathlib import Path

import click

from search.commands.options import PATHS, archive_option, json_option


@click.group()
def profile() -> None:
    """Page profiles: what the pages of a site look like (docs/formats.md)."""


@profile.command("try")
@click.argument("file", type=PATHS)
@click.option("--profile", "name", default="", metavar="NAME|FILE", help="Use this one, whatever site the page is of.")
@click.option("--url", default="", help="Where the page was saved from, if it does not say so itself.")
@archive_option
@json_option
@click.pass_context
def try_(context: click.Context, file: Path, name: str, url: str, place: str, as_json: bool) -> None:
    """Show what is taken from an HTML page, field by field, and from where."""
    from search.archive import Archive
    from search.sources.budget import Budget
    from search.sources.html import read_page
    from search.sources.packing import unpacked
    from search.sources.page_profiles import Choice
    from search.sources.stream import MAX_DOCUMENT, Input, open_source, whole
    from search.terminal.profile import print_page

    archive = Archive(place).profile()
    choice = Choice(archive.pages.named(name), "--profile") if name else None
    with open_source(file) as stream:
        content = unpacked(Input(stream, str(file), file), Budget(str(file))).stream
        data = whole(content, str(file), MAX_DOCUMENT)
    page = read_page(data, str(file), archive, url=url, choice=choice)
    context.exit(3 if print_page(page, archive, str(file), as_json) else 0)


@profile.command("list")
@archive_option
@json_option
def list_(place: str, as_json: bool) -> None:
    """List the profiles: those of the archive, then those that ship with Bayegan."""
    from search.archive import Archive
    from search.terminal.profile import print_profiles

    print_profiles(Archive(place).profile().pages, as_json)


@profile.command("show")
@click.argument("name")
@archive_option
def show(name: str, place: str) -> None:
    """Print the TOML of a profile, to begin a new one with."""
    from search.archive import Archive
    from search.sources.page_profiles import toml_of

    click.echo(toml_of(Archive(place).profile().pages.named(name)), nl=False)
