"""The bulk path: a text becomes the numbers of its words' types, by what is remembered of its chunks.

What a chunk is, and what it does to the words before it, is asked once; each further time is a lookup. The loop is
compiled (encoder.c) where the extension was built; `PortableEncoder` is its twin.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

# What the beginning of a chunk offers to the word before it, and what that word takes: they may be one where a bit is
# in both. COORDINATED: together with an و between them. COMPOUND is shifted by up to COMPOUNDS - 1, so that few meet
# that make no compound.
AFFIX, ANY, COORDINATED, COMPOUND = 1, 2, 4, 8
COMPOUNDS = 5

LONGEST = 100  # characters of a chunk that is remembered
CONTINUES = -1  # the tail of a chunk that is all open


class Understood(NamedTuple):
    """What a chunk is where nothing stands before it.

    Attributes:
        offers: bits of what its beginning may be to the word before.
        tail: how many words at its end stand behind the last punctuation in it and may be continued by the next
            chunk; 0 where punctuation ends it, CONTINUES where it has none.
        types: of its words.
    """

    offers: int
    tail: int
    types: tuple[int, ...]


class Joined(NamedTuple):
    """What a chunk is behind words that it may be a part of.

    Attributes:
        taken: how many of these words it is one with.
        types: what stands in their place and its own.
    """

    taken: int
    types: tuple[int, ...]


type Understand = Callable[[str], tuple[int, int, tuple[int, ...]]]
type Join = Callable[[tuple[int, ...], str], tuple[int, tuple[int, ...]]]


class _Chunks(dict[str, tuple[int, int, tuple[int, ...]]]):
    """Chunk -> what it is, worked out when it is first met."""

    def __init__(self, understand: Understand) -> None:
        self._understand = understand

    def __missing__(self, chunk: str) -> tuple[int, int, tuple[int, ...]]:
        understood = self._understand(chunk)
        if len(chunk) <= LONGEST:
            self[chunk] = understood
        return understood


class PortableEncoder:
    """Text -> types. Not safe for use by several threads at once.

    Args:
        understand: what a chunk is on its own, as in `Understood`.
        join: what it is behind one or two words, as in `Joined`.
        takes: bits by type; grows with the types, which have numbers from 0.
        limit: how many chunks, or joined ones, are remembered at most; beyond it all are forgotten.
    """

    def __init__(self, understand: Understand, join: Join, takes: bytearray, limit: int) -> None:
        self._chunks = _Chunks(understand)
        self._joins: dict[tuple[tuple[int, ...], str], tuple[int, tuple[int, ...]]] = {}
        self._join = join
        self._takes = takes
        self._limit = limit

    def encode(self, text: str) -> bytes:
        """The types of the words of a text, as native 32-bit integers."""
        if max(len(self._chunks), len(self._joins)) >= self._limit:
            self._chunks.clear()
            self._joins.clear()
        chunks, takes = self._chunks, self._takes
        out: list[int] = []
        near = 0  # how many of the last words stand before the next chunk without punctuation between
        for chunk in text.split():
            offers, tail, types = chunks[chunk]
            if near and (meet := offers & takes[out[-1]]):
                reach = 2 if meet & COORDINATED and near > 1 else 1
                taken, types = self._joined(tuple(out[-reach:]), chunk)
                if taken:
                    del out[-taken:]
                    near -= taken
            out += types
            near = near + len(types) if tail == CONTINUES else tail
        return array("i", out).tobytes()

    def _joined(self, before: tuple[int, ...], chunk: str) -> tuple[int, tuple[int, ...]]:
        joined = self._joins.get((before, chunk))
        if joined is None:
            joined = self._join(before, chunk)
            if len(chunk) <= LONGEST:
                self._joins[before, chunk] = joined
        return joined


if TYPE_CHECKING:
    from search.persian._encoder import Encoder as Encoder
else:
    try:
        from search.persian._encoder import Encoder as Encoder
    except ImportError:  # installed where there was no compiler
        Encoder = PortableEncoder
