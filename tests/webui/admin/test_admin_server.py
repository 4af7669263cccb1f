"""The admin API of a real server process: live events, what they cost, and how the server ends."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.processes import bayegan, serving
from tests.webui.admin.conftest import BEARER, TOKEN
from webui.admin.events import LISTENERS

ROOT = "/api/v1/admin"


def serve(directory: Path, **more: Any) -> Any:
    """The archive, served with one thread for searches and with the token in the environment."""
    environment = {"BAYEGAN_ADMIN_TOKEN": TOKEN, "BAYEGAN_THREADS": "1"}
    return serving("serve", "--archive", str(directory), "--port", "0", env=environment, **more)


def ask(address: str, path: str, method: str = "GET") -> Any:
    """The JSON at a path."""
    request = urllib.request.Request(address + path, headers=BEARER, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def listen(address: str, number: int) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A stream of events, of which nothing was read yet."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    connection.request("GET", f"{ROOT}/tasks/{number}/events", headers=BEARER)
    return connection, connection.getresponse()


def test_events_come_while_the_task_runs(directory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first event is there before the task is over, and the last ends the stream; the token is nowhere.

    Not in what the server prints, not in what it keeps, not in the environment of its commands.
    """
    with serve(directory) as address:
        task = ask(address, f"{ROOT}/reindex?from_store=1", "POST")
        connection, response = listen(address, task["id"])
        with closing(connection):
            assert response.readline() == b"retry: 2000\n"
            while b'"processing"' not in response.readline():
                pass
            assert all(TOKEN.encode() not in one for one in environments_of_children(address.pid))
            lines = [line.decode() for line in response]
        assert [json.loads(line[6:])["state"] for line in lines if line.startswith("data: ")][-1] == "succeeded"
        assert ask(address, "/api/v1/search")["generation"] == 2
    printed = capfd.readouterr()
    assert TOKEN not in printed.out + printed.err
    for path in directory.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes()


def test_listeners_do_not_keep_searches_from_their_threads(directory: Path) -> None:
    """All places for listeners taken, a server with one thread still searches; a place left is taken again."""
    with serve(directory) as address, ExitStack() as stack:
        for _ in range(2):
            task = ask(address, f"{ROOT}/reindex?from_store=1", "POST")
        streams = []
        for _ in range(LISTENERS):
            connection, response = listen(address, task["id"])
            stack.enter_context(closing(connection))
            assert response.status == 200
            streams.append((connection, response))
        with pytest.raises(urllib.error.HTTPError, match="503"):
            ask(address, f"{ROOT}/tasks/{task['id']}/events")
        assert ask(address, "/api/v1/search")["total"] == 20
        hang_up(*streams.pop())
        while (again := listen(address, task["id"]))[1].status == 503:
            again[0].close()
        hang_up(*again)


def hang_up(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
    """Goes away in the middle of a stream."""
    if connection.sock is not None:
        connection.sock.shutdown(socket.SHUT_RDWR)
    response.close()
    connection.close()


def test_a_server_that_is_stopped(directory: Path) -> None:
    """With a listener and a task under way it ends, the task with it; the next start tells so, and goes on."""
    with serve(directory, stop=signal.SIGTERM) as address:
        task = ask(address, f"{ROOT}/reindex", "POST")
        connection, response = listen(address, task["id"])
        assert response.readline() == b"retry: 2000\n"
        waiting = ask(address, f"{ROOT}/reindex?from_store=1", "POST")
    connection.close()
    assert bayegan("verify", "--archive", str(directory)).returncode == 0
    with serve(directory) as address:
        found = ask(address, f"{ROOT}/tasks/{task['id']}")
        assert found["state"] in ("failed", "succeeded")
        if found["state"] == "failed":
            assert found["error"]["detail"].startswith("interrupted")
        connection, response = listen(address, waiting["id"])
        with closing(connection):
            assert b"event: done" in response.read()


def test_a_server_that_is_killed(directory: Path) -> None:
    """What ran is told as interrupted after the next start; its command has ended, and the archive can be written."""
    with serve(directory, stop=signal.SIGKILL) as address:
        task = ask(address, f"{ROOT}/reindex", "POST")
        connection, response = listen(address, task["id"])
        while b"processing" not in response.readline():
            pass
    connection.close()
    with serve(directory) as address:
        found = ask(address, f"{ROOT}/tasks/{task['id']}")
        assert (found["state"], found["error"]["detail"].split(":")[0]) == ("failed", "interrupted")
        assert ask(address, "/api/v1/search")["total"] == 20
        while ask(address, f"{ROOT}/status")["writing"]:
            pass


def test_a_token_that_cannot_be_used(directory: Path) -> None:
    """The server does not start, and says what to do in one line without the token; other commands work."""
    environment = {"BAYEGAN_ADMIN_TOKEN": "too-short"}
    done = bayegan("serve", "--archive", str(directory), "--port", "0", env=environment)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "admin_token must have 24 to 512 characters, not 9" in done.stderr
    assert "too-short" not in done.stderr
    assert bayegan("status", "--archive", str(directory), env=environment).returncode == 0


def environments_of_children(pid: int) -> list[bytes]:
    """What the processes that a process has started were given."""
    children = [
        path.parent
        for path in Path("/proc").glob("[0-9]*/stat")
        if (stat := path.read_text().rpartition(")")[2].split())[1] == str(pid) and stat[0] != "Z"
    ]
    assert children
    return [(child / "environ").read_bytes() for child in children]
