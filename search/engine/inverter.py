"""Inverter: documents -> one new segment, by sorting.

Every occurrence of a term becomes one 64-bit key, (rank of the term, document, position), so that one sort of plain
integers gives the postings of all terms with their positions in order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.engine.document import NO_DAY, NO_TIME, Document
from search.engine.files import Array
from search.engine.postings import encode
from search.engine.schema import COLUMNS, DAY, EXACT, MULTIPLE, TEXT, TextField
from search.engine.segment_writer import PostingsWriter, SegmentWriter

#: Most documents of one inverted segment, for 16 bits of the key.
MAX_DOCUMENTS = 1 << 16
#: Positions left free between title, lead and body, so that no phrase runs from one into the next.
PART_GAP = 10
_PARTS = ("title", "lead", "body")
_POSITION_BITS, _RANK_SHIFT = np.uint64(24), np.uint64(40)
#: Tokens of a document after so many share the last position.
_MAX_POSITION = (1 << 24) - 1
#: Peak of memory while a segment is sorted, by token collected: keys, temporary arrays, vocabulary and what is kept.
_BYTES_A_TOKEN = 48
#: Token types after which the analyzer starts anew, since its memory grows with them.
_MAX_TYPES = 1_000_000
#: Keys unpacked at a time.
_SLICE = 1 << 19


class TokenType(Protocol):
    """What the engine needs to know of a kind of token."""

    @property
    def form(self) -> str: ...  # noqa: D102
    @property
    def lemmas(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def stems(self) -> tuple[str, ...]: ...  # noqa: D102


class BulkAnalyzer(Protocol):
    """The bulk side of `search.persian.Analyzer`: until `forget`, `types` only grows, and keeps its order."""

    @property
    def types(self) -> Sequence[TokenType]: ...  # noqa: D102

    def encode(self, text: str) -> list[int]: ...  # noqa: D102

    def forget(self) -> None: ...  # noqa: D102


def identity(key: str) -> int:
    """A 64-bit hash of a document's key, by which keys are joined in bulk before they are compared."""
    return int.from_bytes(blake2b(to_term(key), digest_size=8).digest(), "little")


def to_term(value: str) -> bytes:
    """The term of an exact value."""
    return value.encode("utf-8", "surrogatepass")


