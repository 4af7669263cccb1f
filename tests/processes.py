"""The command `bayegan` as a process, as a user runs it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BAYEGAN = Path(sys.executable).with_name("bayegan")


def bayegan(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run([BAYEGAN, *arguments], capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Runs a command of `bayegan` that serves, yields the address that it prints, and interrupts it."""
    with subprocess.Popen([BAYEGAN, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = next((found for line in process.stdout if (found := re.search(r"http://\S+?/", line))), None)
        try:
            assert address, "the server printed no address"
            yield address[0].rstrip("/")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
