"""A small archive, the app over it, and a server process over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.archive import Archive
from tests.processes import serving
from tests.webui import newsroom
from webui import create_app


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """All articles of the newsroom, in an archive with a title."""
    directory = tmp_path_factory.mktemp("archive")
    (directory / "archive.toml").write_text('title = "بایگانی آزمون"\ndescription = "برای آزمون"\n', encoding="utf-8")
    return newsroom.write(directory, newsroom.ARTICLES)


@pytest.fixture(scope="session")
def app(archive: Archive) -> Flask:
    """The app over the archive."""
    return create_app({"ARCHIVE": archive, "TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app."""
    return app.test_client()


@pytest.fixture(scope="session")
def server(archive: Archive) -> Iterator[str]:
    """The address of a server process over the archive."""
    with serving("serve", "--archive", str(archive.directory), "--port", "0") as address:
        yield address
