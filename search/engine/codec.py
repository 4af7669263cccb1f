"""The codec: how Whoosh's own searcher, queries and readers see our segments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, Segment, TermsReader
from whoosh.columns import ColumnReader
from whoosh.reading import TermInfo, TermNotFound

from search.engine.matcher import ArrayMatcher
from search.engine.schema import COLUMNS, DAY, EXACT, TEXT
from search.engine.segment import SegmentReader
from search.engine.terms import Dictionary


class ArraySegment(Segment):  # type: ignore[misc]  # Whoosh is untyped
    """What Whoosh's table of contents holds of a segment: a manifest entry."""

    def __init__(self, name: str, size: int, dead: str | None, deleted: int) -> None:
        self.name = name
        self.size = size
        self.dead = dead
        self.deleted = deleted
        self.compound = False
        self._reader: SegmentReader | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_reader": None}

    def open(self, directory: Path) -> SegmentReader:
        """The arrays of the segment, opened once."""
        if self._reader is None:
            self._reader = SegmentReader(directory, self.name, self.size, dead=self.dead)
        return self._reader

    def codec(self) -> ArrayCodec:
        """The codec that reads it."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self.size

    def deleted_count(self) -> int:
        """Deleted documents."""
        return self.deleted

    def deleted_docs(self) -> Iterator[int]:
        """The numbers of the deleted documents; known once it is open."""
        assert self._reader is not None
        return iter(_dead(self._reader))

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted; known once it is open."""
        assert self._reader is not None
        return _is_dead(self._reader, docnum)

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:
        """Refused: segments are immutable."""
        raise NotImplementedError("documents are deleted by search.engine.writer.IndexWriter")


class ArrayCodec(Codec):  # type: ignore[misc]
    """Reads segments; `search.engine.writer.IndexWriter` writes them."""

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """The terms and postings of a segment."""
        return ArrayTermsReader(segment.open(Path(storage.folder)))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocumentReader:
        """What a segment holds by document."""
        return ArrayDocumentReader(segment.open(Path(storage.folder)))


