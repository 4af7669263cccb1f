"""Inverter: documents -> one new segment, by sorting.

Every occurrence of a term becomes one 64-bit key, (rank of the term, document, position), so that one sort of plain
integers gives the postings of all terms with their positions in order.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from search.engine.document import NO_DAY, NO_TIME, Document
from search.engine.files import Array
from search.engine.postings import encode
from search.engine.schema import COLUMNS, DAY, EXACT, MULTIPLE, TEXT, TextField
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.signature import Signer
from search.engine.vocabulary import NONE, RANK_SHIFT, BulkAnalyzer, Values, Vocabulary, to_term

#: Most documents of one inverted segment, for 16 bits of the key.
MAX_DOCUMENTS = 1 << 16
#: Positions left free between title, lead and body, so that no phrase runs from one into the next.
PART_GAP = 10
_PARTS = ("title", "lead", "body")
_POSITION_BITS = np.uint64(24)
_MAX_POSITION = (1 << 24) - 1
#: Tokens of a part that are indexed, so that positions have room for all parts; some forty megabytes of text.
_MAX_TOKENS = 1 << 22
#: Documents whose keys are made at a time.
_DOCUMENTS = 128
#: Peak of memory while a segment is sorted, by token collected: keys, temporary arrays, vocabulary and what is kept.
_BYTES_A_TOKEN = 24
#: Token types after which the analyzer starts anew, since its memory grows with them.
_MAX_TYPES = 1_000_000
#: Keys unpacked at a time.
_SLICE = 1 << 17


def identity(key: str) -> int:
    """A 64-bit hash of a document's key, by which keys are joined in bulk before they are compared."""
    return int.from_bytes(blake2b(to_term(key), digest_size=8).digest(), "little")


class Inverter:
    """Collects documents in memory and writes them as segments.

    Args:
        analyzer: text -> token types.
        memory: bytes to use at most for what is collected and for sorting it.
    """

    def __init__(self, analyzer: BulkAnalyzer, memory: int) -> None:
        self._analyzer = analyzer
        self._vocabularies = _vocabularies()
        self._signer = Signer()
        self._max_tokens = memory // _BYTES_A_TOKEN
        self._clear()

    def __len__(self) -> int:
        return len(self._days)

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return len(self) >= MAX_DOCUMENTS or len(self._tokens) >= self._max_tokens

    def add(self, document: Document, writer: SegmentWriter) -> None:
        """Analyse and collect one document; its stored bytes go to `writer` at once."""
        for part in (document.title, document.lead, document.body):
            tokens = self._analyzer.encode(part)[:_MAX_TOKENS]
            self._tokens.fromlist(tokens)
            self._counts.append(len(tokens))
        doc = len(self)
        self._values["key"].add(doc, document.key)
        for name, values in document.keywords.items():
            for value in values:
                self._values[name].add(doc, value)
        if document.day is not None:
            self._values["day"].add(doc, document.day)
        self._identities.append(identity(document.key))
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
        arrays |= self._signatures(tokens, counts)
        writer.add_documents(arrays | self._numbers())
        self._clear()
        if len(self._analyzer.types) > _MAX_TYPES:
            self._analyzer.forget()
            self._vocabularies = _vocabularies()
            self._signer = Signer()
        return size

    def _clear(self) -> None:
        self._tokens = array("i")
        self._counts = array("i")
        self._values = {name: Values() for name in EXACT}
        self._days = array("i")
        self._published = array("q")
        self._fingerprints = array("Q")
        self._identities = array("Q")

    def _numbers(self) -> dict[str, Array]:
        return {
            "day": np.array(self._days, np.int32),
            "published": np.array(self._published, np.int64),
            "fingerprint": np.array(self._fingerprints, np.uint64),
            "identity": np.array(self._identities, np.uint64),
        }

    def _signatures(self, tokens: NDArray[np.int32], counts: NDArray[np.int64]) -> dict[str, Array]:
        """Of lead and body of each document, since titles are what agencies change first: the signature, as eight
        numbers, and the count of shingles.
        """
        stops = np.cumsum(counts.sum(axis=1))
        starts = stops - counts[:, 1:].sum(axis=1)
        signatures, shingles = self._signer.sign(self._analyzer.types, tokens, starts, stops)
        return {"signature": signatures.reshape(-1).view(np.uint64), "shingles": shingles}

    def _write_text(
        self, writer: SegmentWriter, name: str, field: TextField, tokens: NDArray[np.int32], counts: NDArray[np.int64]
    ) -> NDArray[np.uint32]:
        vocabulary = self._vocabularies[field.term]
        vocabulary.update(self._analyzer.types)
        tokens, counts = _select(tokens, counts, [_PARTS.index(part) for part in field.parts])
        used = np.bincount(tokens, minlength=len(self._analyzer.types))
        terms, heads = vocabulary.ranked(used > 0)
        keys, lengths = _sorted_keys(tokens, counts, heads, used)
        out = PostingsWriter(writer, name, len(counts), bits=field.bits, positions=field.positions)
        for part in _slices(keys):
            _write_slice(out, terms, part, with_positions=field.positions)
        out.close()
        return lengths

    def _write_exact(self, writer: SegmentWriter) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for name, values in self._values.items():
            terms, ordinals, docs = values.ranked(DAY.to_bytes if name == "day" else to_term)
            out = PostingsWriter(writer, name, len(self))
            postings = np.sort(ordinals << 32 | docs) & 0xFFFFFFFF
            out.add(terms, np.bincount(ordinals, minlength=len(terms)), postings.astype(np.uint32))
            out.close()
            if name in COLUMNS:
                arrays |= column_arrays(name, ordinals, docs, len(self), len(terms))
        return arrays


