"""Inverter: documents -> one new segment. Text is collected as numbers of token types, and inverted field by field."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.engine.document import NO_DAY, NO_TIME, Document
from search.engine.files import Array
from search.engine.inversion import BYTES_A_TOKEN, MAX_DOCUMENTS, Inverted, Text, invert
from search.engine.postings import SKIP
from search.engine.schema import COLUMNS, DAY, EXACT, MULTIPLE, TEXT
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.signature import Signer
from search.engine.vocabulary import BulkAnalyzer, Values, Vocabulary, to_term

_PARTS = ("title", "lead", "body")
#: Tokens of a part that are indexed, so that positions have room for all parts; some forty megabytes of text.
_MAX_TOKENS = 1 << 22
#: Token types after which the analyzer starts anew, since its memory grows with them: some 400 bytes each, all told.
_MAX_TYPES = 500_000
#: Postings written at a time.
_SLICE = 1 << 16


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
        self._vocabulary = _vocabulary()
        self._signer = Signer()
        self._max_tokens = memory // BYTES_A_TOKEN
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
            self._tokens.extend(tokens)
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
        text = self._text()
        lengths = self._write_text(writer, text)
        arrays: dict[str, Array] = {f"{name}.length": length for name, length in lengths.items()}
        arrays["totals"] = np.array([int(length.sum(dtype=np.uint64)) for length in lengths.values()], np.uint64)
        arrays |= self._write_exact(writer)
        arrays |= self._signatures(text)
        writer.add_documents(arrays | self._numbers())
        self._clear()
        if len(self._analyzer.types) > _MAX_TYPES:
            self._analyzer.forget()
            self._vocabulary = _vocabulary()
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

    def _text(self) -> Text:
        counts = np.array(self._counts, np.int32).reshape(-1, len(_PARTS))
        return Text(np.frombuffer(self._tokens, np.int32) if self._tokens else np.empty(0, np.int32), counts)

    def _signatures(self, text: Text) -> dict[str, Array]:
        """Of lead and body of each document, since titles are what agencies change first: the signature, as eight
        numbers, and the count of shingles.
        """
        stops = np.cumsum(text.counts.sum(axis=1, dtype=np.int64))
        starts = stops - text.counts[:, 1:].sum(axis=1)
        signatures, shingles = self._signer.sign(self._analyzer.types, text.tokens, starts, stops)
        return {"signature": signatures.reshape(-1).view(np.uint64), "shingles": shingles}

    def _write_text(self, writer: SegmentWriter, text: Text) -> dict[str, NDArray[np.uint32]]:
        """Write the text fields; the lengths of the documents in each."""
        vocabulary = self._vocabulary
        vocabulary.update(self._analyzer.types)
        ranks = vocabulary.ranks()
        lengths = {}
        for name, field in TEXT.items():
            parts = [_PARTS.index(part) for part in field.parts]
            found = invert(text, parts, vocabulary.tables(field.term), ranks, positions=field.positions)
            out = PostingsWriter(writer, name, len(text.counts), bits=field.bits, positions=field.positions)
            _write_postings(out, [vocabulary.terms[number] for number in found.numbers.tolist()], found)
            out.close()
            lengths[name] = found.lengths
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


def _vocabulary() -> Vocabulary:
    return Vocabulary(dict.fromkeys(field.term for field in TEXT.values()))


def _write_postings(out: PostingsWriter, terms: list[bytes], found: Inverted) -> None:
    """Write a field, some whole terms at a time."""
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(found.df)))
    cuts = np.unique(np.append(np.searchsorted(first, np.arange(0, first[-1], _SLICE)), len(terms)))
    for low, high in pairwise(cuts.tolist()):
        start, stop = int(first[low]), int(first[high])
        deltas = None
        if found.deltas is not None:
            begin, end = found.starts[low], found.starts[high]
            deltas = found.deltas[begin:end], found.skip[-(-start // SKIP) : -(-stop // SKIP)] - np.uint64(begin)
        out.add(terms[low:high], found.df[low:high], found.docs[start:stop], found.freqs[start:stop], deltas)


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
