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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.processes import Address, serving
from tests.webui import editions

SWAPS = int(os.environ.get("SWAPS", "10"))
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

    def search(self, path: str) -> dict[str, object]:
        """A search in the API that finds a whole edition."""
        _, generation, body = self.get(path)
        found: dict[str, object] = json.loads(body)
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


def rounds(client: Connection) -> Iterator[Callable[[], object]]:
    """What a reader and a program do, one request after another, for ever."""
    while True:
        found: dict = {}
        yield lambda: found.update(client.search(f"/api/v1/search?q={quote('خبر')}&size=100&interval=month"))
        yield lambda: client.page(urlsplit(found["results"][editions.LEAST // 2]["url"]).path)
        yield lambda: client.page(f"/?q={quote('خبر')}")
        yield lambda: client.page(f"/articles/{quote(editions.AGENCY)}/7?q={quote('بندهای')}")
        yield lambda: client.get(f"/?q={quote('خبر')}", client.tag)
        yield lambda: client.get(f"/api/v1/suggest?q={quote('خب')}")
        yield lambda: client.search("/api/v1/search")


@dataclass
class Load:
    """Clients that ask until they are told to stop, or have asked enough."""

    address: str
    over: threading.Event = field(default_factory=threading.Event)
    asked: int = 0
    seen: set[tuple[int, int]] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        """One client."""
        client = Connection(self.address)
        try:
            for number, ask in enumerate(rounds(client)):
                if self.over.is_set() or number >= REQUESTS // CLIENTS:
                    break
                ask()
                self.asked += 1
        except BaseException as failure:  # told by the test, in its own thread
            self.failures.append(failure)
        finally:
            self.seen |= client.seen
            client.close()


@contextmanager
def load(address: str) -> Iterator[Load]:
    """Clients at work; a failure of one is raised here at the end."""
    clients = Load(address)
    threads = [threading.Thread(target=clients.run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.over.set()
        for thread in threads:
            thread.join()
    if clients.failures:
        raise clients.failures[0]


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
        with load(address) as clients:
            committed = commit_all(tmp_path, client, lambda: most.append(len(mapped(address.pid, index))))
        answered = clients.seen | client.seen
        assert len(committed) == SWAPS
        assert set(committed) <= {generation for generation, _ in answered}
        assert len(dict(answered)) == len(answered)
        until(lambda: _settled(client, address, index, handles), "files of old generations are still open")
        print(f"{clients.asked} requests, {SWAPS} swaps; {files} files mapped at first, {max(most)} at most")


def _settled(client: Connection, address: Address, index: Path, handles: int) -> bool:
    """Whether the server holds no file of an old generation, and no more handles than at the beginning."""
    client.search("/api/v1/search")
    gone = [name for name in mapped(address.pid, index) if name.endswith("(deleted)")]
    return not gone and open_files(address.pid) <= handles
