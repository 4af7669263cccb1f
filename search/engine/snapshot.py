"""Snapshot: the segments of one generation, and the statistics over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from search.engine.manifest import Manifest
from search.engine.segment import SegmentReader
from search.engine.vocabulary import to_term


class Snapshot:
    """One generation of an index; it never changes, and stays readable while newer ones are written.

    Statistics count deleted documents until a merge removes them, as the postings do.

    Attributes:
        generation: number of the commit that wrote it.
        segments: in order of their document numbers.
        size: documents, deleted ones included; document numbers are 0 .. size - 1.
        count: documents that are not deleted.
    """

    def __init__(self, generation: int, segments: Sequence[SegmentReader]) -> None:
        self.generation = generation
        self.segments = tuple(segments)
        self.size = sum(segment.size for segment in segments)
        self.count = sum(segment.count for segment in segments)

    def doc_frequency(self, field: str, term: bytes) -> int:
        """In how many documents the term is."""
        total = 0
        for segment in self.segments:
            dictionary = segment.dictionary(field)
            ordinal = dictionary.find(term)
            total += dictionary.document_frequency(ordinal) if ordinal >= 0 else 0
        return total

    def collection_frequency(self, field: str, term: bytes) -> int:
        """How often the term occurs."""
        total = 0
        for segment in self.segments:
            dictionary = segment.dictionary(field)
            ordinal = dictionary.find(term)
            total += dictionary.collection_frequency(ordinal) if ordinal >= 0 else 0
        return total

    def field_length(self, field: str) -> int:
        """Terms of a text field in all documents, counted with repetition."""
        return sum(segment.field_length(field) for segment in self.segments)

    def average_length(self, field: str) -> float:
        """`field_length` over `size`; 0.0 of an empty snapshot."""
        return self.field_length(field) / self.size if self.size else 0.0

    def locate(self, doc: int) -> tuple[SegmentReader, int]:
        """The segment of a document of the snapshot, and its number there."""
        for segment in reversed(self.segments):
            if doc >= segment.base:
                return segment, doc - segment.base
        raise IndexError(doc)

    def lookup(self, key: str) -> int | None:
        """The live document of that key, or None."""
        term = to_term(key)
        for segment in reversed(self.segments):
            ordinal = segment.dictionary("key").find(term)
            if ordinal >= 0:
                for doc in segment.postings("key", ordinal).docs.tolist():
                    if segment.live is None or segment.live[doc]:
                        return segment.base + int(doc)
        return None

    def fingerprint(self, doc: int) -> int:
        """The fingerprint that the document was added with."""
        segment, local = self.locate(doc)
        return int(segment.numbers("fingerprint")[local])

    def stored(self, doc: int) -> bytes:
        """What was stored with the document (DamagedIndex where its block was changed)."""
        segment, local = self.locate(doc)
        return segment.stored(local)


def open_snapshot(directory: Path, manifest: Manifest) -> Snapshot:
    """Open the segments that a manifest names (FormatMismatch, DamagedIndex)."""
    segments: list[SegmentReader] = []
    base = 0
    for entry in manifest.segments:
        segments.append(SegmentReader(directory, entry.name, entry.size, base=base, dead=entry.dead))
        base += entry.size
    return Snapshot(manifest.generation, segments)
