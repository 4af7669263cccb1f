"""How a task goes on, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

A stream holds a thread of the server for as long as it lasts. So there are few of them, for which the server has
threads beside those that answer searches; each ends with its task, after a while in any case, and as soon as its
reader has gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from search.envelope import to_json
from webui.admin.records import TaskUrls, task_record
from webui.admin.runner import Runner
from webui.admin.tasks import WAITING, Task

LISTENERS = 4
HEARTBEAT_SECONDS = 15.0
LONGEST_STREAM = 300.0  # seconds; the reader comes back, and must show again who it is
LOOK_SECONDS = 1.0  # between looks at whether the reader has gone
RETRY_MS = 2000  # after which a reader that lost the stream comes back
_LAST = {"succeeded": "done", "failed": "failed", "canceled": "canceled"}


class Listeners:
    """The streams that are open, and the places left."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(LISTENERS)

    def listen(self, runner: Runner, number: int) -> Response:
        """A stream of the task, beginning with how it stands unless the reader has seen that; 204 where it is over.

        Raises:
            NotFound: there is no such task. ServiceUnavailable: all places are taken.
        """
        seen = request.headers.get("Last-Event-ID", "")
        task = runner.task(number)
        if task.state not in WAITING and seen == str(task.revision):
            return Response(status=204)  # tells the reader not to come back
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(f"{LISTENERS} listen already; ask for the task itself", retry_after=10)
        gone = request.environ.get("waitress.client_disconnected", lambda: False)
        stream = _stream(runner, task, TaskUrls.of(number), seen, gone)
        response = Response(stream, content_type="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # a proxy in front must pass each event on at once
        response.call_on_close(self._places.release)
        return response


def _stream(runner: Runner, task: Task, urls: TaskUrls, seen: str, gone: Callable[[], bool]) -> Iterator[bytes]:
    ends = time.monotonic() + LONGEST_STREAM
    told = time.monotonic()
    yield b"retry: %d\n\n" % RETRY_MS
    while not gone() and not runner.closing and time.monotonic() < ends:
        if str(task.revision) != seen:
            yield _event(task, urls)
            seen, told = str(task.revision), time.monotonic()
        elif time.monotonic() - told >= HEARTBEAT_SECONDS:
            yield b": still here\n\n"
            told = time.monotonic()
        if task.state not in WAITING:
            return
        task = runner.wait(task.number, task.revision, LOOK_SECONDS)


def _event(task: Task, urls: TaskUrls) -> bytes:
    kind = _LAST.get(task.state, "progress")
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (task.revision, kind.encode(), to_json(task_record(task, urls)))
