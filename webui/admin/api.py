"""The admin API: `Authorization: Bearer TOKEN` with every request."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from search.envelope import Record, to_json
from search.errors import InvalidParameter, NotFound
from webui import current
from webui.admin import overview
from webui.admin.administration import administration, uncached
from webui.admin.records import RejectionPage, RunRecord, TaskRecord, task_record
from webui.admin.tasks import Task

blueprint = Blueprint("admin-api", __name__, url_prefix="/api/v1/admin")
blueprint.after_request(uncached)

SIZE = 50
_CHALLENGE = WWWAuthenticate("bearer", {"realm": "bayegan admin"})
_YES_NO = {"1": True, "true": True, "0": False, "false": False, "": False}


class RunList(Record):
    """The last runs, the newest first."""

    runs: tuple[RunRecord, ...]


class TaskList(Record):
    """The tasks that are remembered, the newest first."""

    tasks: tuple[TaskRecord, ...]


@blueprint.before_request
def authenticate() -> None:
    """Lets in who has the token.

    Raises:
        Unauthorized: no token, or a wrong one. TooManyRequests: too many wrong ones.
    """
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Unauthorized("send the token: Authorization: Bearer TOKEN", www_authenticate=_CHALLENGE)
    admin = administration()
    if not admin.token.matches(given.token):
        if wait := admin.refuse("authenticate"):
            raise TooManyRequests("too many wrong tokens", retry_after=int(wait) + 1)
        raise Unauthorized("this is not the token", www_authenticate=_CHALLENGE)


@blueprint.get("/status")
def status() -> Response:
    """What the archive holds and does."""
    return _json(overview.status(current.archive(), current.searcher, administration().runner))


@blueprint.get("/runs")
def runs() -> Response:
    """The last runs of `index` and `reindex`."""
    last = overview.whole_number("size", request.args.get("size", ""), overview.RUNS, overview.MOST_RUNS)
    return _json(RunList(runs=overview.runs(current.archive(), last)))


@blueprint.get("/rejections")
def rejections() -> Response:
    """The inputs that are rejected, and why."""
    return _json(rejection_page())


@blueprint.get("/tasks")
def tasks() -> Response:
    """The tasks that are remembered."""
    return _json(TaskList(tasks=tuple(map(task_record, administration().runner.tasks()))))


@blueprint.get("/tasks/<number>")
def task(number: str) -> Response:
    """One task."""
    return _json(task_record(administration().runner.task(task_number(number))))


@blueprint.get("/tasks/<number>/events")
def events(number: str) -> Response:
    """How a task goes on, as server-sent events."""
    return administration().listeners.listen(administration().runner, task_number(number))


@blueprint.post("/reindex")
def reindex() -> Response:
    """Rebuild the index into a new generation."""
    return _accepted(start_reindex(_flag("from_store")))


@blueprint.post("/tasks/<number>/cancel")
def cancel(number: str) -> Response:
    """Cancel a task that waits or runs."""
    return _accepted(cancel_task(task_number(number)))


def start_reindex(from_store: bool) -> TaskRecord:
    """Enqueues a rebuilding, and notes who asked for it."""
    admin = administration()
    options = ["from-store"] if from_store else []

    def announce(task: Task) -> None:
        admin.note("reindex", "enqueued", task=task.number, detail=", ".join(options))

    return task_record(admin.runner.enqueue("reindex", options, announce))


def cancel_task(number: int) -> TaskRecord:
    """Cancels a task, and notes who asked for it."""
    admin = administration()
    admin.note("cancel", "asked for", task=number)
    return task_record(admin.runner.cancel(number))


def task_number(text: str) -> int:
    """The number in a URL (NotFound)."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise NotFound(f"no task {text}", persian="چنین کاری نیست؛ فهرست کارها را ببینید.")


def rejection_page() -> RejectionPage:
    """The page of rejections that the parameters `q`, `page` and `size` ask for (InvalidParameter)."""
    return overview.rejections(
        current.archive(),
        request.args.get("q", "").strip(),
        overview.whole_number("page", request.args.get("page", ""), 1, overview.LAST_PAGE),
        overview.whole_number("size", request.args.get("size", ""), SIZE, overview.LARGEST_PAGE),
    )


def _flag(name: str) -> bool:
    """A yes or no, from the body (JSON or a form) or the URL; no where it is absent (InvalidParameter)."""
    given: Any = _body().get(name, request.values.get(name, ""))
    text = str(given).lower() if isinstance(given, str | bool | int) else None
    if text not in _YES_NO:
        raise InvalidParameter(name, f"{name} must be true or false", persian=f"مقدار {name} باید true یا false باشد.")
    return _YES_NO[text]


def _body() -> dict[str, Any]:
    if not request.is_json or not request.data:
        return {}
    try:
        return msgspec.json.decode(request.data, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise InvalidParameter("body", f"the body must be a JSON object: {error}") from error


def _accepted(task: TaskRecord) -> Response:
    response = _json(task)
    response.status_code = 202
    response.headers["Location"] = task.url
    return response


def _json(record: Record) -> Response:
    return Response(to_json(record), content_type="application/json")
