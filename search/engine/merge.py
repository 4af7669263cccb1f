"""Merges segments into one by array operations, a slice of the terms at a time; deleted documents are left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.engine.files import Array
from search.engine.interleave import interleave, starts
from search.engine.inverter import column_arrays
from search.engine.manifest import SegmentEntry
from search.engine.schema import COLUMNS, EXACT, NUMBERS, TEXT
from search.engine.segment import SegmentReader
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.store import BLOCK

#: Bytes that a slice takes at its peak, by posting: numbers, frequencies, positions and their places in the result.
_BYTES_A_POSTING = 160
_MAX_TERMS = 1 << 16
#: Stored blocks copied before the memory of those read is given back.
_RELEASED = 1024

Ranges = list[tuple[int, int]]


def merge(directory: Path, sources: Sequence[SegmentEntry], name: str, memory: int) -> SegmentEntry:
    """Write the live documents of `sources`, in order, as the new segment `name`.

    Args:
        memory: bytes to work in, roughly; a term with more postings than fit takes what it needs.

    Raises:
        DamagedIndex: a source is damaged. StorageFailure: the disk refuses; what was written is removed.
    """
    readers = [SegmentReader(directory, entry.name, entry.size, dead=entry.dead) for entry in sources]
    job = _Merge(readers, max(memory // _BYTES_A_POSTING, 1 << 16))
    with SegmentWriter(directory, name) as writer:
        job.write(writer)
    return SegmentEntry(name, job.size)


@dataclass(slots=True)
class _Part:
    """What one source brings to a slice: how many live postings each term of the slice has there, and these."""

    counts: NDArray[np.int64]
    docs: NDArray[np.uint32]
    freqs: NDArray[np.uint32] | None = None
    deltas: NDArray[np.uint8] | None = None
    sizes: NDArray[np.int64] | None = None


class _Merge:
    """The state of one merge: for each source, the new number of each of its documents (-1: deleted)."""

    def __init__(self, readers: Sequence[SegmentReader], slice_postings: int) -> None:
        self._readers = readers
        self._slice_postings = slice_postings
        counts = [reader.count for reader in readers]
        self.size = sum(counts)
        bases = accumulate(counts, initial=0)
        self._numbers = [_new_numbers(reader, base) for reader, base in zip(readers, bases, strict=False)]

    def write(self, writer: SegmentWriter) -> None:
        """Write everything into the new segment."""
        for name, field in TEXT.items():
            self._merge_field(writer, name, field.bits, positions=field.positions)
        arrays: dict[str, Array] = {}
        for name in EXACT:
            ordinals, terms = self._merge_field(writer, name)
            if name in COLUMNS:
                arrays |= self._column(name, ordinals, terms)
        writer.add_documents(self._documents() | arrays)
        for reader in self._readers:
            _copy_stored(reader, writer)

    def _merge_field(
        self, writer: SegmentWriter, field: str, bits: int = 0, *, positions: bool = False
    ) -> tuple[list[NDArray[np.int64]], int]:
        """Merge a field; returns, by source, the new ordinal of each old one, and how many terms there are now."""
        out = PostingsWriter(writer, field, self.size, bits=bits, positions=positions)
        ordinals: list[list[Array]] = [[] for _ in self._readers]
        count = 0
        for ranges in self._slices(field):
            terms, numbers = self._union(field, ranges)
            parts = [
                self._part(source, field, bounds, frequencies=bits > 0, positions=positions)
                for source, bounds in enumerate(ranges)
            ]
            for part, own in zip(parts, numbers, strict=True):
                part.counts = _spread(part.counts, own, len(terms))
            df = np.add.reduce([part.counts for part in parts])
            kept = np.flatnonzero(df)
            _write_slice(out, [terms[i] for i in kept.tolist()], df[kept], parts)
            new = count + np.cumsum(df > 0) - 1
            for source, number in enumerate(numbers):
                ordinals[source].append(new[number])
            count += len(kept)
            for reader in self._readers:
                reader.release()
        out.close()
        return [np.concatenate(found) if found else np.empty(0, np.int64) for found in ordinals], count

    def _slices(self, field: str) -> Iterator[Ranges]:
        """Cut the terms of all sources at common terms, into slices of bounded postings."""
        dictionaries = [reader.dictionary(field) for reader in self._readers]
        budget = self._slice_postings // len(dictionaries)
        at = [0] * len(dictionaries)
        while any(start < len(dictionary) for start, dictionary in zip(at, dictionaries, strict=True)):
            bounds = []
            for start, dictionary in zip(at, dictionaries, strict=True):
                if start < len(dictionary):
                    reached = int(np.searchsorted(dictionary.first, int(dictionary.first[start]) + budget, "right")) - 1
                    stop = min(max(reached, start + 1), start + _MAX_TERMS)
                    if stop < len(dictionary):
                        bounds.append(dictionary.term(stop))
            limit = min(bounds, default=None)
            stops = [len(d) if limit is None else max(d.lower(limit), s) for d, s in zip(dictionaries, at, strict=True)]
            yield list(zip(at, stops, strict=True))
            at = stops

    def _union(self, field: str, ranges: Ranges) -> tuple[list[bytes], list[NDArray[np.int64]]]:
        """The terms of a slice, sorted, and by source the number in it of each of its terms."""
        own = [
            reader.dictionary(field).slice(*bounds) for reader, bounds in zip(self._readers, ranges, strict=True)
        ]  # fmt: skip
        terms = sorted(set().union(*own))
        number = {term: i for i, term in enumerate(terms)}
        return terms, [np.fromiter(map(number.__getitem__, found), np.int64, len(found)) for found in own]

    def _part(self, source: int, field: str, bounds: tuple[int, int], *, frequencies: bool, positions: bool) -> _Part:
        """What a source has of its own terms low .. high - 1."""
        reader = self._readers[source]
        postings = reader.field_postings(field)
        first = reader.dictionary(field).first[bounds[0] : bounds[1] + 1].astype(np.int64)
        start, stop = int(first[0]), int(first[-1])
        docs = self._numbers[source][postings.documents(*bounds)]
        part = _Part(np.diff(first), docs)
        if frequencies:
            part.freqs = postings.frequencies(start, stop)
        if positions and part.freqs is not None:
            part.deltas, part.sizes = reader.field_positions(field).raw(start, stop)
        return part if reader.live is None else _live(part)

    def _documents(self) -> dict[str, Array]:
        files = [reader.files["documents"] for reader in self._readers]

        def joined(name: str) -> Array:
            pairs = zip(files, self._readers, strict=True)
            return np.concatenate([f[name] if r.live is None else f[name][r.live] for f, r in pairs])

        arrays = {f"{field}.length": joined(f"{field}.length") for field in TEXT}
        totals = [int(length.sum(dtype=np.uint64)) for length in arrays.values()]
        arrays["totals"] = np.array(totals, np.uint64)
        arrays |= {name: joined(name) for name in NUMBERS}
        signatures = [r.signatures if r.live is None else r.signatures[r.live] for r in self._readers]
        arrays["signature"] = np.concatenate(signatures).reshape(-1).view(np.uint64)
        return arrays

    def _column(self, name: str, ordinals: list[NDArray[np.int64]], terms: int) -> dict[str, Array]:
        codes, docs = [], []
        for reader, new, number in zip(self._readers, ordinals, self._numbers, strict=True):
            column = reader.column(name)
            if column.offsets is None:
                old_docs = np.flatnonzero(column.codes)
                old = column.codes[old_docs]
            else:
                old_docs = np.repeat(np.arange(reader.size), np.diff(column.offsets))
                old = column.codes
            live = number[old_docs] != _DEAD
            codes.append(new[old[live].astype(np.int64) - 1])
            docs.append(number[old_docs[live]])
        return column_arrays(name, np.concatenate(codes), np.concatenate(docs), self.size, terms)


#: In place of a document number: the document is deleted.
_DEAD = np.uint32(2**32 - 1)


def _new_numbers(reader: SegmentReader, base: int) -> NDArray[np.uint32]:
    if reader.live is None:
        return np.arange(base, base + reader.size, dtype=np.uint32)
    numbers = np.full(reader.size, _DEAD)
    numbers[reader.live] = np.arange(base, base + reader.count, dtype=np.uint32)
    return numbers


def _spread(counts: NDArray[np.int64], numbers: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The counts at their numbers, 0 elsewhere."""
    spread = np.zeros(size, np.int64)
    spread[numbers] = counts
    return spread


