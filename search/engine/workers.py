"""Who analyses, inverts and merges: this process, or several beside it, each building segments of its own."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from signal import SIG_IGN, SIGINT, SIGTERM, signal
from threading import Thread
from typing import Any, NamedTuple

from search.engine.document import Document
from search.engine.inverter import Inverter
from search.engine.manifest import INDEX_NAME, SegmentEntry
from search.engine.merge import merge
from search.engine.segment_writer import SegmentWriter
from search.errors import ArchiveError, BayeganError

#: Documents sent to a worker at a time, and batches that may wait at one, so that memory stays bounded.
BATCH = 128
_WAITING = 3
#: So many documents are held before other processes are worth their start; fewer are worked on in this one.
_ALONE = 1000


class Built(NamedTuple):
    """A segment built but not committed.

    Attributes:
        entry: in the manifest.
        batches: (first sequence number, documents) of each run of documents in it, in order.
    """

    entry: SegmentEntry
    batches: list[tuple[int, int]]


def new_name() -> str:
    """A name for the files of a segment that no other has."""
    return f"{INDEX_NAME}_{token_hex(8)}"


class Builder:
    """Turns documents into segments, in the process that it is used in.

    Args:
        directory: of the index. tables: `Tables.to_bytes()` of the analysis. memory: bytes to work in.
    """

    def __init__(self, directory: Path, tables: bytes, memory: int) -> None:
        self._directory = directory
        self._tables = tables
        self._memory = memory
        self._inverter: Inverter | None = None
        self._writer: SegmentWriter | None = None
        self._batches: list[tuple[int, int]] = []
        self._built: list[Built] = []

    def add(self, sequence: int, documents: Sequence[Document]) -> None:
        """Take in documents whose sequence numbers begin at `sequence`."""
        inverter = self._ready()
        start = sequence
        for number, document in enumerate(documents, sequence + 1):
            if self._writer is None:
                self._writer = SegmentWriter(self._directory, new_name())
            inverter.add(document, self._writer)
            if inverter.full:
                self._batches.append((start, number - start))
                self._write()
                start = number
        if (rest := sequence + len(documents) - start) > 0:
            self._batches.append((start, rest))

    def finish(self) -> list[Built]:
        """Write what is left; all segments built since the last time."""
        if self._writer is not None:
            self._write()
        built, self._built = self._built, []
        return built

    def merge(self, sources: Sequence[SegmentEntry], name: str) -> SegmentEntry:
        """Merge segments into a new one."""
        return merge(self._directory, sources, name, self._memory)

    def abandon(self) -> None:
        """Drop what is unfinished."""
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
        self._inverter = None
        self._batches, self._built = [], []

    def _ready(self) -> Inverter:
        if self._inverter is None:
            from search.engine.index import make_analyzer

            self._inverter = Inverter(make_analyzer(self._tables), self._memory)
        return self._inverter

    def _write(self) -> None:
        assert self._writer is not None
        assert self._inverter is not None
        writer, self._writer = self._writer, None
        with writer:
            size = self._inverter.write(writer)
        self._built.append(Built(SegmentEntry(writer.name, size), self._batches))
        self._batches = []


class Crew:
    """One builder in this process, and, once there is enough to do, one in each of several others.

    Args:
        directory: see Builder. memory_mb: for all together. workers: processes; 1 stays in this one.

    `begin` comes before all else but `start` and `close`.

    Raises:
        BayeganError: from every method, what a builder raised; ArchiveError where a process died.
    """

    def __init__(self, directory: Path, memory_mb: int, workers: int) -> None:
        self._directory = directory
        self._memory = (memory_mb << 20) // workers
        self._workers = workers
        self._local: Builder | None = None
        self._tables = b""
        self._processes: list[_Process] = []
        self._held: list[tuple[int, list[Document]]] = []
        self._batch: list[Document] = []
        self._first = 0
        self._added = 0

    def start(self) -> None:
        """Start the other processes, without waiting until they have: much is to come."""
        if self._workers > 1:
            self._processes = [_Process() for _ in range(self._workers)]

    def begin(self, tables: bytes) -> None:
        """Say by which tables text is analysed (see Builder)."""
        self._tables = tables
        for process in self._processes:
            # Not an argument of its start: what is too much for a pipe would wait for a process that has died.
            process.send("begin", self._directory, tables, self._memory)

    def add(self, sequence: int, document: Document) -> None:
        """Take in one document; sequence numbers ascend, without gaps between calls of `finish`."""
        if not self._batch:
            self._first = sequence
        self._batch.append(document)
        self._added += 1
        if len(self._batch) == BATCH:
            self._send_batch()

    def finish(self) -> list[Built]:
        """Write everything that was added since the last time; the segments, oldest first."""
        self._send_batch()
        self._work_alone()
        built = self._alone().finish()
        for process in self._processes:
            process.send("finish")
        for process in self._processes:
            built += process.drain()
        return sorted(built, key=lambda one: one.batches[0])

    def merge(self, groups: Sequence[Sequence[SegmentEntry]]) -> list[SegmentEntry]:
        """Merge each group into one new segment, side by side."""
        if not self._processes:
            return [self._alone().merge(group, new_name()) for group in groups]
        for number, group in enumerate(groups):
            self._processes[number % len(self._processes)].send("merge", group, new_name())
        merged = [process.drain() for process in self._processes]
        return [merged[number % len(merged)].pop(0) for number in range(len(groups))]

    def close(self) -> None:
        """Drop what is unfinished, and end the processes."""
        self._batch, self._held = [], []
        if self._local is not None:
            self._local.abandon()
        for process in self._processes:
            process.end()
        self._processes = []

    def _send_batch(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        self._held.append((self._first, batch))
        if self._workers == 1:
            self._work_alone()
        elif self._processes or self._added > _ALONE:
            self._hand_over()

    def _alone(self) -> Builder:
        """The builder in this process."""
        if self._local is None:
            self._local = Builder(self._directory, self._tables, self._memory)
        return self._local

    def _work_alone(self) -> None:
        for first, batch in self._held:
            self._alone().add(first, batch)
        self._held = []

    def _hand_over(self) -> None:
        if not self._processes:
            self.start()
            self.begin(self._tables)
        for first, batch in self._held:
            self._least_busy().send("add", first, batch)
        self._held = []

    def _least_busy(self) -> _Process:
        while True:
            for process in self._processes:
                process.poll()
            process = min(self._processes, key=lambda one: one.waiting)
            if process.waiting < _WAITING:
                return process
            wait([one.connection for one in self._processes])


class _Process:
    """A builder in a process of its own. Every command gets one reply, in order; results are kept until `drain`."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.waiting = 0
        self._results: list[Any] = []

    def send(self, command: str, *arguments: Any) -> None:
        """Hand over a command."""
        try:
            self.connection.send((command, arguments))
        except OSError:
            raise self._died() from None
        self.waiting += 1

    def poll(self) -> None:
        """Take in the replies that are there."""
        while self.waiting and self.connection.poll():
            self._receive()

    def drain(self) -> list[Any]:
        """Wait for all replies; the results since the last time."""
        while self.waiting:
            self._receive()
        results, self._results = self._results, []
        return results

    def end(self) -> None:
        """End the process, whatever it does."""
        self.connection.close()
        self._process.kill()
        self._process.join()

    def _receive(self) -> None:
        try:
            error, results = self.connection.recv()
        except (EOFError, OSError):
            raise self._died() from None
        self.waiting -= 1
        if error is not None:
            raise error
        self._results += results

    def _died(self) -> ArchiveError:
        self._process.join()
        return ArchiveError(
            f"an indexing process ended unexpectedly (exit code {self._process.exitcode}); the last generation is "
            "untouched, run the command again with less memory or fewer workers"
        )


