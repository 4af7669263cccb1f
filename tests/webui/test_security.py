"""Headers of every response, and what an enemy of the server sends."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from webui.security import HEADERS

EVERYTHING = [
    "/", "/?q=بودجه", "/articles/برنا/1207254", "/help", "/about", "/feed.atom", "/opensearch.xml", "/static/style.css",
    "/api/v1/search", "/api/v1/openapi.json", "/nowhere", "/?page=0", "/api/v1/search?page=0", "/static/nothing",
]  # fmt: skip


@pytest.mark.parametrize("url", EVERYTHING)
def test_headers_go_with_everything(client: FlaskClient, url: str) -> None:
    """Pages, data, files and errors alike."""
    with client.get(url) as response:
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_inline() -> None:
    """Scripts and styles come from our own files, never from the page; nobody frames it."""
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


@pytest.mark.parametrize("url", ["/", "/?q=بودجه", "/articles/برنا/1207254?q=بودجه", "/help", "/about", "/nowhere"])
def test_pages_hold_nothing_inline(client: FlaskClient, url: str) -> None:
    """No style attribute, no handler, no script or style with content: the policy breaks nothing."""
    page = client.get(url).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count('<script src="/static/search.js') == 1


@pytest.mark.parametrize("url", ["/static/../commands.py", "/static/%2e%2e/commands.py", "/static/..%2fcommands.py"])
def test_static_files_stay_in_their_folder(client: FlaskClient, url: str) -> None:
    """No path leads out of the folder of static files."""
    assert client.get(url).status_code == 404


def test_a_false_host_is_not_believed(client: FlaskClient) -> None:
    """Links of pages are paths, so that a forged Host header leads no reader away."""
    page = client.get("/?q=بودجه", headers={"Host": "evil.example"}).text
    assert "evil.example" not in page


@pytest.mark.parametrize("host", ['"><script>', "a b", "evil.example/path"])
def test_a_malformed_host_is_refused_or_escaped(client: FlaskClient, host: str) -> None:
    """What no host can be never reaches an answer as it is."""
    for url in ("/?q=بودجه", "/api/v1/search?q=تیم", "/feed.atom"):
        assert host not in client.get(url, headers={"Host": host}).text