def _live(part: _Part) -> _Part:
    """The part without the postings of deleted documents."""
    kept = part.docs != _DEAD
    counts = np.diff(starts(kept)[starts(part.counts)])
    freqs = None if part.freqs is None else part.freqs[kept]
    if part.deltas is None or part.sizes is None:
        return _Part(counts, part.docs[kept], freqs)
    return _Part(counts, part.docs[kept], freqs, part.deltas[np.repeat(kept, part.sizes)], part.sizes[kept])


def _write_slice(out: PostingsWriter, terms: list[bytes], df: Array, parts: list[_Part]) -> None:
    """Interleave the parts term by term. The sources are ordered, so within a term they follow one another."""
    docs = interleave([(part.docs, part.counts) for part in parts])
    runs = [(part.freqs, part.counts) for part in parts if part.freqs is not None]
    out.add(terms, df, docs, interleave(runs) if runs else None, _positions(out, parts))


def _positions(out: PostingsWriter, parts: list[_Part]) -> tuple[NDArray[np.uint8], Array] | None:
    """The bytes of all positions, term by term, and where those of the postings begin that the writer notes."""
    held = [(p.counts, p.deltas, p.sizes) for p in parts if p.deltas is not None and p.sizes is not None]
    if not held:
        return None
    begins = starts(interleave([(sizes, counts) for counts, _, sizes in held]))
    deltas = interleave([(deltas, np.diff(starts(sizes)[starts(counts)])) for counts, deltas, sizes in held])
    return deltas, begins[out.skipped(len(begins) - 1)]


def _copy_stored(reader: SegmentReader, writer: SegmentWriter) -> None:
    """Copy whole blocks as they are; small ones, and those with deleted documents, are packed anew."""
    store = reader.store
    sizes = store.sizes
    bounds = store.block_first.tolist()
    for number, (first, after) in enumerate(pairwise(bounds)):
        whole = reader.live is None or bool(reader.live[first:after].all())
        if whole and int(sizes[first:after].sum()) >= BLOCK:
            writer.store.copy(store.compressed(number), sizes[first:after])
        else:
            for doc in range(first, after):
                if reader.live is None or reader.live[doc]:
                    writer.store.add(store[doc])
        if number % _RELEASED == 0:
            reader.release()
