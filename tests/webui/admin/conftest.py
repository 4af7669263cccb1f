"""An archive with a journal, an app that may administer it, and clients with the token or a session."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.archive import Archive
from webui import create_app
from webui.admin.administration import installed

TOKEN = "correct-horse-battery-staple-7"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HOSTILE = "<b onmouseover=x>.bin"


@pytest.fixture(scope="session")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an archive of twenty articles, in which four inputs were rejected."""
    folder = tmp_path_factory.mktemp("filed")
    sources = folder / "sources"
    sources.mkdir()
    records = [{"title": f"خبر {n} شهر", "body": "باران بارید.", "agency": "برنا", "code": str(n)} for n in range(20)]
    lines = [json.dumps(record, ensure_ascii=False) for record in records] + ['{"title": '] * 3
    (sources / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (sources / HOSTILE).write_bytes(bytes(range(256)) * 8)
    archive = Archive(folder / "archive")
    archive.directory.mkdir()
    (archive.directory / "archive.toml").write_text('title = "بایگانی آزمون"\n', encoding="utf-8")
    archive.index([sources])
    return archive.directory


@pytest.fixture
def directory(filed: Path, tmp_path: Path) -> Path:
    """A copy of that archive, for one test."""
    return Path(shutil.copytree(filed, tmp_path / "archive"))


@pytest.fixture
def app(directory: Path) -> Iterator[Flask]:
    """An app that administers the archive of the test."""
    app = create_app({"ARCHIVE": Archive(directory, flags={"admin_token": TOKEN}), "TESTING": True})
    yield app
    admin = installed(app)
    assert admin is not None
    admin.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without a session."""
    return app.test_client()


@pytest.fixture
def signed_in(client: FlaskClient) -> FlaskClient:
    """A client with a session."""
    assert client.post("/admin/login", data={"token": TOKEN}).status_code == 303
    return client


def csrf(client: FlaskClient) -> str:
    """The token against forgery that the page of a session has."""
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/admin/").text)
    assert found
    return found[1]
