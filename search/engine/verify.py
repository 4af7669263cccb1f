"""Verify: read every byte of an index, and check that what it says holds together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from search.engine.files import Array, ArrayFile, damaged
from search.engine.manifest import Manifest, SegmentEntry, latest_generation, read_manifest
from search.engine.postings import SKIP
from search.engine.schema import COLUMNS, EXACT, MULTIPLE, TEXT
from search.engine.segment import KINDS, SegmentReader
from search.engine.signature import BINS
from search.errors import DamagedIndex

#: Postings and positions checked at a time.
_TERMS = 4096


@dataclass(slots=True)
class Verified:
    """What `verify` found.

    Attributes:
        generation: the one checked.
        files, size, documents: how much was read: files, bytes, documents with their stored bytes.
        problems: one line each, naming the file; empty where all is well.
    """

    generation: int
    files: int = 0
    size: int = 0
    documents: int = 0
    problems: list[str] = field(default_factory=list)

    def check(self, step: Callable[[], None]) -> bool:
        """Run one step; whether it found nothing."""
        try:
            step()
        except DamagedIndex as error:
            self.problems.append(str(error))
            return False
        return True


def verify(directory: Path, *, progress: Callable[[int], None] = lambda documents: None) -> Verified:
    """Check the newest generation: every byte, every stored document, every posting.

    Args:
        directory: of the index.
        progress: told, now and then, how many more documents were read.

    Raises:
        ArchiveNotFound: there is no index. FormatMismatch: another version wrote it.
    """
    generation = latest_generation(directory)
    while True:
        report = _verify(directory, generation, progress)
        # A writer that commits meanwhile removes the files of the generation that is read here.
        if not report.problems or (newer := latest_generation(directory)) <= generation:
            return report
        generation = newer


def _verify(directory: Path, generation: int, progress: Callable[[int], None]) -> Verified:
    report = Verified(generation)
    try:
        manifest = read_manifest(directory, generation)
    except DamagedIndex as error:
        report.problems.append(str(error))
        return report
    for path, kind in _files(directory, manifest):
        report.check(lambda path=path, kind=kind: _check_bytes(report, path, kind))  # type: ignore[misc]
    if not report.problems:
        for entry in manifest.segments:
            report.check(lambda entry=entry: _check_segment(report, directory, entry, progress))  # type: ignore[misc]
    return report


def _files(directory: Path, manifest: Manifest) -> Iterator[tuple[Path, str]]:
    for entry in manifest.segments:
        yield from ((directory / f"{entry.name}.{kind}", kind) for kind in KINDS)
        if entry.dead:
            yield directory / entry.dead, "dead"
    if manifest.tables:
        yield directory / manifest.tables, "tables"


def _check_bytes(report: Verified, path: Path, kind: str) -> None:
    file = ArrayFile(path, kind)
    file.verify()
    report.files += 1
    report.size += file.size


def _check_segment(
    report: Verified, directory: Path, entry: SegmentEntry, progress: Callable[[int], None]
) -> None:  # fmt: skip
    if entry.dead:
        dead = ArrayFile(directory / entry.dead, "dead")["dead"]
        _demand(
            directory / entry.dead, "names wrong documents", _ascending(dead, entry.size) and len(dead) == entry.deleted
        )
    segment = SegmentReader(directory, entry.name, entry.size, dead=entry.dead)
    for name in (*TEXT, *EXACT):
        _check_dictionary(segment, name)
        for low in range(0, len(segment.dictionary(name)), _TERMS):
            _check_postings(segment, name, low, min(low + _TERMS, len(segment.dictionary(name))))
    _check_documents(segment)
    _check_stored(report, segment, progress)


def _check_dictionary(segment: SegmentReader, name: str) -> None:
    dictionary = segment.dictionary(name)
    terms = iter(dictionary)
    before = next(terms, None)
    for term in terms:
        _demand(segment.files["terms"].path, f"has unsorted terms in {name}", before is not None and before < term)
        before = term
    first = dictionary.first
    sound = len(first) > 0 and first[0] == 0 and bool((first[1:] > first[:-1]).all())
    _demand(segment.files["terms"].path, f"has wrong posting numbers in {name}", sound)
    count = len(segment.field_postings(name).low)
    _demand(segment.files["postings"].path, f"does not hold the postings of {name}", int(first[-1]) == count)


def _check_postings(segment: SegmentReader, name: str, low: int, high: int) -> None:
    dictionary, postings = segment.dictionary(name), segment.field_postings(name)
    first = dictionary.first[low : high + 1].astype(np.int64)
    start, stop = int(first[0]), int(first[-1])
    docs = postings.documents(low, high).astype(np.int64)
    term = np.repeat(np.arange(high - low), first[1:] - first[:-1])
    path = segment.files["postings"].path
    _demand(path, f"has postings of {name} out of order", _ascending(term << 32 | docs, high - low << 32))
    _demand(path, f"has postings of {name} beyond its documents", bool((docs < segment.size).all()))
    if name not in TEXT:
        return
    freqs = postings.frequencies(start, stop)
    sums = np.add.reduceat(freqs, first[:-1] - start, dtype=np.int64)
    path = segment.files["frequencies"].path
    _demand(path, f"has wrong frequencies in {name}", bool((sums == dictionary.cf[low:high]).all()))
    if TEXT[name].positions:
        _demand(segment.files["positions"].path, f"does not belong to the postings of {name}", _fits(segment, name))
        offsets, positions = segment.field_positions(name).read(start, stop)
        inside = np.ones(len(positions), np.bool_)
        inside[offsets[:-1]] = False
        steps = np.diff(positions.astype(np.int64), prepend=0)
        sound = len(positions) == int(freqs.sum()) and bool((steps[inside] >= 0).all())
        _demand(segment.files["positions"].path, f"has wrong positions in {name}", sound)


def _fits(segment: SegmentReader, name: str) -> bool:
    """Whether the skip table over positions has an entry for every so many postings, and ends where they do."""
    skip, deltas = segment.field_positions(name).skip, segment.field_positions(name).deltas
    return len(skip) == -(-len(segment.field_postings(name).low) // SKIP) + 1 and int(skip[-1]) == len(deltas)


def _check_documents(segment: SegmentReader) -> None:
    path = segment.files["documents"].path
    for name in TEXT:
        lengths = segment.lengths(name)
        total = int(lengths.sum(dtype=np.uint64))
        sound = len(lengths) == segment.size and total == segment.field_length(name)
        _demand(
            path,
            f"has wrong lengths in {name}",
            sound and total == int(segment.dictionary(name).cf.sum(dtype=np.uint64)),
        )
    signed = len(segment.files["documents"]["signature"]) * 8 == segment.size * BINS
    _demand(path, "has wrong signatures", signed)
    for name in COLUMNS:
        column = segment.column(name)
        sound = int(column.codes.max(initial=0)) <= len(column.values)
        if name in MULTIPLE:
            offsets = column.offsets
            sound = (
                sound and offsets is not None and len(offsets) == segment.size + 1 and offsets[-1] == len(column.codes)
            )
        else:
            sound = sound and len(column.codes) == segment.size
        _demand(path, f"has wrong values in {name}", sound)


def _check_stored(report: Verified, segment: SegmentReader, progress: Callable[[int], None]) -> None:
    bounds = segment.store.block_first.tolist()
    for number in range(len(bounds) - 1):
        segment.store.block(number)
        report.documents += bounds[number + 1] - bounds[number]
        progress(bounds[number + 1] - bounds[number])


def _ascending(values: Array, limit: int) -> bool:
    """Whether the values ascend strictly, from 0 on, and stay below `limit`."""
    if not len(values):
        return True
    return bool((values[1:] > values[:-1]).all()) and int(values[0]) >= 0 and int(values[-1]) < limit


def _demand(path: Path, what: str, sound: bool) -> None:
    if not sound:
        raise damaged(path, what)
