"""A command of Bayegan as a process of its own, and the events that it tells."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from search.errors import ServerError

STOP_SECONDS = 10.0  # that a command has to end by itself before it is killed


class Child:
    """A command that runs, in a process group of its own: Ctrl+C in the terminal of the server does not reach it.

    Searching is not slowed by it, and neither is hurt when the other crashes. When the server is killed, its next
    event finds no reader, and the command ends.

    Args:
        arguments: of `bayegan`, with `--events`.

    Raises:
        ServerError: the system starts no other process.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-P", "-m", "search", *arguments]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, with arguments that we made
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env=_environment(os.environ),
                start_new_session=True,
            )
        except OSError as error:
            raise ServerError(f"cannot start a process: {error.strerror}; end some others") from error

    def events(self) -> Iterator[dict[str, Any]]:
        """The events, until the command has ended; lines that are none are left out."""
        with self._process as process:
            assert process.stdout is not None
            for line in process.stdout:
                with suppress(msgspec.DecodeError):
                    yield msgspec.json.decode(line, type=dict[str, Any])

    @property
    def exit_code(self) -> int:
        """Of the command, once it has ended."""
        return self._process.wait()

    def stop(self) -> None:
        """Asks the command to end, as Ctrl+C does, and kills it if it does not."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        killer = threading.Timer(STOP_SECONDS, self._kill)
        killer.daemon = True
        killer.start()

    def _kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the command needs of the server's environment: everything but the token."""
    return {name: value for name, value in environment.items() if name != "BAYEGAN_ADMIN_TOKEN"}
