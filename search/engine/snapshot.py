"""Snapshot: the segments of one generation, and the statistics over all of them."""

from __future__ import annotations

from collections.abc import Sequence

from search.engine.segment import SegmentReader


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
