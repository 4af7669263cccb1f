"""The command `bayegan` as a process, as a user runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BAYEGAN = Path(sys.executable).with_name("bayegan")


def bayegan(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; `env` is added to the environment."""
    command, environment = [BAYEGAN, *arguments], {**os.environ, **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


class Address(str):
    """Where a server listens, and the id of its process."""

    pid: int


@contextmanager
def serving(*arguments: str, env: Mapping[str, str] | None = None, stop: int = signal.SIGINT) -> Iterator[Address]:
    """Runs a command of `bayegan` that serves, yields the address that it prints, and stops it with a signal.

    `env` is added to the environment.
    """
    command = [BAYEGAN, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}) as process:
        assert process.stdout is not None
        printed = next((found for line in process.stdout if (found := re.search(r"http://\S+?/", line))), None)
        try:
            assert printed, "the server printed no address"
            address = Address(printed[0].rstrip("/"))
            address.pid = process.pid
            yield address
        finally:
            process.send_signal(stop)
            process.communicate(timeout=20)


@contextmanager
def watching(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a command of `bayegan` that goes on until it is stopped, and kills it at the end."""
    with subprocess.Popen([BAYEGAN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
