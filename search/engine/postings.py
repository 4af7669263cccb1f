"""The postings of one field: which documents a term is in, how often, and where.

Postings are numbered through the field, in the order of its terms; `Dictionary.first` says where a term's begin.
Arrays by posting number: `low` (uint16, the document number modulo 65,536) and the frequencies, of a field whose terms
may occur twice in a document: `freq` (uint8) where scoring reads every posting, else `freq4` (two of 4 bits in a byte,
the even posting in the lower half). Their largest value, 255 or 15, means that or more: then `over` has the exact
frequency, for the posting number in `over_at`.

A segment of more than 65,536 documents cuts the postings of a term into runs, one for each chunk of 65,536 documents
that holds the term: `runs` (by ordinal, the number of its first run; one more), `run_chunk` and `run_first` (by run,
the chunk, and the number of the first posting).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.engine.files import Array, ArrayFile
from search.engine.interleave import position_sizes
from search.engine.kernel import Frequencies
from search.engine.terms import Dictionary

#: Documents in a chunk: what a uint16 tells apart.
CHUNK = 1 << 16
#: The largest value of a frequency of 8 and of 4 bits, and of a byte of positions.
SATURATED = 255
SATURATED4 = 15
#: Postings for each entry of the skip table over positions.
SKIP = 128


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of one term in one segment, deleted documents included.

    Attributes:
        low: uint16[n], views of the mapped file: the document number within its chunk.
        freqs: uint8[n], frequencies, saturating at 255.
        chunk_numbers: int[c], ascending: the chunks that hold the term.
        bounds: int[c + 1]: the postings bounds[i] .. bounds[i+1] - 1 are in chunk chunk_numbers[i].
    """

    low: NDArray[np.uint16]
    freqs: NDArray[np.uint8]
    chunk_numbers: Array
    bounds: Array

    def __len__(self) -> int:
        return len(self.low)

    def chunks(self) -> Iterator[tuple[int, NDArray[np.uint16], NDArray[np.uint8]]]:
        """For each chunk that holds the term: its number, ascending low parts, frequencies."""
        bounds = self.bounds.tolist()
        for i, chunk in enumerate(self.chunk_numbers.tolist()):
            part = slice(bounds[i], bounds[i + 1])
            yield chunk, self.low[part], self.freqs[part]

    @property
    def docs(self) -> NDArray[np.uint32]:
        """Document numbers in the segment, ascending."""
        if len(self.chunk_numbers) == 1 and not self.chunk_numbers[0]:
            return self.low.astype(np.uint32)
        high = np.repeat(self.chunk_numbers.astype(np.uint32) << 16, self.bounds[1:] - self.bounds[:-1])
        return high | self.low


class FieldPostings:
    """The arrays of one field's postings.

    Attributes:
        low, freq, freq4: by posting number, as above; both frequencies are None where all are 1.
        over_at, over: as above; None where frequencies are all 1.
        packed: the frequencies as the kernel takes them.
    """

    def __init__(self, files: Mapping[str, ArrayFile], dictionary: Dictionary) -> None:
        field = dictionary.field
        terms, postings, frequencies = files["terms"], files["postings"], files["frequencies"]
        self._dictionary = dictionary
        self.low: NDArray[np.uint16] = postings[f"{field}.low"]
        self.freq: NDArray[np.uint8] | None = frequencies.arrays.get(f"{field}.freq")
        self.freq4: NDArray[np.uint8] | None = frequencies.arrays.get(f"{field}.freq4")
        self.over_at = frequencies.arrays.get(f"{field}.over_at")
        self.over = frequencies.arrays.get(f"{field}.over")
        self.packed = self._packed()
        self._runs = terms.arrays.get(f"{field}.runs")
        if self._runs is not None:
            self._run_chunk, self._run_first = terms[f"{field}.run_chunk"], terms[f"{field}.run_first"]

    def _packed(self) -> Frequencies:
        over_at = np.empty(0, np.uint64) if self.over_at is None else self.over_at
        over = np.empty(0, np.uint32) if self.over is None else self.over
        if self.freq is not None:
            return Frequencies(self.freq, 8, over_at, over)
        if self.freq4 is not None:
            return Frequencies(self.freq4, 4, over_at, over)
        return Frequencies(np.empty(0, np.uint8), 0, over_at, over)

    def postings(self, ordinal: int) -> Postings:
        """The postings of one term."""
        start, stop = int(self._dictionary.first[ordinal]), int(self._dictionary.first[ordinal + 1])
        chunks, bounds = self.runs(ordinal, start, stop)
        return Postings(self.low[start:stop], self.saturated(start, stop), chunks, bounds)

    def saturated(self, start: int, stop: int) -> NDArray[np.uint8]:
        """The frequencies of the postings start .. stop - 1, 255 meaning that or more."""
        if self.freq is not None:
            return self.freq[start:stop]
        if self.freq4 is None:
            return np.ones(stop - start, np.uint8)
        freqs = _unpack(self.freq4, start, stop)
        where, over = self._above(start, stop)
        freqs[where] = np.minimum(over, SATURATED)
        return freqs

    def frequencies(self, start: int, stop: int) -> NDArray[np.uint32]:
        """The exact frequencies of the postings start .. stop - 1."""
        exact = self.saturated(start, stop).astype(np.uint32)
        where, over = self._above(start, stop)
        exact[where] = over
        return exact

    def documents(self, low: int, high: int) -> NDArray[np.uint32]:
        """The documents of all postings of the ordinals low .. high - 1, term after term."""
        start, stop = int(self._dictionary.first[low]), int(self._dictionary.first[high])
        docs = self.low[start:stop].astype(np.uint32)
        if self._runs is not None and stop > start:
            a, b = int(self._runs[low]), int(self._runs[high])
            bounds = np.append(self._run_first[a:b], stop).astype(np.int64)
            docs |= np.repeat(self._run_chunk[a:b].astype(np.uint32) << 16, bounds[1:] - bounds[:-1])
        return docs

    def _above(self, start: int, stop: int) -> tuple[Array, Array]:
        """Where among the postings start .. stop - 1 the frequency does not fit, and what it is."""
        if self.over_at is None or self.over is None:
            return np.empty(0, np.int64), np.empty(0, np.uint32)
        a, b = np.searchsorted(self.over_at, (start, stop))
        return self.over_at[a:b] - start, self.over[a:b]

    def runs(self, ordinal: int, start: int, stop: int) -> tuple[Array, Array]:
        """`chunk_numbers` and `bounds` of a term, whose postings are start .. stop - 1."""
        if self._runs is None:
            return np.zeros(1, np.uint16), np.array([0, stop - start])
        a, b = int(self._runs[ordinal]), int(self._runs[ordinal + 1])
        bounds = np.empty(b - a + 1, np.int64)
        bounds[:-1] = self._run_first[a:b]
        bounds[-1] = stop
        bounds -= start
        return self._run_chunk[a:b], bounds


