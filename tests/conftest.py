"""What several test modules share: making sources and archives, and the rule that no browser test is skipped in CI."""

import json
import os

import pytest

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A skipped browser test is a failure in CI: what a reader sees must have been looked at."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI must run it: {call.excinfo}"
    return report
