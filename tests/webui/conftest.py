"""A small archive, the app over it, and the command that serves it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from search.archive import Archive
from tests.webui import newsroom
from webui import create_app

BAYEGAN = Path(sys.executable).with_name("bayegan")


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


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Runs a command of `bayegan` that serves, yields the address that it prints, and interrupts it."""
    with subprocess.Popen([BAYEGAN, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = next((found for line in process.stdout if (found := re.search(r"http://\S+?/", line))), None)
        try:
            assert address, "the server printed no address"
            yield address[0].rstrip("/")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


@pytest.fixture(scope="session")
def server(archive: Archive) -> Iterator[str]:
    """The address of a server process over the archive."""
    with serving("serve", "--archive", str(archive.directory), "--port", "0") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: Debian's, or the one that Playwright has installed."""
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(installed).exists():
            pytest.skip("no Chromium: apt install chromium, or playwright install chromium")
        # In a container there are no namespaces for Chromium's own sandbox; the pages are ours.
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        yield browser
        browser.close()