class ArrayTermsReader(TermsReader):  # type: ignore[misc]
    """Dictionaries and postings of one segment, in Whoosh's terms. Field names ascend, as Whoosh expects."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment
        self._fields = sorted((*TEXT, *EXACT))

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[0] in self._fields and self._segment.dictionary(term[0]).find(term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        """All fields that have terms."""
        return [field for field in self._fields if len(self._segment.dictionary(field))]

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """A cursor over the terms of a field."""
        return ArrayCursor(self, self._segment.dictionary(fieldname))

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms of all fields, sorted."""
        return ((field, term) for field in self._fields for term in self._segment.dictionary(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms from the first that is not below `prefix` on, to the end of the field."""
        dictionary = self._segment.dictionary(fieldname)
        at = dictionary.lower(prefix)
        return ((fieldname, dictionary.term(ordinal)) for ordinal in range(at, len(dictionary)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """`terms_from` with statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term (KeyError: there is none)."""
        dictionary = self._segment.dictionary(fieldname)
        ordinal = self._find(fieldname, text)
        postings = self._segment.postings(fieldname, ordinal)
        docs = postings.docs
        shortest, longest = 1, 1
        if fieldname in TEXT:
            lengths = self._segment.lengths(fieldname)[docs]
            shortest, longest = int(lengths.min()), int(lengths.max())
        return TermInfo(
            weight=float(dictionary.collection_frequency(ordinal)), df=len(docs), minlength=shortest, maxlength=longest,
            maxweight=float(postings.freqs.max()), minid=int(docs[0]), maxid=int(docs[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs (KeyError: there is none)."""
        return float(self._segment.dictionary(fieldname).collection_frequency(self._find(fieldname, text)))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents a term is (KeyError: there is none)."""
        return self._segment.dictionary(fieldname).document_frequency(self._find(fieldname, text))

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        """A matcher over the postings of a term."""
        try:
            ordinal = self._find(fieldname, text)
        except KeyError:
            raise TermNotFound(f"no term {fieldname}:{text!r}") from None
        return ArrayMatcher(self._segment, fieldname, ordinal, text, scorer)

    def _find(self, fieldname: str, text: bytes) -> int:
        ordinal = self._segment.dictionary(fieldname).find(text)
        if ordinal < 0:
            raise KeyError((fieldname, text))
        return ordinal


class ArrayCursor(FieldCursor):  # type: ignore[misc]
    """Moves over the terms of a field, for fuzzy and wildcard queries."""

    def __init__(self, terms: ArrayTermsReader, dictionary: Dictionary) -> None:
        self._terms = terms
        self._dictionary = dictionary
        self._at = 0

    def is_valid(self) -> bool:
        """Whether it stands on a term."""
        return self._at < len(self._dictionary)

    def first(self) -> str | None:
        """Go to the first term; its text."""
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term that is not below `string`; its text, None at the end."""
        self._at = self._dictionary.lower(string if isinstance(string, bytes) else string.encode())
        return self.text()

    def next(self) -> str | None:
        """Go to the next term; its text, None at the end."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """The term as text, None at the end."""
        return self._dictionary.term(self._at).decode("utf-8", "surrogatepass") if self.is_valid() else None

    def term(self) -> bytes | None:
        """The term as bytes, None at the end."""
        return self._dictionary.term(self._at) if self.is_valid() else None

    def term_info(self) -> TermInfo:
        """The statistics of the term."""
        return self._terms.term_info(self._dictionary.field, self._dictionary.term(self._at))


class ArrayDocumentReader(PerDocumentReader):  # type: ignore[misc]
    """Lengths, columns and stored bytes of one segment, in Whoosh's terms."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self._segment.count

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._segment.size

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._segment.live is not None

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return _is_dead(self._segment, docnum)

    def deleted_docs(self) -> list[int]:
        """The numbers of the deleted documents."""
        return _dead(self._segment)

    def supports_columns(self) -> bool:
        """There are columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether the field is kept by document."""
        return fieldname in COLUMNS or fieldname == "day"

    def list_columns(self) -> list[str]:
        """The fields that are kept by document."""
        return [*COLUMNS, "day"]

    def column_reader(self, fieldname: str, column: Any) -> ArrayColumnReader:
        """The values of a column; of several in one document the first."""
        return ArrayColumnReader(self._segment, fieldname, column.default_value())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Terms of a text field in a document."""
        return int(self._segment.lengths(fieldname)[docnum]) if fieldname in TEXT else default

    def field_length(self, fieldname: str) -> int:
        """Terms of a text field in all documents."""
        return self._segment.field_length(fieldname) if fieldname in TEXT else 0

    def min_field_length(self, fieldname: str) -> int:
        """Terms of a text field in its shortest document."""
        return int(self._segment.lengths(fieldname).min(initial=2**32 - 1)) if fieldname in TEXT else 0

    def max_field_length(self, fieldname: str) -> int:
        """Terms of a text field in its longest document."""
        return int(self._segment.lengths(fieldname).max(initial=0)) if fieldname in TEXT else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The one stored field: the bytes that came with the document."""
        return {"stored": self._segment.stored(docnum)}


class ArrayColumnReader(ColumnReader):  # type: ignore[misc]
    """One column of a segment, in the form that the field's `from_column_value` takes."""

    def __init__(self, segment: SegmentReader, name: str, default: Any) -> None:
        self._default = default
        self._size = segment.size
        self._days: NDArray[np.int32] | None = segment.numbers("day") if name == "day" else None
        self._column = None if name == "day" else segment.column(name)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, docnum: int) -> Any:
        if self._days is not None:
            day = int(self._days[docnum])
            return self._default if day < 0 else DAY.to_column_value(day)
        column = self._column
        assert column is not None
        at = docnum if column.offsets is None else int(column.offsets[docnum])
        if column.offsets is not None and at == int(column.offsets[docnum + 1]):
            return self._default
        code = int(column.codes[at])
        return column.values[code - 1].encode("utf-8", "surrogatepass") if code else self._default

    def sort_key(self, docnum: int) -> Any:
        """What documents are sorted by."""
        return self[docnum]

    def __iter__(self) -> Iterator[Any]:
        return (self[docnum] for docnum in range(self._size))


def _is_dead(segment: SegmentReader, docnum: int) -> bool:
    # Whoosh asks for the number after the last document, too.
    return segment.live is not None and docnum < segment.size and not segment.live[docnum]


def _dead(segment: SegmentReader) -> list[int]:
    return [] if segment.live is None else [int(doc) for doc in np.flatnonzero(~segment.live)]
