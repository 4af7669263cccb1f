"""Writes the files of one segment, field by field and slice by slice, so that no field need be in memory whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from search.engine.files import Array, ArrayFileWriter
from search.engine.postings import CHUNK, SATURATED, SATURATED4, SKIP, pack
from search.engine.segment import KINDS
from search.engine.store import StoreWriter

_UINT32_MAX = 2**32 - 1


class SegmentWriter:
    """The files of a new segment; they count once `close` has returned.

    Args:
        directory, name: where, and what the files are called.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.files: dict[str, ArrayFileWriter] = {}
        for kind in KINDS:
            self.files[kind] = ArrayFileWriter(directory / f"{name}.{kind}", kind)
        self.store = StoreWriter(self.files["stored"])

    def add_documents(self, arrays: Mapping[str, Array]) -> None:
        """Write the arrays by document."""
        for name, array in arrays.items():
            self.files["documents"].add(name, array)

    def close(self) -> None:
        """Complete all files."""
        self.store.close()
        for kind, file in self.files.items():
            if kind != "stored":
                file.close()

    def abandon(self) -> None:
        """Remove what was written."""
        for file in self.files.values():
            file.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()


class PostingsWriter:
    """Writes the terms and postings of one field, in slices of whole terms, ascending.

    Args:
        writer: of the segment; only one field is written at a time.
        field: its name.
        size: documents of the segment, as an upper bound.
        bits: of a frequency, 8 or 4; 0 where no term occurs twice in a document.
        positions: whether the field has them.
    """

    def __init__(self, writer: SegmentWriter, field: str, size: int, *, bits: int = 0, positions: bool = False) -> None:
        self._files = writer.files
        self._field = field
        self._chunked = size > CHUNK
        self._bits = bits
        self._unpacked = np.empty(0, np.uint8)
        self._positions = positions
        self._text: list[bytes] = []
        self._sizes: list[Array] = []
        self._df: list[Array] = []
        self._cf: list[Array] = []
        self._run_counts: list[Array] = []
        self._run_chunk: list[Array] = []
        self._run_first: list[Array] = []
        self._over_at: list[Array] = []
        self._over: list[Array] = []
        self._skip: list[Array] = []
        self._count = 0
        self._delta_bytes = 0
        self._files["postings"].begin(f"{field}.low", np.uint16)
        if bits:
            self._files["frequencies"].begin(f"{field}.freq" if bits == 8 else f"{field}.freq4", np.uint8)
        if positions:
            self._files["positions"].begin(f"{field}.deltas", np.uint8)

    def add(
        self,
        terms: Sequence[bytes],
        df: Array,
        docs: Array,
        freqs: Array | None = None,
        deltas: tuple[NDArray[np.uint8], Array] | None = None,
    ) -> None:
        """Append terms with all their postings.

        Args:
            terms: sorted, above all those added before.
            df: how many of `docs` belong to each term; none is 0.
            docs: the documents, term after term, ascending in each.
            freqs: the exact frequency of each posting, for a field that has them.
            deltas: for a field that has positions, their bytes (`postings.encode`), and where in them those of the
                postings begin that `skipped` chooses.
        """
        if not len(terms):
            return
        self._text.append(b"".join(terms))
        self._sizes.append(np.array([len(term) for term in terms], np.int64))
        self._df.append(df)
        if self._chunked:
            self._add_runs(df, docs)
        if freqs is not None:
            self._add_frequencies(df, freqs)
        if deltas is not None:
            self._add_positions(*deltas)
        self._files["postings"].append((docs & (CHUNK - 1)).astype(np.uint16))
        self._count += len(docs)

    def skipped(self, count: int) -> slice:
        """Those of the next `count` postings, from 0 on, that the skip table over positions has an entry for."""
        return slice(-self._count % SKIP, count, SKIP)

    def close(self) -> None:
        """Write the dictionary, and the tables beside the postings."""
        field, terms = self._field, self._files["terms"]
        self._files["postings"].end()
        terms.add(f"{field}.text", np.frombuffer(b"".join(self._text), np.uint8))
        terms.add(f"{field}.starts", _starts(self._sizes))
        terms.add(f"{field}.first", _starts(self._df))
        if self._chunked:
            terms.add(f"{field}.runs", _starts(self._run_counts))
            terms.add(f"{field}.run_chunk", _joined(self._run_chunk, np.uint16))
            terms.add(f"{field}.run_first", _narrow(_joined(self._run_first, np.int64)))
        if self._bits:
            frequencies = self._files["frequencies"]
            if len(self._unpacked):
                frequencies.append(pack(np.append(self._unpacked, np.uint8(0))))
            frequencies.end()
            frequencies.add(f"{field}.over_at", _joined(self._over_at, np.uint64))
            frequencies.add(f"{field}.over", _joined(self._over, np.uint32))
            terms.add(f"{field}.cf", _joined(self._cf, np.uint32))
        if self._positions:
            self._files["positions"].end()
            end = np.array([self._delta_bytes])
            self._files["positions"].add(f"{field}.skip", _joined([*self._skip, end], np.uint64))

    def _add_runs(self, df: Array, docs: Array) -> None:
        chunk = docs >> 16
        starts = np.zeros(len(df), np.int64)
        np.cumsum(df[:-1], out=starts[1:])
        begins = np.ones(len(docs), np.bool_)
        np.not_equal(chunk[1:], chunk[:-1], out=begins[1:])
        begins[starts] = True
        first = np.flatnonzero(begins)
        self._run_first.append(first + self._count)
        self._run_chunk.append(chunk[first].astype(np.uint16))
        self._run_counts.append(np.add.reduceat(begins, starts, dtype=np.int64))

    def _add_frequencies(self, df: Array, freqs: Array) -> None:
        starts = np.zeros(len(df), np.int64)
        np.cumsum(df[:-1], out=starts[1:])
        self._cf.append(np.add.reduceat(freqs, starts, dtype=np.int64))
        largest = SATURATED if self._bits == 8 else SATURATED4
        over = np.flatnonzero(freqs >= largest)
        self._over_at.append(over + self._count)
        self._over.append(freqs[over])
        small = np.minimum(freqs, largest).astype(np.uint8)
        if self._bits == 4:
            small = np.concatenate((self._unpacked, small))
            even = len(small) - len(small) % 2
            self._unpacked, small = small[even:], pack(small[:even])
        self._files["frequencies"].append(small)

    def _add_positions(self, deltas: NDArray[np.uint8], starts: Array) -> None:
        self._files["positions"].append(deltas)
        self._skip.append(starts + self._delta_bytes)
        self._delta_bytes += len(deltas)


def _joined(parts: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype)


def _narrow(values: Array) -> Array:
    return values.astype(np.uint32 if not len(values) or values[-1] <= _UINT32_MAX else np.uint64)


def _starts(sizes: list[Array]) -> Array:
    sizes_joined = _joined(sizes, np.int64)
    starts = np.zeros(len(sizes_joined) + 1, np.int64)
    np.cumsum(sizes_joined, out=starts[1:])
    return _narrow(starts)