def _serve(connection: Connection[Any, Any]) -> None:
    """The life of a worker: one reply, (error or None, results), for each command, until the other end is closed.

    The first command, `begin`, has the arguments of the Builder.
    """
    for number in (SIGINT, SIGTERM):
        signal(number, SIG_IGN)  # also sent to all of a group: the first process decides, and ends this one
    Thread(target=_end_with_parent, daemon=True).start()
    # What is made here lives as long as the process, and has no cycles; looking for them costs a sixth of the time.
    gc.disable()
    inbox: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(connection, inbox), daemon=True).start()
    import search.engine.index  # noqa: F401  # loaded while the first process makes the tables

    builder: Builder | None = None
    while message := inbox.get():
        command, arguments = pickle.loads(message)  # noqa: S301  # from the process that started this one
        try:
            if builder is None:
                builder, results = Builder(*arguments), []
            else:
                results = _run(builder, command, arguments)
        except BayeganError as error:
            connection.send((error, []))
        else:
            connection.send((None, results))
    if builder is not None:
        builder.abandon()


def _listen(connection: Connection[Any, Any], inbox: SimpleQueue[bytes]) -> None:
    """Take messages in as they come, so that whoever sends them need not wait; b"" when the other end is closed."""
    with suppress(EOFError, OSError):
        while True:
            inbox.put(connection.recv_bytes())
    inbox.put(b"")


def _end_with_parent() -> None:
    """Write nothing more once the first process is gone, even in the middle of a command: it let go of the lock."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _run(builder: Builder, command: str, arguments: tuple[Any, ...]) -> list[Any]:
    if command == "add":
        builder.add(*arguments)
        return []
    if command == "merge":
        return [builder.merge(*arguments)]
    return builder.finish()
