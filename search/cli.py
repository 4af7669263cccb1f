"""The command `bayegan`: what an archivist does from a terminal.

Each command parses its words, calls the library, and prints; imports that cost time happen inside the commands,
so that `bayegan --help` answers at once. Commands that need a web server come from other packages, through the
entry points `bayegan.commands`.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import click

from search.commands import feeding, finding, keeping, moving, profiles
from search.errors import BayeganError


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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bayegan", message="%(prog)s %(version)s")
def bayegan() -> None:
    """Bayegan (بایگان): a search engine for Persian news archives."""


# In the order of a first day with the archive.
for command in (
    keeping.init, feeding.index, feeding.reindex, finding.search, finding.show, keeping.status, keeping.list_archives,
    keeping.verify, feeding.rejects, finding.analyze, profiles.profile, moving.export, moving.delete, moving.undelete,
    moving.backup, moving.restore,
):  # fmt: skip
    bayegan.add_command(command)


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
