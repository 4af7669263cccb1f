"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

PATHS = click.Path(path_type=Path)
# As the readers know them; they are imported when needed.
FORMATS = ("text", "html", "jsonl", "json", "csv", "parquet", "feed", "hamshahri", "warc")


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--archive`, the same on every command."""
    return click.option(
        "--archive", "place", default="", metavar="NAME|DIR", help="A name under indexes/, or a folder."
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--json`, the same on every command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a query, named as the parameters of the API; each arrives as a list of values."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


_FILTERS = (
    click.option("--section", multiple=True, help="Only this section; repeat for several."),
    click.option("--agency", multiple=True, help="Only this agency; repeat for several."),
    click.option("--tag", multiple=True, help="Only this tag; repeat for several."),
    click.option("--year", multiple=True, help="Only this Jalali year, 1400; repeat for several."),
    click.option("--month", multiple=True, help="Only this Jalali month, 1400-04; repeat for several."),
    click.option("--from", multiple=True, help="First day: 1400/04/24, تیر ۱۴۰۰, 2021-07-15 ..."),
    click.option("--to", multiple=True, help="Last day."),
    click.option("--match", multiple=True, metavar="HOW", help="all words (default) or any."),
)
