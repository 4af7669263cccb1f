"""What was rejected, listed for people and exported for programs; and what became of it when it was tried again."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from search.terminal.output import print_json, printable

if TYPE_CHECKING:
    from search.archive import Archive
    from search.journal import Rejection, Run

COLUMNS = ("source", "reason", "file", "noted")


def print_rejections(rejections: Iterable[Rejection], form: str) -> None:
    """Each rejected input with its reason; as `text`, one a line, `json`, `jsonl` or `csv`."""
    {"text": _text, "json": _json, "jsonl": _jsonl, "csv": _csv}[form](rejections)


def print_retried(archive: Archive, run: Run | None, taken: Sequence[Rejection], left: Sequence[Rejection]) -> None:
    """What became of the inputs that were tried again."""
    if run is None:
        print("nothing is rejected")
        return
    print(
        f"{len(taken):,} rejected before, and no more; {len(left):,} rejected: {run.indexed:,} articles indexed, "
        f"{run.replaced:,} replaced, {run.unchanged:,} unchanged; generation {run.generation} of {archive.directory}"
    )
    print_rejections(left, "text")


def print_retried_json(run: Run | None, taken: Sequence[Rejection], left: Sequence[Rejection]) -> None:
    """The same for programs."""
    print_json({"run": run, "taken": list(map(_record, taken)), "rejected": list(map(_record, left))})


def _text(rejections: Iterable[Rejection]) -> None:
    for one in rejections:
        print(printable(f"{one.place}: {one.reason}"))


def _json(rejections: Iterable[Rejection]) -> None:
    import msgspec

    separator = "["
    for one in rejections:
        sys.stdout.write(f"{separator}\n  {msgspec.json.encode(_record(one)).decode()}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")


def _jsonl(rejections: Iterable[Rejection]) -> None:
    import msgspec

    for one in rejections:
        sys.stdout.write(f"{msgspec.json.encode(_record(one)).decode()}\n")


def _csv(rejections: Iterable[Rejection]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_record, rejections))


def _record(one: Rejection) -> dict[str, str]:
    """For a program; bytes of a file name that are no UTF-8 are shown escaped."""
    file = os.fsencode(one.path).decode("utf-8", "backslashreplace")
    return dict(zip(COLUMNS, (one.place, one.reason, file, one.noted.isoformat()), strict=True))
