"""A source file as the journal knows it: what tells whether it changed since it was read."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# A file that changed less than so long before it was looked at might change again within the same tick of the
# file system's clock (2 s on FAT, 10 ms on most), and look the same.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found.

    Attributes:
        path: absolute.
        size: bytes; 0 of a file that cannot be looked at or read, so that it counts as changed once it can.
        modified: time of change in ns, which programs may set to anything; 0 like `size`.
        format: that it is read as; told from its content where empty.
        changed: time of change of its inode in ns, which nobody can set; 0 where that is too near to when it was
            looked at to tell a later change from it, so that its content decides.
    """

    path: Path
    size: int
    modified: int
    format: str = ""
    changed: int = 0

    @classmethod
    def seen(cls, path: Path, format_: str = "") -> Self:
        """The file as it is now."""
        try:
            found = path.stat()
        except OSError:
            return cls(path, 0, 0, format_)
        if not os.access(path, os.R_OK):
            return cls(path, 0, 0, format_)
        settled = found.st_ctime_ns + _SETTLED_NS < time.time_ns()
        return cls(path, found.st_size, found.st_mtime_ns, format_, found.st_ctime_ns if settled else 0)

    def same(self, other: SourceFile) -> bool:
        """Whether nothing says that the file changed between the two looks at it."""
        both = self.changed and other.changed
        return (self.size, self.modified) == (other.size, other.modified) and (
            not both or self.changed == other.changed
        )

    def digest(self) -> bytes:
        """SHA-256 of the content as it is now; b"" where there is none to read (a folder, a pipe, a lost file)."""
        try:
            if not stat.S_ISREG(self.path.stat().st_mode):
                return b""
            with self.path.open("rb", buffering=0) as stream:
                return hashlib.file_digest(stream, "sha256").digest()
        except OSError:
            return b""