class _Vocabulary:
    """Token types -> term numbers, for one attribute of the types; grows with the analyzer's types."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self.terms: list[bytes] = []
        self._numbers: dict[str, int] = {}
        self._start = array("q", [0])
        self._members = array("i")

    def update(self, types: Sequence[TokenType]) -> None:
        """Take in the types that came since the last time."""
        for at in range(len(self._start) - 1, len(types)):
            value = getattr(types[at], self._attribute)
            for term in (value,) if isinstance(value, str) else dict.fromkeys(value):
                self._members.append(self._number(term))
            self._start.append(len(self._members))

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """start, members: the terms of type t are members[start[t]:start[t + 1]]."""
        return np.array(self._start, np.int64), np.array(self._members, np.int32)

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(to_term(term))
        return number


class Inverter:
    """Collects documents in memory and writes them as segments.

    Args:
        analyzer: text -> token types.
        memory: bytes to use at most for what is collected and for sorting it.
    """

    def __init__(self, analyzer: BulkAnalyzer, memory: int) -> None:
        self._analyzer = analyzer
        self._vocabularies = _vocabularies()
        self._max_tokens = memory // _BYTES_A_TOKEN
        self._clear()

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return len(self) >= MAX_DOCUMENTS or len(self._tokens) >= self._max_tokens

    def add(self, document: Document, writer: SegmentWriter) -> None:
        """Analyse and collect one document; its stored bytes go to `writer` at once."""
        for part in (document.title, document.lead, document.body):
            tokens = self._analyzer.encode(part)
            self._tokens.extend(tokens)
            self._counts.append(len(tokens))
        self._keys.append(document.key)
        self._keywords.append(document.keywords)
        self._days.append(NO_DAY if document.day is None else document.day)
        self._published.append(NO_TIME if document.published is None else document.published)
        self._fingerprints.append(document.fingerprint)
        writer.store.add(document.stored)

    def write(self, writer: SegmentWriter) -> int:
        """Write all that was collected into `writer`, but do not close it; returns the number of documents."""
        size = len(self)
        tokens = np.array(self._tokens, np.int32)
        counts = np.array(self._counts, np.int64).reshape(-1, len(_PARTS))
        lengths = {name: self._write_text(writer, name, field, tokens, counts) for name, field in TEXT.items()}
        arrays: dict[str, Array] = {f"{name}.length": length for name, length in lengths.items()}
        arrays["totals"] = np.array([int(length.sum(dtype=np.uint64)) for length in lengths.values()], np.uint64)
        arrays |= self._write_exact(writer)
        writer.add_documents(arrays | self._numbers())
        self._clear()
        if len(self._analyzer.types) > _MAX_TYPES:
            self._analyzer.forget()
            self._vocabularies = _vocabularies()
        return size

    def _clear(self) -> None:
        self._tokens = array("i")
        self._counts = array("i")
        self._keys: list[str] = []
        self._keywords: list[Mapping[str, tuple[str, ...]]] = []
        self._days = array("i")
        self._published = array("q")
        self._fingerprints = array("Q")

    def _numbers(self) -> dict[str, Array]:
        return {
            "identity": np.array([identity(key) for key in self._keys], np.uint64),
            "day": np.array(self._days, np.int32),
            "published": np.array(self._published, np.int64),
            "fingerprint": np.array(self._fingerprints, np.uint64),
        }

    def _write_text(
        self, writer: SegmentWriter, name: str, field: TextField, tokens: NDArray[np.int32], counts: NDArray[np.int64]
    ) -> NDArray[np.uint32]:
        vocabulary = self._vocabularies[field.term]
        vocabulary.update(self._analyzer.types)
        tokens, counts = _select(tokens, counts, [_PARTS.index(part) for part in field.parts])
        terms, docs, positions = _occurrences(tokens, counts, *vocabulary.arrays())
        length = np.bincount(docs, minlength=len(counts)).astype(np.uint32)
        ranked, rank = _ranked(terms, vocabulary.terms)
        keys = rank[terms].astype(np.uint64) << _RANK_SHIFT
        keys |= docs.astype(np.uint64) << _POSITION_BITS
        keys |= positions.astype(np.uint64)
        del terms, docs, positions
        keys.sort()
        out = PostingsWriter(writer, name, len(counts), bits=field.bits, positions=field.positions)
        for part in _slices(keys):
            _write_slice(out, ranked, part, with_positions=field.positions)
        out.close()
        return length

    def _write_exact(self, writer: SegmentWriter) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for name in EXACT:
            values, docs = self._exact(name)
            ordinals = _write_values(writer, name, values, docs, len(self))
            if name in COLUMNS:
                arrays |= column_arrays(name, ordinals, docs, len(self), len(set(values)))
        return arrays

    def _exact(self, name: str) -> tuple[list[bytes], NDArray[np.int64]]:
        """The values of an exact field and their documents, ascending."""
        if name == "key":
            return [to_term(key) for key in self._keys], np.arange(len(self))
        if name == "day":
            known = [doc for doc, day in enumerate(self._days) if day != NO_DAY]
            return [DAY.to_bytes(self._days[doc]) for doc in known], np.array(known, np.int64)
        pairs = [
            (to_term(value), doc)
            for doc, keywords in enumerate(self._keywords)
            for value in sorted(set(keywords.get(name, ())))
        ]
        return [value for value, _ in pairs], np.array([doc for _, doc in pairs], np.int64)


def _vocabularies() -> dict[str, _Vocabulary]:
    return {name: _Vocabulary(name) for name in dict.fromkeys(field.term for field in TEXT.values())}


def column_arrays(name: str, ordinals: Array, docs: Array, size: int, values: int) -> dict[str, Array]:
    """The arrays of a column.

    Args:
        ordinals, docs: of each value given, ordered by document, then ordinal.
        size: documents. values: terms of the field.
    """
    dtype = np.min_scalar_type(values)
    if name in MULTIPLE:
        offsets = np.zeros(size + 1, np.uint32)
        np.cumsum(np.bincount(docs, minlength=size), out=offsets[1:])
        return {f"{name}.codes": (ordinals + 1).astype(dtype), f"{name}.offsets": offsets}
    codes = np.zeros(size, dtype)
    codes[docs] = ordinals + 1
    return {f"{name}.codes": codes}


def _write_values(
    writer: SegmentWriter, name: str, values: list[bytes], docs: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Write a field of exact values; returns the ordinal of each value."""
    terms = sorted(set(values))
    ranks = {term: rank for rank, term in enumerate(terms)}
    ordinals = np.array([ranks[value] for value in values], np.int64)
    keys = np.sort(ordinals << 32 | docs)
    out = PostingsWriter(writer, name, size)
    out.add(terms, np.bincount(ordinals, minlength=len(terms)), (keys & 0xFFFFFFFF).astype(np.uint32))
    out.close()
    return ordinals


