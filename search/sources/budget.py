"""What one source file may unpack to; what goes beyond it is made to hurt, or not worth the wait."""

from __future__ import annotations

from dataclasses import dataclass

from search.errors import RejectedInput

MAX_ENTRIES = 10_000_000  # of one source file, with those of the archives in it
MAX_ENTRY = 64 << 30  # bytes of one entry, unpacked
MAX_UNPACKED = 1 << 40  # bytes of all that one source file unpacks to, on all levels
MAX_RATIO = 200  # unpacked bytes to one byte of the file; pages of one site pack to a hundredth at best
FREE_OF_RATIO = 64 << 20  # bytes that may be unpacked whatever the ratio
MAX_DEPTH = 2  # archives in one another, the source file itself counted
MAX_PACKINGS = 2  # gzip and the like around one another, on each level


@dataclass(slots=True)
class Budget:
    """Counts what one source file costs.

    Attributes:
        source: the file, which a rejection names.
        packed: bytes read of it so far, as it lies on the disk.
        unpacked: bytes that came out of its compression so far, on all levels.
        entries: of its archives so far.
    """

    source: str
    packed: int = 0
    unpacked: int = 0
    entries: int = 0

    def unpack(self, count: int) -> None:
        """Counts bytes that came out of a compression.

        Raises:
            RejectedInput: MAX_UNPACKED or MAX_RATIO is exceeded.
        """
        self.unpacked += count
        if self.unpacked > MAX_UNPACKED:
            raise RejectedInput(self.source, f"unpacks to more than {MAX_UNPACKED >> 30:,} GB, the limit; split it")
        if self.unpacked > FREE_OF_RATIO + MAX_RATIO * self.packed:
            raise RejectedInput(
                self.source, f"unpacks to more than {MAX_RATIO} times its size, the limit; if it is no bomb, unpack it"
            )

    def enter(self) -> None:
        """Counts an entry of an archive.

        Raises:
            RejectedInput: MAX_ENTRIES is exceeded.
        """
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise RejectedInput(self.source, f"more than {MAX_ENTRIES:,} entries, the limit; split it")
