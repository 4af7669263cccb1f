"""What several test modules share: sources, archives, a browser, and the rule that no browser test is skipped in CI."""

import json
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from search import cli
from search.archive import Archive


@pytest.fixture
def write_jsonl(tmp_path):
    """A function that writes records as lines of a file under the temporary folder, and gives its path."""

    def write(name, records):
        path = tmp_path / name
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
        return path

    return write


@pytest.fixture
def archive(tmp_path):
    """An archive in the temporary folder that nothing was indexed into yet."""
    return Archive(tmp_path / "archive")


@pytest.fixture
def bayegan(capsys):
    """Runs the command in this process; gives (exit code, standard output, standard error)."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return run


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium: Debian's, or the one that Playwright has installed."""
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(installed).exists():
            pytest.skip("no Chromium: apt install chromium, or playwright install chromium")
        # In a container there are no namespaces for Chromium's own sandbox; the pages are ours.
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A skipped browser test is a failure in CI: what a reader sees must have been looked at."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI must run it: {call.excinfo}"
    return report
