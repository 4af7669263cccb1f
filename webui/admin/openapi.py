"""The part of the OpenAPI document that describes the admin API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from search.envelope import Record
from webui.admin import api, overview
from webui.admin.records import AdminStatus, RejectionPage, TaskRecord
from webui.errors import MEDIA_TYPE, Problem
from webui.openapi import content, text

ANSWERS: tuple[type[Record], ...] = (AdminStatus, RejectionPage, TaskRecord, api.RunList, api.TaskList)
SECURITY = {"adminToken": {"type": "http", "scheme": "bearer", "description": "The setting `admin_token`."}}

_NUMBER = text("number", "path", "The `id` of a task.")
_LAST_EVENT = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The last event that was seen: a stream begins after it, and is empty (204) where the task is over.",
    "schema": {"type": "string"},
}
_FROM_STORE = {
    "name": "from_store",
    "in": "query",
    "description": "Whether to leave the sources alone and rebuild from the stored articles; also taken from the body.",
    "schema": {"type": "boolean", "default": False},
}
_BODY = {"type": "object", "properties": {"from_store": {"type": "boolean", "default": False}}}
_REASON = {
    "name": "q",
    "in": "query",
    "description": "Only with this text in the reason.",
    "schema": {"type": "string"},
}


def paths() -> dict[str, Any]:
    """The paths of the admin API."""
    root = "/api/v1/admin"
    sizes = _whole_number("size", api.SIZE, overview.LARGEST_PAGE), _whole_number("page", 1, overview.LAST_PAGE)
    runs = _whole_number("size", overview.RUNS, overview.MOST_RUNS)
    events = _operation(api.events, _stream(), [_NUMBER, _LAST_EVENT], 404, 503)
    reindex = _operation(api.reindex, _accepted(), [_FROM_STORE], 400, 429, 503)
    reindex["requestBody"] = {"content": {"application/json": {"schema": _BODY}}}
    return {
        f"{root}/status": {"get": _operation(api.status, _found(AdminStatus), [], 503)},
        f"{root}/runs": {"get": _operation(api.runs, _found(api.RunList), [runs], 400)},
        f"{root}/rejections": {
            "get": _operation(api.rejections, _found(RejectionPage), [_REASON, *sizes], 400),
        },
        f"{root}/tasks": {"get": _operation(api.tasks, _found(api.TaskList), [])},
        f"{root}/tasks/{{number}}": {"get": _operation(api.task, _found(TaskRecord), [_NUMBER], 404)},
        f"{root}/tasks/{{number}}/events": {"get": events},
        f"{root}/tasks/{{number}}/cancel": {"post": _operation(api.cancel, _accepted(), [_NUMBER], 404, 409, 503)},
        f"{root}/reindex": {"post": reindex},
    }


def _operation(
    view: Callable[..., Response], answers: dict[str, Any], parameters: list[dict[str, Any]], *errors: int
) -> dict[str, Any]:
    """Every operation needs the token, and refuses those who try too often."""
    problems = {str(status): content(MEDIA_TYPE, Problem) for status in sorted({401, 429, *errors})}
    return {
        "operationId": f"admin_{view.__name__}",
        "summary": view.__doc__,
        "security": [{"adminToken": []}],
        "parameters": parameters,
        "responses": answers | problems,
    }


def _found(record: type[Record]) -> dict[str, Any]:
    return {"200": content("application/json", record)}


def _accepted() -> dict[str, Any]:
    location = {"Location": {"description": "URL of the task.", "schema": {"type": "string"}}}
    return {"202": content("application/json", TaskRecord) | {"headers": location}}


def _stream() -> dict[str, Any]:
    told = "Events `progress`, then `done`, `failed` or `canceled`; the data of each is a TaskRecord."
    return {
        "200": {"description": told, "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        "204": {"description": "The task is over, and its last event was seen."},
    }


def _whole_number(name: str, default: int, highest: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": highest, "default": default}
    return {"name": name, "in": "query", "description": f"The {name}, from 1.", "schema": schema}
