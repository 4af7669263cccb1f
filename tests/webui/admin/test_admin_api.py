"""The admin API: absent without a token, closed to who does not have it, and what it does for who has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from search.archive import Archive
from search.engine.lock import WriteLock
from search.errors import ServerError
from tests.webui.admin.conftest import BEARER, HOSTILE, TOKEN
from webui import create_app
from webui.admin.administration import installed
from webui.admin.events import LISTENERS

ROOT = "/api/v1/admin"
URLS = ["/status", "/runs", "/rejections", "/tasks", "/tasks/1", "/tasks/1/events"]


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    """The JSON at a path, asked for with the token."""
    response = client.get(ROOT + path, headers=BEARER)
    assert (response.status_code, response.headers["Cache-Control"]) == (status, "no-store")
    return response.json


def events(client: FlaskClient, number: int, last: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """(id, name, data) of every event of a task, until it is over."""
    with client.get(f"{ROOT}/tasks/{number}/events", headers={**BEARER, "Last-Event-ID": last}) as response:
        assert response.mimetype == "text/event-stream"
        blocks = [block.split("\n") for block in response.text.split("\n\n") if block.startswith("id: ")]
    return [(one[4:], name[7:], json.loads(data[6:])) for one, name, data in blocks]


def enqueued(client: FlaskClient, **body: Any) -> dict[str, Any]:
    """A rebuilding that was asked for."""
    response = client.post(f"{ROOT}/reindex", headers=BEARER, json=body)
    assert (response.status_code, response.headers["Location"]) == (202, response.json["url"])
    found: dict[str, Any] = response.json
    return found


def test_without_a_token_there_is_nothing(filed: Any) -> None:
    """No URL of it is told from one that never was: not by its answer, not by the description of the API."""
    client = create_app({"ARCHIVE": Archive(filed)}).test_client()
    for url in (*(ROOT + url for url in URLS), "/admin", "/admin/", "/admin/login"):
        for method in (client.get, client.post):
            nowhere = method("/api/v1/nowhere" if url.startswith("/api") else "/nowhere")
            answer = method(url, headers=BEARER)
            assert (answer.status_code, answer.data) == (404, nowhere.data)
    assert "admin" not in client.get("/api/v1/openapi.json").text


@pytest.mark.parametrize("path", [*URLS, "/nowhere"])
def test_nobody_gets_in_without_the_token(client: FlaskClient, path: str) -> None:
    """No token, a wrong one, another scheme, the token as a password: 401 and how to do better, and no word more."""
    if path == "/nowhere":
        assert client.get(ROOT + path).status_code == 404
        return
    for sent in ({}, {"Authorization": "Bearer"}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        response = client.get(ROOT + path, headers=sent)
        assert (response.status_code, response.content_type) == (401, "application/problem+json")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="bayegan admin"'
        assert response.json["type"] == "urn:bayegan:problem:unauthorized"
    assert client.get(ROOT + path, auth=("admin", TOKEN)).status_code == 401


def test_wrong_tokens_are_limited_and_the_right_one_is_not(client: FlaskClient) -> None:
    """After ten in a minute 429, with one line in the log for each of the ten; the administrator still gets in."""
    wrong = {"Authorization": "Bearer nonsense"}
    statuses = [client.get(f"{ROOT}/status", headers=wrong).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert 1 <= int(client.get(f"{ROOT}/status", headers=wrong).headers["Retry-After"]) <= 61
    get(client, "/status")
    admin = installed(client.application)
    assert admin is not None
    assert [(one.address, one.action, one.outcome, one.detail) for one in admin.audit.last(50)] == [
        ("127.0.0.1", "authenticate", "refused", "wrong token")
    ] * 10


def test_status(client: FlaskClient, directory: Any) -> None:
    """What the archive holds, where it is, and its last runs in both calendars."""
    status = get(client, "/status")
    assert (status["title"], status["directory"]) == ("بایگانی آزمون", str(directory))
    assert (status["articles"], status["generation"], status["newest_generation"]) == (20, 1, 1)
    assert (status["sources"], status["rejections"]) == (2, 4)
    assert status["size"] > 0
    assert status["free"] > 0
    assert status["task"] is None
    run = status["runs"][0]
    assert (run["verb"], run["indexed"], run["rejected"]) == ("index", 20, 4)
    assert run["started"].endswith("+00:00")
    assert run["started_jalali"].startswith("1")
    assert get(client, "/runs?size=1") == {"runs": [run]}


def test_status_tells_of_a_writer(client: FlaskClient, directory: Any) -> None:
    """While a process writes, and no longer."""
    lock = WriteLock(directory / "index")
    assert get(client, "/status")["writing"] is True
    lock.release()
    assert get(client, "/status")["writing"] is False


def test_rejections_are_filtered_and_paged(client: FlaskClient) -> None:
    """Every rejection is on one page, with its reason and both dates; a part of the reason narrows them."""
    pages = [get(client, f"/rejections?size=3&page={page}") for page in (1, 2, 3)]
    assert [(page["total"], page["pages"], len(page["rejections"])) for page in pages] == [
        (4, 2, 3),
        (4, 2, 1),
        (4, 2, 0),
    ]
    found = [*pages[0]["rejections"], *pages[1]["rejections"]]
    assert len({one["source"] for one in found}) == 4
    binary = next(one for one in found if HOSTILE in one["source"])
    narrowed = get(client, f"/rejections?q={binary['reason'][:12]}")
    assert (narrowed["total"], narrowed["rejections"]) == (1, [binary])


@pytest.mark.parametrize("parameter", ["page=0", "page=x", "size=201", "size=-1", "page=1.5"])
def test_parameters_are_checked(client: FlaskClient, parameter: str) -> None:
    """400, with the parameter at fault."""
    problem = get(client, f"/rejections?{parameter}", 400)
    assert problem["parameter"] == parameter.split("=")[0]


def test_a_rebuilding_from_beginning_to_end(client: FlaskClient) -> None:
    """202 with its URL; events until it is done; then the new generation answers searches."""
    task = enqueued(client, from_store=True)
    assert (task["state"], task["options"], task["enqueued_jalali"][:2]) == ("enqueued", ["from-store"], "14")
    told = events(client, task["id"])
    assert {name for _, name, _ in told[:-1]} <= {"progress"}
    revision, name, last = told[-1]
    assert (name, last["state"], last["generation"], last["progress"]["share"]) == ("done", "succeeded", 2, 1.0)
    assert get(client, f"/tasks/{task['id']}") == last
    assert get(client, "/tasks") == {"tasks": [last]}
    again = client.get(f"{ROOT}/tasks/{task['id']}/events", headers={**BEARER, "Last-Event-ID": revision})
    assert (again.status_code, again.data) == (204, b"")
    assert events(client, task["id"], last="0") == [(revision, "done", last)]
    assert client.get("/api/v1/search").json["generation"] == 2


def test_cancelling(client: FlaskClient) -> None:
    """The running task is asked to end, the waiting one ends at once; who asked for what is in the log."""
    first, second = enqueued(client), enqueued(client)
    for task in (second, first):
        answer = client.post(f"{ROOT}/tasks/{task['id']}/cancel", headers=BEARER)
        assert answer.status_code == 202
    assert events(client, first["id"])[-1][1] == events(client, second["id"])[-1][1] == "canceled"
    conflict = client.post(f"{ROOT}/tasks/1/cancel", headers=BEARER)
    assert (conflict.status_code, conflict.json["type"]) == (409, "urn:bayegan:problem:already-over")
    admin = installed(client.application)
    assert admin is not None
    noted = [(one.address, one.action, one.task) for one in reversed(admin.audit.last(50))]
    assert noted[:4] == [
        ("127.0.0.1", "reindex", 1),
        ("127.0.0.1", "reindex", 2),
        ("127.0.0.1", "cancel", 2),
        ("", "reindex", 2),
    ]


def test_too_many_tasks(client: FlaskClient) -> None:
    """The queue has a limit: 429."""
    statuses = [client.post(f"{ROOT}/reindex", headers=BEARER).status_code for _ in range(12)]
    assert statuses[:10] == [202] * 10
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("sent", "options"),
    [
        ({"json": {"from_store": True}}, ["from-store"]),
        ({"json": {"from_store": False}}, []),
        ({"json": {}}, []),
        ({"data": {"from_store": "1"}}, ["from-store"]),
        ({"query_string": {"from_store": "true"}}, ["from-store"]),
        ({}, []),
    ],
)
def test_how_a_rebuilding_is_asked_for(client: FlaskClient, sent: dict[str, Any], options: list[str]) -> None:
    """By JSON, a form, or the URL."""
    assert client.post(f"{ROOT}/reindex", headers=BEARER, **sent).json["options"] == options


@pytest.mark.parametrize("sent", [{"json": {"from_store": "perhaps"}}, {"json": {"from_store": ["1"]}}, {"json": [1]}])
def test_what_cannot_be_asked_for(client: FlaskClient, sent: dict[str, Any]) -> None:
    """400, and no task."""
    assert client.post(f"{ROOT}/reindex", headers=BEARER, **sent).status_code == 400
    assert get(client, "/tasks") == {"tasks": []}


@pytest.mark.parametrize("number", ["2", "0", "x", "٣", "-1", "99999999999"])
def test_tasks_that_are_not_there(client: FlaskClient, number: str) -> None:
    """404 for every number that is no task's, and for what is no number."""
    get(client, f"/tasks/{number}", 404)
    assert client.post(f"{ROOT}/tasks/{number}/cancel", headers=BEARER).status_code == 404
    get(client, f"/tasks/{number}/events", 404)