def pack(freqs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An even number of frequencies up to 15, two in a byte."""
    return freqs[0::2] | freqs[1::2] << np.uint8(4)


def _unpack(packed: NDArray[np.uint8], start: int, stop: int) -> NDArray[np.uint8]:
    data = packed[start // 2 : (stop + 1) // 2]
    freqs = np.empty(2 * len(data), np.uint8)
    np.bitwise_and(data, SATURATED4, out=freqs[0::2])
    np.right_shift(data, 4, out=freqs[1::2])
    return freqs[start % 2 : start % 2 + stop - start]


class Positions:
    """The positions of one field: by posting, ascending token numbers.

    On disk (`deltas`, uint8) each position is the distance from the one before it in the same document (the first: from
    0): as many bytes 255 as go into it, and one byte below 255 for the rest. `skip` says where the positions of every
    128th posting begin, and where all end.

    Attributes:
        deltas, skip: as above.
        postings: of the same field.
    """

    def __init__(self, file: ArrayFile, postings: FieldPostings, field: str) -> None:
        self.deltas: NDArray[np.uint8] = file[f"{field}.deltas"]
        self.skip: Array = file[f"{field}.skip"]
        self.postings = postings

    def read(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The positions of the postings start .. stop - 1 (numbers in the field).

        Returns:
            offsets: int64[stop - start + 1]; positions: uint32. Those of posting start + i are
            positions[offsets[i]:offsets[i + 1]].
        """
        first = start - start % SKIP
        data = self.deltas[int(self.skip[first // SKIP]) : int(self.skip[-(-stop // SKIP)])]
        frequencies = self.postings.frequencies(first, stop)
        offsets = np.zeros(len(frequencies) + 1, np.int64)
        np.cumsum(frequencies, out=offsets[1:])
        absolute = decode(data, offsets)
        before = int(offsets[start - first])
        return offsets[start - first :] - before, absolute[before:]

    def raw(self, start: int, stop: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The bytes of the positions of the postings start .. stop - 1, and how many of them each posting has."""
        first = start - start % SKIP
        begin = int(self.skip[first // SKIP])
        data = self.deltas[begin : int(self.skip[-(-stop // SKIP)])]
        sizes = position_sizes(self.postings.frequencies(first, stop), data)
        before, own = sizes[: start - first], sizes[start - first :]
        return data[int(before.sum()) : int(sizes.sum())], own


def decode(deltas: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Positions from their bytes; before posting i there are offsets[i] positions, in all offsets[-1] are wanted."""
    ends = np.flatnonzero(deltas != SATURATED)[: offsets[-1]]
    reached = np.cumsum(deltas, dtype=np.uint64)[ends]
    before = np.concatenate((np.zeros(1, np.uint64), reached))[offsets[:-1]]
    return (reached - np.repeat(before, np.diff(offsets))).astype(np.uint32)


def encode(positions: NDArray[np.uint32], offsets: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of `decode`, and where each posting's begin in them (one more than there are postings).

    Every posting has at least one position.
    """
    delta = positions.astype(np.int64)
    delta[1:] -= positions[:-1]
    starts = offsets[:-1]
    delta[starts] = positions[starts]
    ends = np.cumsum(delta // SATURATED + 1)
    deltas = np.full(int(ends[-1]) if len(ends) else 0, SATURATED, np.uint8)
    deltas[ends - 1] = delta % SATURATED
    return deltas, np.concatenate((np.zeros(1, np.int64), ends))[offsets]
