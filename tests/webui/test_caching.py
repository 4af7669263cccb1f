"""ETags by generation, and a server that picks up a new generation while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.searcher import Searcher
from tests.webui import newsroom
from webui import create_app


def test_a_fresh_answer_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ETag of its last answer, a client gets 304 and nothing is searched."""
    client = create_app({"ARCHIVE": newsroom.write(tmp_path, (newsroom.BUDGET,))}).test_client()
    first = client.get("/?q=بودجه")
    assert first.headers["Cache-Control"] == "no-cache"
    monkeypatch.delattr(Searcher, "search")
    again = client.get("/?q=بودجه", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_new_generation_is_seen_once_it_is_ready(tmp_path: Path) -> None:
    """No request waits for articles that are indexed while the app runs; they are found as soon as they can be."""
    app = create_app({"ARCHIVE": newsroom.write(tmp_path, (newsroom.BUDGET,))})
    client = app.test_client()
    before = client.get("/api/v1/search")
    assert (before.json["total"], before.json["generation"]) == (1, 1)
    newsroom.write(tmp_path, newsroom.SPELLINGS)
    assert client.get("/api/v1/search").json["generation"] == 1
    app.extensions["bayegan-generations"].settle()
    after = client.get("/api/v1/search", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["total"], after.json["generation"]) == (200, 4, 2)


def test_another_start_is_another_tag(tmp_path: Path) -> None:
    """After a restart nothing of before counts as fresh: the program may be another."""
    archive = newsroom.write(tmp_path, (newsroom.BUDGET,))
    tags = {create_app({"ARCHIVE": archive}).test_client().get("/").headers["ETag"] for _ in range(2)}
    assert len(tags) == 2


def test_errors_are_not_kept(tmp_path: Path) -> None:
    """An error is true for now only."""
    client = create_app({"ARCHIVE": tmp_path}).test_client()
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_files_of_the_page_are_kept(tmp_path: Path) -> None:
    """Their address has a hash of their content, so that browsers may keep them for a year."""
    client = create_app({"ARCHIVE": tmp_path}).test_client()
    assert "/static/style.css?v=" in client.get("/help").text
    with client.get("/static/style.css") as response:
        assert "max-age=31536000" in response.headers["Cache-Control"]