def _select(
    tokens: NDArray[np.int32], counts: NDArray[np.int64], parts: list[int]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The tokens of some parts of each document, and how many they are by document and part."""
    if len(parts) == counts.shape[1]:
        return tokens, counts
    wanted = np.zeros(counts.shape, np.bool_)
    wanted[:, parts] = True
    return tokens[np.repeat(wanted.ravel(), counts.ravel())], counts[:, parts]


def _occurrences(
    tokens: NDArray[np.int32], counts: NDArray[np.int64], start: NDArray[np.int64], members: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Term number, document and position of each occurrence; a token of two terms has two at one position."""
    size, parts = counts.shape
    number = np.diff(start).astype(np.uint8)[tokens]
    docs = np.repeat(np.arange(size, dtype=np.int32), counts.sum(axis=1))
    has = number > 0
    before = np.cumsum(has, dtype=np.int32)
    starts = np.zeros(size, np.int64)
    np.cumsum(counts.sum(axis=1)[:-1], out=starts[1:])
    before_doc = np.concatenate((np.zeros(1, np.int32), before))[starts]
    positions = before - 1 - before_doc[docs]
    if parts > 1:
        gaps = np.tile(np.arange(parts, dtype=np.int32) * PART_GAP, size)
        positions += np.repeat(gaps, counts.ravel())
    np.minimum(positions, _MAX_POSITION, out=positions)
    kept = np.repeat(np.arange(len(tokens)), number) if number.max(initial=0) > 1 else np.flatnonzero(has)
    return members[_member(start[tokens[kept]], kept)], docs[kept], positions[kept]


def _member(first: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index among all members: a token kept twice takes its first member, then its second."""
    index = np.arange(len(kept))
    repeated = np.zeros(len(kept), np.bool_)
    np.equal(kept[1:], kept[:-1], out=repeated[1:])
    begins = np.maximum.accumulate(np.where(repeated, 0, index))
    return first + (index - begins)


def _ranked(terms: NDArray[np.int32], names: list[bytes]) -> tuple[list[bytes], NDArray[np.int32]]:
    """The distinct terms sorted, and the rank of each term number."""
    used = np.flatnonzero(np.bincount(terms, minlength=len(names)))
    order = sorted(used.tolist(), key=names.__getitem__)
    rank = np.zeros(len(names), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return [names[number] for number in order], rank


def _slices(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    """Cut sorted keys into slices of whole terms."""
    start = 0
    while start < len(keys):
        stop = min(start + _SLICE, len(keys))
        if stop < len(keys):
            after = (keys[stop - 1] >> _RANK_SHIFT) + np.uint64(1)
            stop = int(np.searchsorted(keys, after << _RANK_SHIFT))
        yield keys[start:stop]
        start = stop


def _write_slice(
    out: PostingsWriter, terms: Sequence[bytes], keys: NDArray[np.uint64], *, with_positions: bool
) -> None:
    heads = keys >> _POSITION_BITS
    starts = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(heads[1:] != heads[:-1]) + 1))
    offsets = np.append(starts, len(keys))
    heads = heads[starts]
    ranks = (heads >> np.uint64(16)).astype(np.int64)
    first, last = int(ranks[0]), int(ranks[-1])
    deltas = encode((keys & np.uint64(_MAX_POSITION)).astype(np.uint32), offsets) if with_positions else None
    out.add(
        terms[first : last + 1],
        np.bincount(ranks - first),
        (heads & np.uint64(MAX_DOCUMENTS - 1)).astype(np.uint32),
        np.diff(offsets),
        deltas,
    )
