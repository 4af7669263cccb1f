"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

PATHS = click.Path(path_type=Path)
FORMATS = ("text", "html", "jsonl", "json", "csv")


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--archive`, the same on every command."""
    return click.option(
        "--archive", "place", default="", metavar="NAME|DIR", help="A name under indexes/, or a folder."
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--json`, the same on every command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)
