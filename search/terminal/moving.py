"""What was taken out of an archive, or put in its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from search.terminal.output import print_json, printable

if TYPE_CHECKING:
    from search.archive import Archive
    from search.journal import Run
    from search.keeping.backup import BackedUp
    from search.keeping.backup_file import Facts
    from search.keeping.deletion import Doomed
    from search.keeping.export import Exported

_SHOWN = 10  # articles of a deletion that is only tried


def print_exported(done: Exported, output: Path | None, as_json: bool) -> None:
    """What an export wrote; on standard error where standard output is the export."""
    for hint in done.hints:
        print(hint, file=sys.stderr)
    for pattern in done.capped:
        print(f"{pattern} stands for too many words: only its most frequent ones were looked for", file=sys.stderr)
    if output and as_json:
        print_json({"file": str(output), **_fields(done)})
    elif output:
        print(f"{done.articles:,} articles of generation {done.generation} exported to {output}")


def print_backed_up(done: BackedUp, as_json: bool) -> None:
    """What a backup holds, and what it leaves out."""
    if as_json:
        print_json(_fields(done))
        return
    print(
        f"{done.file}: {done.articles:,} articles, generation {done.generation}, {done.files} files of the index, "
        f"{done.size / 1e6:,.1f} MB"
    )
    for path in done.left_out:
        print(f"not in the backup, since it is outside the archive's folder: {path}")


def print_facts(facts: Facts, what: str, as_json: bool) -> None:
    """What a backup says of itself, after `what` became of it."""
    if as_json:
        print_json(facts)
        return
    print(
        f"{what}: {facts.title}, {facts.articles:,} articles, generation {facts.generation}, "
        f"made {facts.made} by Bayegan {facts.bayegan}"
    )


def print_doomed(doomed: Doomed, as_json: bool) -> None:
    """What a deletion would take: how many, and the first of them."""
    first = list(islice(doomed.articles(), _SHOWN))
    if as_json:
        keys = [article.key for article in doomed.articles()]
        print_json({"deleted": False, "articles": doomed.count, "hints": doomed.hints, "keys": keys})
        return
    for hint in doomed.hints:
        print(hint)
    for article in first:
        print(printable(f"{article.key}  {article.title}"))
    if doomed.count > len(first):
        print(f"... and {doomed.count - len(first):,} more")
    print(f"{doomed.count:,} articles would be deleted; nothing was: add --yes to do it")


def print_deleted(archive: Archive, run: Run, as_json: bool) -> None:
    """What a deletion took."""
    if as_json:
        print_json({"deleted": True, "articles": run.deleted, "generation": run.generation})
        return
    print(f"{run.deleted:,} articles deleted; generation {run.generation} of {archive.directory}")


def print_keys(keys: Sequence[str], what: str, as_json: bool) -> None:
    """Keys of articles, one a line, and what became of them."""
    if as_json:
        print_json(keys)
        return
    for key in keys:
        print(printable(key))
    print(f"{len(keys):,} articles {what}")


def _fields(record: object) -> dict[str, object]:
    import msgspec

    fields: dict[str, object] = msgspec.to_builtins(record, enc_hook=str)
    return fields
