"""What `verify` found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from search.terminal.output import print_json, printable

if TYPE_CHECKING:
    from search.archive import Archive
    from search.keeping.verification import Verification


def print_verification(archive: Archive, found: Verification, as_json: bool) -> None:
    """Problems on standard error, one a line, and what to do; else that all is well."""
    if as_json:
        print_json(found)
        return
    for note in found.notes:
        print(printable(note))
    for problem in found.problems:
        print(printable(problem), file=sys.stderr)
    if found.problems:
        way_out = f"restore a backup, or run `bayegan reindex --archive {archive.directory}`"
        print(f"bayegan: {len(found.problems)} damaged; {way_out}", file=sys.stderr)
        return
    sources = f", {found.sources:,} sources" if found.sources else ""
    print(
        f"{found.files} files, {found.articles:,} articles, {found.size / 1e6:,.1f} MB{sources}: "
        "every byte is as it was written"
    )
