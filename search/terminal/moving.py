"""What was taken out of an archive, or put in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from search.terminal.output import print_json

if TYPE_CHECKING:
    from search.export import Exported


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


def _fields(record: object) -> dict[str, object]:
    import msgspec

    fields: dict[str, object] = msgspec.to_builtins(record)
    return fields
