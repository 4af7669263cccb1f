"""`bayegan serve` and `bayegan demo` as processes."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from search.archive import Archive
from search.errors import ServerError
from tests.processes import bayegan, serving
from webui.commands import listen


def test_serve_answers(server: str) -> None:
    """The server prints its address, and answers there with the page and the API."""
    with urllib.request.urlopen(f"{server}/") as response:
        assert "بایگانی آزمون" in response.read().decode()
        assert "Server" not in response.headers
    with urllib.request.urlopen(f"{server}/api/v1/status") as response:
        assert json.load(response)["articles"] == 36


def test_a_port_in_use(archive: Archive) -> None:
    """One line that names the port and the option, exit code 1."""
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        done = bayegan("serve", "--archive", str(archive.directory), "--port", port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {port} of 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr


def test_nothing_to_serve(tmp_path: Path) -> None:
    """An archive without an index is told at the start, not to the first reader."""
    done = bayegan("serve", "--archive", str(tmp_path), "--port", "0")
    assert done.returncode == 1
    assert "bayegan index" in done.stderr


def test_a_port_that_cannot_be() -> None:
    """A wrong option is wrong usage: exit code 2."""
    done = bayegan("demo", "--port", "99999")
    assert done.returncode == 2
    assert "port" in done.stderr


def test_an_address_that_is_not_here() -> None:
    """The error names the host and the option."""
    with pytest.raises(ServerError, match=r"cannot listen on 192\.0\.2\.1: .*--host"):
        listen("192.0.2.1", 0)


def test_demo_serves_the_sample() -> None:
    """One command builds the sample archive and serves it."""
    with serving("demo", "--port", "0") as address, urllib.request.urlopen(f"{address}/api/v1/status") as response:
        assert json.load(response)["articles"] > 50
