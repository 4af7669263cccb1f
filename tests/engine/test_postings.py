"""Postings and positions in their compact form, also of segments of several chunks, where one has to count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.engine.files import ArrayFile
from search.engine.postings import FieldPostings, Positions, decode, encode
from search.engine.segment import KINDS
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.terms import Dictionary

lists = st.lists(st.lists(st.integers(0, 2000), min_size=1, max_size=9).map(sorted), max_size=30)


@given(lists)
def test_positions_round_trip(positions: list[list[int]]) -> None:
    """Any ascending positions come back from their bytes, repeated ones too, and each posting's from its own."""
    offsets = np.cumsum([0, *map(len, positions)])
    flat = np.array([position for own in positions for position in own], np.uint32)
    deltas, starts = encode(flat, offsets)
    assert decode(deltas, offsets).tolist() == flat.tolist()
    for i, own in enumerate(positions):
        assert decode(deltas[starts[i] : starts[i + 1]], np.array([0, len(own)])).tolist() == own


def test_positions_take_a_byte_where_they_can() -> None:
    """A distance below 255 takes one byte, each further 255 one more."""
    deltas, starts = encode(np.array([254, 255, 600], np.uint32), np.array([0, 1, 3]))
    assert deltas.tolist() == [254, 255, 0, 255, 90]
    assert starts.tolist() == [0, 1, 5]


class _Field:
    """A field of three terms over `size` documents, as written and read."""

    def __init__(self, directory: Path, size: int, bits: int) -> None:
        rng = np.random.default_rng(5)
        self.docs = [np.arange(0, size, 3), np.array([size - 1]), np.flatnonzero(rng.random(size) < 0.01)]
        self.freqs = [rng.choice([1, 2, 14, 15, 16, 254, 255, 256, 1000], len(docs)) for docs in self.docs]
        self.positions = [[np.sort(rng.integers(0, 900, freq)) for freq in freqs[:500]] for freqs in self.freqs]
        with SegmentWriter(directory, "S") as writer:
            self._write(PostingsWriter(writer, "f", size, bits=bits, positions=True))
        files = {kind: ArrayFile(directory / f"S.{kind}", kind) for kind in KINDS}
        self.dictionary = Dictionary(files["terms"], "f")
        self.postings = FieldPostings(files, self.dictionary)
        self.reader = Positions(files["positions"], self.postings, "f")

    def _write(self, out: PostingsWriter) -> None:
        slices = [[b"a"], [b"b", b"c"]]
        at = 0
        for terms in slices:
            docs, freqs = self.docs[at : at + len(terms)], self.freqs[at : at + len(terms)]
            flat = np.concatenate(freqs)
            offsets = np.concatenate(([0], np.cumsum(flat)))
            positions = np.zeros(offsets[-1], np.uint32)
            start = 0
            for i, own in enumerate(self.positions[at : at + len(terms)]):
                for j, places in enumerate(own):
                    positions[offsets[start + j] : offsets[start + j + 1]] = places
                start += len(freqs[i])
            df = np.array([len(one) for one in docs])
            deltas, begin = encode(positions, offsets)
            packed = deltas, begin[out.skipped(len(flat))]
            out.add(terms, df, np.concatenate(docs).astype(np.uint32), flat, packed)
            at += len(terms)
        out.close()


def _check(field: _Field, chunks: int) -> None:
    for ordinal, docs in enumerate(field.docs):
        postings = field.postings.postings(ordinal)
        freqs = field.freqs[ordinal]
        assert postings.docs.tolist() == docs.tolist()
        assert postings.freqs.tolist() == np.minimum(freqs, 255).tolist()
        together = [(chunk << 16) + int(low) for chunk, lows, _ in postings.chunks() for low in lows]
        assert together == docs.tolist()
        assert len(list(postings.chunks())) <= chunks
        first = int(field.dictionary.first[ordinal])
        assert field.postings.frequencies(first, first + len(docs)).tolist() == freqs.tolist()
        for start, stop in ((0, len(docs)), (len(docs) // 2, len(docs) // 2 + 1), (7, 300)):
            offsets, positions = field.reader.read(first + min(start, len(docs)), first + min(stop, len(docs)))
            for i, places in enumerate(field.positions[ordinal][start:stop][: len(offsets) - 1]):
                assert positions[offsets[i] : offsets[i + 1]].tolist() == places.tolist()
    assert field.postings.documents(1, 3).tolist() == [*field.docs[1].tolist(), *field.docs[2].tolist()]
    assert field.dictionary.cf.tolist() == [int(freqs.sum()) for freqs in field.freqs]
    assert field.dictionary.df.tolist() == [len(docs) for docs in field.docs]


def test_one_chunk(tmp_path: Path) -> None:
    """Up to 65,536 documents: documents, frequencies beyond what a byte holds, and positions come back."""
    _check(_Field(tmp_path, 4000, 8), 1)


def test_several_chunks(tmp_path: Path) -> None:
    """Beyond: the same, chunk by chunk, with frequencies of four bits."""
    _check(_Field(tmp_path, 150_000, 4), 3)