def _vocabularies() -> dict[str, Vocabulary]:
    return {name: Vocabulary(name) for name in dict.fromkeys(field.term for field in TEXT.values())}


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


def _select(
    tokens: NDArray[np.int32], counts: NDArray[np.int64], parts: list[int]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The tokens of some parts of each document, and how many they are by document and part."""
    if len(parts) == counts.shape[1]:
        return tokens, counts
    wanted = np.zeros(counts.shape, np.bool_)
    wanted[:, parts] = True
    return tokens[np.repeat(wanted.ravel(), counts.ravel())], counts[:, parts]


def _sorted_keys(
    tokens: NDArray[np.int32], counts: NDArray[np.int64], heads: list[NDArray[np.uint64]], used: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The keys of all occurrences, sorted, and how many each document has.

    Worked out for a few documents at a time, so that what is in between stays in the processor's cache.
    """
    keys = np.empty(sum(int(used[head != NONE].sum()) for head in heads), np.uint64)
    lengths = np.zeros(len(counts), np.uint32)
    bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts.sum(axis=1))))
    at = 0
    for start in range(0, len(counts), _DOCUMENTS):
        stop = min(start + _DOCUMENTS, len(counts))
        own = tokens[bounds[start] : bounds[stop]]
        first = heads[0][own]
        has = first != NONE
        places, lengths[start:stop] = _places(has, counts[start:stop], start)
        first |= places
        at = _put(keys, at, first if has.all() else first[has])
        for head in heads[1:]:
            key = head[own]
            kept = np.flatnonzero(key != NONE)
            lengths[start:stop] += _by_document(places[kept], start, stop)
            at = _put(keys, at, key[kept] | places[kept])
    keys.sort()
    return keys, lengths


def _put(keys: NDArray[np.uint64], at: int, found: NDArray[np.uint64]) -> int:
    """Put what was found where the keys end so far; where they end now."""
    keys[at : at + len(found)] = found
    return at + len(found)


def _by_document(places: NDArray[np.uint64], start: int, stop: int) -> NDArray[np.uint32]:
    """How many of the places are in each of the documents start .. stop - 1."""
    docs = (places >> _POSITION_BITS).astype(np.int64) - start
    return np.bincount(docs, minlength=stop - start).astype(np.uint32)


def _places(
    has: NDArray[np.bool_], counts: NDArray[np.int64], first: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Document and position of each token, as they stand in a key; and how many tokens of each document have terms.

    Args:
        has: whether a token has a term; only such count as positions.
        counts: tokens by document and part. first: number of the first document.
    """
    size, parts = counts.shape
    seen = np.concatenate((np.zeros(1, np.int64), np.cumsum(has)))
    bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts.sum(axis=1))))
    before = seen[bounds]
    base = np.arange(first, first + size)[:, None] << int(_POSITION_BITS) | np.arange(parts) * PART_GAP
    places = np.repeat((base - before[:-1, None]).ravel(), counts.ravel())
    places += seen[:-1]
    return places.view(np.uint64), before[1:] - before[:-1]


def _slices(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    """Cut sorted keys into slices of whole terms."""
    start = 0
    while start < len(keys):
        stop = min(start + _SLICE, len(keys))
        if stop < len(keys):
            after = (keys[stop - 1] >> RANK_SHIFT) + np.uint64(1)
            stop = int(np.searchsorted(keys, after << RANK_SHIFT))
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
