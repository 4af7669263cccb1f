"""SIGKILL at random moments of a run loses nothing; `python -m tests.faults.kills` tries many more of them."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_lost_at_any_moment():
    """A dozen kills of each command: the last commit is whole, nothing of the run goes on, the next run completes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", "--count", "12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    index, reindex = map(json.loads, done.stdout.splitlines())
    assert (index["failures"], reindex["failures"], done.returncode, done.stderr) == ([], [], 0, "")
    assert (index["verb"], reindex["verb"]) == ("index", "reindex")
    assert sum(count for end, count in index.items() if end.startswith("killed")) == 12
    assert index["killed after a commit"] > 0
    assert reindex["killed before the first commit"] > 0