def test_listeners_are_bounded(client: FlaskClient) -> None:
    """So many listen at once; the next is told to come back, and may when one has gone."""
    task = enqueued(client)
    url = f"{ROOT}/tasks/{task['id']}/events"
    listening = [client.get(url, headers=BEARER, buffered=False) for _ in range(LISTENERS)]
    refused = client.get(url, headers=BEARER)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    listening.pop().close()
    listening.append(client.get(url, headers=BEARER, buffered=False))
    assert listening[-1].status_code == 200
    for one in listening:
        one.close()


def test_one_server_administers(app: Flask, directory: Any) -> None:
    """A second one over the same archive is refused, and told what to do."""
    with pytest.raises(ServerError, match="another server administers"):
        create_app({"ARCHIVE": Archive(directory, flags={"admin_token": TOKEN})})


def test_a_disk_that_cannot_be_written(directory: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The archive is served all the same, without administration, and the log says why."""
    (directory / "admin").write_text("in the place of the folder")
    client = create_app({"ARCHIVE": Archive(directory, flags={"admin_token": TOKEN})}).test_client()
    assert client.get("/api/v1/search").json["total"] == 20
    assert client.get(f"{ROOT}/status", headers=BEARER).status_code == 404
    assert "cannot be administered" in caplog.text


def test_the_description_is_true(client: FlaskClient, app: Flask) -> None:
    """Valid OpenAPI with every route of the admin API and its scheme of authentication; real answers fit."""
    document = client.get("/api/v1/openapi.json").json
    validate(document)
    routes = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    admin = {path: one for path, one in document["paths"].items() if path.startswith(ROOT)}
    assert set(admin) == {route for route in routes if route.startswith(ROOT)}
    assert all(one["security"] == [{"adminToken": []}] for path in admin.values() for one in path.values())
    closed = {
        name: {**component, "additionalProperties": False}
        for name, component in document["components"]["schemas"].items()
    }
    client.post(f"{ROOT}/tasks/{enqueued(client)['id']}/cancel", headers=BEARER)
    for url in ("/status", "/runs", "/rejections", "/tasks", "/tasks/1", "/tasks/9"):
        response = client.get(ROOT + url, headers=BEARER)
        path = ROOT + url if url[-1].isalpha() else f"{ROOT}/tasks/{{number}}"
        described = admin[path]["get"]["responses"][str(response.status_code)]["content"][response.mimetype]["schema"]
        Draft202012Validator({**described, "components": {"schemas": closed}}).validate(response.json)
