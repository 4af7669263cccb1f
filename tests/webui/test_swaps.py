"""A server under load while another process commits generation after generation.

`SWAPS=50 pytest tests/webui/test_swaps.py` is the full run; without it, fewer swaps show the same.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.processes import Address, serving
from tests.webui import editions

SWAPS = int(os.environ.get("SWAPS", "8"))
CLIENTS = 4
REQUESTS = 100 * SWAPS  # of all clients together, at most
POLLS = 5000  # requests until a new generation must answer: minutes
NAME = re.compile(r"ویراست (\d+)")

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="open files are counted in /proc")


class Connection:
    """A client that keeps its connection, and checks that every answer is of one generation and one edition."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.seen: set[tuple[int, int]] = set()
        self.tag = ""

    def get(self, path: str, tag: str = "") -> tuple[int, int, bytes]:
        """The status, the generation of the ETag, and the body of an answer."""
        self._connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
        response = self._connection.getresponse()
        body = response.read()
        self.tag = response.headers["ETag"] or ""
        assert response.status in ((200, 304) if tag else (200,)), (path, response.status, body[:500])
        return response.status, int(self.tag.rstrip('"').rpartition("-")[2]), body

    def close(self) -> None:
        """Lets the server close its end, too."""
        self._connection.close()

    def search(self, path: str) -> dict[str, Any]:
        """A search in the API that finds a whole edition."""
        _, generation, body = self.get(path)
        found: dict[str, Any] = json.loads(body)
        assert found["generation"] == generation
        edition = self._edition(generation, body)
        name, size = editions.name_of(edition), editions.size_of(edition)
        assert found["total"] == size
        assert [(value["value"], value["count"]) for value in found["facets"]["section"]["values"]] == [(name, size)]
        assert sum(bucket["count"] for bucket in found["histogram"]["buckets"]) == size
        return found

    def page(self, path: str) -> None:
        """A page, or an article: whatever names an edition names the same one."""
        _, generation, body = self.get(path)
        self._edition(generation, body)

    def _edition(self, generation: int, body: bytes) -> int:
        """The one edition that a text speaks of."""
        named = set(map(int, NAME.findall(body.decode())))
        assert len(named) == 1, f"generation {generation} mixes editions {named}"
        edition = named.pop()
        self.seen.add((generation, edition))
        return edition

    def visit(self) -> int:
        """What a reader and a program do, one request after another; gives how many."""
        found = self.search(f"/api/v1/search?q={quote('خبر')}&size=100&interval=month")
        self.page(urlsplit(found["results"][editions.LEAST // 2]["url"]).path)
        self.page(f"/?q={quote('خبر')}")
        self.page(f"/articles/{quote(editions.AGENCY)}/7?q={quote('بندهای')}")
        self.get(f"/?q={quote('خبر')}", self.tag)
        self.get(f"/api/v1/suggest?q={quote('خب')}")
        for path in ("/about", "/api/v1/status", f"/feed.atom?q={quote('خبر')}", "/"):
            self.page(path)
        self.search("/api/v1/search")
        return 11


def work(address: str, over: threading.Event) -> tuple[int, set[tuple[int, int]]]:
    """Visits until told to stop, or until it is enough; gives how many requests, and what was seen."""
    asked = 0
    with contextlib.closing(Connection(address)) as client:
        while not over.is_set() and asked < REQUESTS // CLIENTS:
            asked += client.visit()
        return asked, client.seen


def open_files(pid: int) -> int:
    """How many handles a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def mapped(pid: int, directory: Path) -> set[str]:
    """The files of an index that a process has mapped; those that are gone end in `(deleted)`."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {name for line in lines if (name := line.split(maxsplit=5)[-1]).startswith(str(directory))}


def until(condition: Callable[[], bool], complaint: str) -> None:
    """Asks again and again; each time costs a request, so that nothing waits by the clock."""
    for _ in range(POLLS):
        if condition():
            return
    pytest.fail(complaint)


def commit_all(directory: Path, client: Connection, watch: Callable[[], None]) -> list[int]:
    """Lets another process commit the editions; each must answer before the next is written. Gives the generations."""
    command = [sys.executable, "-m", "tests.webui.editions", str(directory), "2", str(SWAPS + 1)]
    committed: list[int] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            committed.append(int(line))
            until(lambda: client.search("/api/v1/search")["generation"] == committed[-1], f"{line} never answered")
            watch()
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == 0
    return committed


def test_generations_are_swapped_under_load(tmp_path: Path) -> None:
    """No request fails, none is answered from two generations, each generation has one edition, and no file leaks."""
    index = tmp_path / "index"
    editions.commit(tmp_path, 1)
    with (
        serving("serve", "--archive", str(tmp_path), "--port", "0") as address,
        contextlib.closing(Connection(address)) as client,
    ):
        client.search("/api/v1/search")
        handles, files = open_files(address.pid), len(mapped(address.pid, index))
        most: list[int] = []
        over = threading.Event()
        with ThreadPoolExecutor(CLIENTS) as clients:
            working = [clients.submit(work, address, over) for _ in range(CLIENTS)]
            try:
                committed = commit_all(tmp_path, client, lambda: most.append(len(mapped(address.pid, index))))
            finally:
                over.set()
        asked = sum(one.result()[0] for one in working)
        answered = client.seen.union(*(one.result()[1] for one in working))
        assert len(committed) == SWAPS
        assert set(committed) <= {generation for generation, _ in answered}
        assert len(dict(answered)) == len(answered)
        until(lambda: _settled(client, address, index, handles), "files of old generations are still open")
        print(f"{asked} requests, {SWAPS} swaps; {files} files mapped at first, {max(most)} at most")


def _settled(client: Connection, address: Address, index: Path, handles: int) -> bool:
    """Whether the server holds no file of an old generation, and no more handles than at the beginning."""
    client.search("/api/v1/search")
    gone = [name for name in mapped(address.pid, index) if name.endswith("(deleted)")]
    return not gone and open_files(address.pid) <= handles
