"""What the journal notes: files as they were read, inputs that were rejected, runs."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from search.journal.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `index`, `reindex`, `delete` or `undelete`: when (UTC), how long, and what it did.

    Attributes:
        skipped: files that did not change since they were read.
        changed: files that changed while they were read; the next run reads them again.
        deleted: articles passed over, since they were deleted from the archive; of `delete`, those that it deleted,
            of `undelete`, those that may come back.
    """

    verb: str
    started: datetime
    seconds: float
    generation: int
    indexed: int
    replaced: int
    unchanged: int
    rejected: int
    skipped: int = 0
    changed: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that is rejected as of its last reading.

    Attributes:
        path: the file.
        place: the file and the place in it, for people.
        reason: what is wrong with it.
        noted: when (UTC) it was last read.
    """

    path: Path
    place: str
    reason: str
    noted: datetime


@dataclass(slots=True)
class Reading:
    """What came of a file, as far as it was read since the last commit.

    Attributes:
        file: as it was found before it was read.
        digest: of its content then.
        articles: how many were read of it so far.
        rejections: (place, reason) of what was rejected so far.
        ended: whether it was read to its end.
        steady: whether it did not change meanwhile.
        identities, fingerprints: of the articles since the last commit, as the index has them.
    """

    file: SourceFile
    digest: bytes = b""
    articles: int = 0
    rejections: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False
    steady: bool = False
    identities: array[int] = field(default_factory=lambda: array("Q"))
    fingerprints: array[int] = field(default_factory=lambda: array("Q"))

    def begin_anew(self) -> None:
        """After a commit: none of its articles is left to note."""
        self.identities, self.fingerprints = array("Q"), array("Q")
