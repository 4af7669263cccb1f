"""Reads what is named on its standard input, one file after another, and tells how that went, one JSON line each.

    python -m tests.sources.read_damaged SECONDS < PATHS

A file that takes more than so many seconds of the processor is given up; one that ends the process is the one that no
line tells of.
"""

import json
import resource
import signal
import sys
import time
from pathlib import Path

from search.article import Article
from search.sources import Profile, read

MOST_DATA = 2 << 30  # bytes: no damaged file may take the machine down


class TooLong(BaseException):
    """The time is up; no reader may catch this."""


def _time_is_up(signal_number, frame):
    raise TooLong


def _check(result):
    """What is wrong with a result, or ""."""
    if not isinstance(result, Article):
        return "" if result.reason and "\n" not in str(result) else f"a rejection without a line: {result!r}"
    texts = (result.title, result.kicker, result.lead, *result.body, *result.tags, result.author, result.section)
    try:
        "".join((*texts, result.url, result.code, result.source)).encode()
    except UnicodeEncodeError:
        return "half surrogates"
    return "" if result.title and (result.lead or any(result.body)) else "an article without a text"


def told(path: Path, seconds: float) -> dict:
    """How reading one file went."""
    told = {"path": str(path), "articles": 0, "rejected": 0, "reason": "", "wrong": ""}
    before = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        for result in read(path, Profile()):
            told["articles" if isinstance(result, Article) else "rejected"] += 1
            told["reason"] = getattr(result, "reason", told["reason"])
            told["wrong"] = told["wrong"] or _check(result)
    except TooLong:
        told["wrong"] = f"more than {seconds} seconds"
    except Exception as error:  # noqa: BLE001 - any is what this looks for
        told["wrong"] = f"{type(error).__name__}: {error}"[:500]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    told["seconds"] = round(time.process_time() - before, 3)
    told["peak_mb"] = _peak_mb()
    return told


def _peak_mb():
    """The most memory that this program had, in MB; what the kernel counts elsewhere includes its parent's."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_DATA, MOST_DATA))
    signal.signal(signal.SIGPROF, _time_is_up)
    for line in sys.stdin:
        print(json.dumps(told(Path(line.rstrip("\n")), float(sys.argv[1]))), flush=True)
