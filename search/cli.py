"""The command `bayegan`: what an archivist does from a terminal.

Each command parses its words, calls the library, and prints; imports that cost time happen inside the commands,
so that `bayegan --help` answers at once. Commands that need a web server come from other packages, through the
entry points `bayegan.commands`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from search import terminal
from search.errors import BayeganError

PATHS = click.Path(path_type=Path)
FORMATS = ("page", "html", "jsonl", "json", "csv")


class _Commands(click.Group):
    """The commands of this file, and those that other packages bring."""

    def list_commands(self, context: click.Context) -> list[str]:
        brought = [point.name for point in entry_points(group="bayegan.commands")]
        return [*self.commands, *brought]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.commands:
            for point in entry_points(group="bayegan.commands", name=name):
                self.add_command(point.load(), name)
        return self.commands.get(name)


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--archive`, the same on every command."""
    return click.option(
        "--archive", "place", default="", metavar="NAME|DIR", help="A name under indexes/, or a folder."
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--json`, the same on every command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bayegan", message="%(prog)s %(version)s")
def bayegan() -> None:
    """Bayegan (بایگان): a search engine for Persian news archives."""


@bayegan.command()
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

    archive = Archive(place)
    with terminal.progress() as observe:
        run = archive.index(paths, format=format_, force=force, observe=observe)
    terminal.print_run(archive, run, as_json)
    context.exit(3 if run.rejected else 0)


@bayegan.command()
@archive_option
@click.option("--from-store", is_flag=True, help="Rebuild from the stored articles, without the sources.")
@json_option
@click.pass_context
def reindex(context: click.Context, place: str, from_store: bool, as_json: bool) -> None:
    """Rebuild from the recorded sources into a new generation, then swap."""
    from search.archive import Archive

    archive = Archive(place)
    with terminal.progress() as observe:
        run = archive.reindex(from_store=from_store, observe=observe)
    terminal.print_run(archive, run, as_json)
    context.exit(3 if run.rejected else 0)


@bayegan.command(context_settings={"ignore_unknown_options": True})  # -واژه is part of the query language
@click.argument("words", nargs=-1)
@archive_option
@click.option("--section", multiple=True, help="Only this section; repeat for several.")
@click.option("--agency", multiple=True, help="Only this agency; repeat for several.")
@click.option("--tag", multiple=True, help="Only this tag; repeat for several.")
@click.option("--year", multiple=True, help="Only this Jalali year, 1400; repeat for several.")
@click.option("--month", multiple=True, help="Only this Jalali month, 1400-04; repeat for several.")
@click.option("--from", multiple=True, help="First day: 1400/04/24, تیر ۱۴۰۰, 2021-07-15 ...")
@click.option("--to", multiple=True, help="Last day.")
@click.option("--sort", multiple=True, metavar="ORDER", help="relevance (default), newest or oldest.")
@click.option("--page", multiple=True, metavar="N", help="Page of the results, from 1.")
@click.option("--size", multiple=True, metavar="N", help="Results a page, 1 to 100.")
@click.option("--facet", multiple=True, help="Count only this facet; repeat for several.")
@click.option("--interval", multiple=True, metavar="PERIOD", help="Of the histogram: year, month or day.")
@click.option("--match", multiple=True, metavar="HOW", help="all words (default) or any.")
@click.option("--recency", is_flag=True, help="Let newer articles gain a little.")
@click.option("--feedback", is_flag=True, help="Widen the query with words of its best articles.")
@json_option
def search(words: tuple[str, ...], place: str, as_json: bool, **options: Any) -> None:
    """Search; the words follow the query language of docs/query-language.md."""
    from search.archive import Archive
    from search.request import SearchRequest

    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    switches = {name: ["1"] for name in ("recency", "feedback") if options.pop(name)}
    request = SearchRequest.from_params({"q": [" ".join(words)], **options, **switches})
    terminal.print_result(Archive(place).searcher().search(request), as_json)


@bayegan.command()
@click.argument("code")
@archive_option
@click.option("--agency", default="", help="Of the article, where several agencies use the code.")
@json_option
def show(code: str, place: str, agency: str, as_json: bool) -> None:
    """Show one article, by its code (کد خبر) or its key."""
    from search.archive import Archive

    terminal.print_article(Archive(place).searcher().article(agency, code), as_json)


@bayegan.command()
@archive_option
@json_option
def status(place: str, as_json: bool) -> None:
    """Tell what the archive holds."""
    from search.archive import Archive

    archive = Archive(place)
    with archive.journal() as journal:
        terminal.print_status(archive, archive.searcher().status(), journal.runs(5), as_json)


@bayegan.command()
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


@bayegan.command()
@archive_option
@json_option
def rejects(place: str, as_json: bool) -> None:
    """List the inputs that were rejected, and why."""
    from search.archive import Archive

    with Archive(place).journal() as journal:
        terminal.print_rejections(journal.rejections(), as_json)


@bayegan.command()
@click.argument("text", nargs=-1, required=True)
@archive_option
@json_option
def analyze(text: tuple[str, ...], place: str, as_json: bool) -> None:
    """Show, step by step, what becomes of a text on its way to terms."""
    from search.archive import Archive

    terminal.print_analysis(Archive(place).analyzer(), " ".join(text), as_json)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command; every error is one line on standard error, with the exit code of its class."""
    try:
        code = bayegan.main(arguments, prog_name="bayegan", standalone_mode=False)
    except BayeganError as error:
        sys.exit(_failed(str(error), error.exit_code))
    except click.ClickException as error:
        sys.exit(_failed(error.format_message(), 2))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_failed("stopped; the last complete generation is untouched", 130))
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; what is left in the buffer has no place to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)


def _failed(message: str, code: int) -> int:
    click.echo(f"bayegan: {' '.join(message.split())}", err=True)
    return code
