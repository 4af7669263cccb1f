"""The term dictionary of one field in one segment: sorted terms, found by bisection on the mapped bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.engine import kernel
from search.engine.files import Array, ArrayFile


class Dictionary(Sequence[bytes]):
    """Sorted distinct terms; a term's place among them is its ordinal.

    As a sequence it gives the terms themselves. On disk, of a field: `text` (all terms, concatenated), `starts` (where
    each begins in it), `first` (number of each term's first posting; one more closes the last), and `cf`, which a field
    whose terms occur at most once in a document goes without.
    """

    def __init__(self, file: ArrayFile, field: str) -> None:
        self.field = field
        self._bytes = memoryview(file[f"{field}.text"])
        self._starts = file[f"{field}.starts"]
        self.first: Array = file[f"{field}.first"]
        self._cf = file.arrays.get(f"{field}.cf")
        self._size = len(self._starts) - 1

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, ordinal: int) -> bytes:  # type: ignore[override]  # no slices: `slice` gives several
        if ordinal >= self._size:
            raise IndexError(ordinal)
        return self.term(ordinal)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.slice(0, self._size))

    def term(self, ordinal: int) -> bytes:
        """The term at that ordinal, in UTF-8 (`day`: in Whoosh's sortable form)."""
        return bytes(self._bytes[self._starts[ordinal] : self._starts[ordinal + 1]])

    def slice(self, low: int, high: int) -> list[bytes]:
        """The terms of the ordinals low .. high - 1."""
        starts = self._starts[low : high + 1].astype(np.int64)
        base = int(starts[0]) if high >= low and len(starts) else 0
        text = bytes(self._bytes[base : int(starts[-1])]) if len(starts) else b""
        ends = (starts - base).tolist()
        return [text[a:b] for a, b in pairwise(ends)]

    def find(self, term: bytes) -> int:
        """The term's ordinal, or -1."""
        at = self.lower(term)
        return at if at < self._size and self.term(at) == term else -1

    def lower(self, term: bytes) -> int:
        """The ordinal of the first term that is not below `term`; `len(self)` where all are."""
        return kernel.lower(self._bytes, self._starts, term)

    def range(self, low: bytes | None, high: bytes | None) -> tuple[int, int]:
        """The ordinals (start, stop) of all terms with low <= term < high; None leaves a side open."""
        start = 0 if low is None else self.lower(low)
        stop = self._size if high is None else self.lower(high)
        return start, max(start, stop)

    def prefix(self, prefix: bytes) -> tuple[int, int]:
        """The ordinals (start, stop) of all terms that begin with `prefix`."""
        return self.range(prefix, _after(prefix))

    @cached_property
    def df(self) -> NDArray[np.uint32]:
        """In how many documents each term is, deleted ones included."""
        return np.diff(self.first).astype(np.uint32)

    @property
    def cf(self) -> Array:
        """How often each term occurs (uint32); `df` where no term occurs twice in a document."""
        return self.df if self._cf is None else self._cf

    def document_frequency(self, ordinal: int) -> int:
        """`df[ordinal]`, without counting for all terms."""
        return int(self.first[ordinal + 1]) - int(self.first[ordinal])

    def collection_frequency(self, ordinal: int) -> int:
        """`cf[ordinal]`, without counting for all terms."""
        return self.document_frequency(ordinal) if self._cf is None else int(self._cf[ordinal])


def _after(prefix: bytes) -> bytes | None:
    """The least string above all that begin with `prefix`; None where there is none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None
