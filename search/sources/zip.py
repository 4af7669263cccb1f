"""Zip archives, read from front to back by the headers before the entries.

The standard library's reader is not used: it needs the directory at the end, which an archive that is cut has lost and
one that is made to harm lies in, and takes all of it into memory. Format: PKWARE, APPNOTE.TXT 6.3.
"""

from __future__ import annotations

from search.errors import RejectedInput
from search.sources.budget import Budget
from search.sources.containers import Members
from search.sources.stream import Input


def read_zip(archive: Input, budget: Budget) -> Members:
    """The files of a zip, each as a stream that has to be read before the next is taken."""
    yield RejectedInput(archive.source, "a zip file")
