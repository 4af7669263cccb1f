"""The compiled kernel and its NumPy twin do the same, and what they say they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import kernel
from search.engine.files import ArrayFile
from search.engine.kernel import PositionSource, WeightedTerm
from search.engine.postings import CHUNK, FieldPostings, Positions, encode
from search.engine.segment import KINDS
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.terms import Dictionary

SIZE = 2 * CHUNK + 3000
TERMS = 6


class Field:
    """A written field of six terms, from in half of the documents to in one; kept here as plain lists, too."""

    def __init__(self, directory: Path, bits: int) -> None:
        rng = np.random.default_rng(bits)
        shares = (0.02, 0.01, 0.01, 0.003, 0.0005)
        self.docs = [np.flatnonzero(rng.random(SIZE) < share) for share in shares] + [np.array([SIZE - 1])]
        lengths = [rng.choice([1, 1, 1, 2, 3, 20, 300], len(docs)) for docs in self.docs]
        self.places = [[np.sort(rng.choice(700, length, replace=False)) for length in of_term] for of_term in lengths]
        names = [f"t{number}".encode() for number in range(TERMS)]
        flat = [places for of_term in self.places for places in of_term]
        freqs = np.array([len(places) for places in flat])
        offsets = np.concatenate(([0], np.cumsum(freqs)))
        with SegmentWriter(directory, "S") as writer:
            out = PostingsWriter(writer, "f", SIZE, bits=bits, positions=True)
            df = np.array([len(docs) for docs in self.docs])
            deltas, starts = encode(np.concatenate(flat).astype(np.uint32), offsets)
            packed = deltas, starts[out.skipped(len(freqs))]
            out.add(names, df, np.concatenate(self.docs).astype(np.uint32), freqs, packed)
            out.close()
        files = {kind: ArrayFile(directory / f"S.{kind}", kind) for kind in KINDS}
        self.dictionary = Dictionary(files["terms"], "f")
        self.postings = FieldPostings(files, self.dictionary)
        self.positions = Positions(files["positions"], self.postings, "f")
        self.norms = (rng.random(SIZE) + 0.1).astype(np.float32)

    def term(self, number: int, factor: float = 1.0) -> WeightedTerm:
        """A term as the kernel takes it."""
        start, stop = int(self.dictionary.first[number]), int(self.dictionary.first[number + 1])
        chunks, bounds = self.postings.runs(number, start, stop)
        low = self.postings.low[start:stop]
        return WeightedTerm(low, self.postings.packed, start, chunks, bounds, self.norms, factor)

    def source(self, number: int) -> PositionSource:
        """Its positions."""
        first = self.dictionary.first
        return PositionSource(self.positions, int(first[number]), int(first[number + 1]))

    def score(self, number: int, factor: float) -> dict[int, float]:
        """What each of its documents scores, by the formula."""
        found = {}
        for doc, places in zip(self.docs[number].tolist(), self.places[number], strict=True):
            x = min(len(places), 255) * float(self.norms[doc])
            found[doc] = factor * x / (1 + x)
        return found


@pytest.fixture(scope="module", params=[8, 4])
def field(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Field:
    """With frequencies of 8 and of 4 bits."""
    return Field(tmp_path_factory.mktemp("field"), request.param)


@pytest.fixture(params=["compiled", "portable"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with the compiled kernel, once without."""
    if request.param == "portable":
        monkeypatch.setattr(kernel, "compiled", None)


def _summed(parts: list[dict[int, float]], keep: Callable[[int], bool]) -> dict[int, float]:
    docs = sorted(set().union(*parts))
    return {doc: sum(part.get(doc, 0.0) for part in parts) for doc in docs if keep(sum(doc in part for part in parts))}


def _same(found: kernel.Found, wanted: dict[int, float]) -> None:
    assert found[0].dtype == np.uint32
    assert found[0].tolist() == list(wanted)
    np.testing.assert_allclose(found[1], list(wanted.values()), rtol=1e-5)


CHOICES = [(0,), (5,), (0, 1), (1, 2, 3), (0, 1, 2, 3, 4, 5), (3, 3), (4, 5)]


def test_the_kernel_is_compiled_here() -> None:
    """These tests compare two things: the extension was built where they run."""
    assert isinstance(kernel.compiled, ModuleType)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("numbers", CHOICES)
def test_union_adds_up(field: Field, numbers: tuple[int, ...]) -> None:
    """All documents of any term, ascending, each with the sum of the terms' scores by the formula."""
    terms = [field.term(number, 0.5 + number) for number in numbers]
    wanted = _summed([field.score(number, 0.5 + number) for number in numbers], lambda held: held > 0)
    _same(kernel.union(terms, SIZE), wanted)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("numbers", CHOICES)
def test_intersection_adds_up(field: Field, numbers: tuple[int, ...]) -> None:
    """The documents of all terms; factors may be zero or below."""
    terms = [field.term(number, number - 1.0) for number in numbers]
    parts = [field.score(number, number - 1.0) for number in numbers]
    _same(kernel.intersect(terms, SIZE), _summed(parts, lambda held: held == len(numbers)))


@pytest.mark.usefixtures("_either")
def test_augment_adds_where_a_term_is(field: Field) -> None:
    """Scores grow by those of the terms that a document holds, and stay where it holds none."""
    docs = np.unique(np.concatenate((field.docs[1], np.arange(0, SIZE, 97)))).astype(np.uint32)
    scores = np.ones(len(docs), np.float32)
    kernel.augment(docs, scores, [field.term(1), field.term(0, 2.0)], SIZE)
    one, two = field.score(1, 1.0), field.score(0, 2.0)
    np.testing.assert_allclose(scores, [1 + one.get(doc, 0) + two.get(doc, 0) for doc in docs.tolist()], rtol=1e-5)


@pytest.mark.usefixtures("_either")
def test_locate_and_rows(field: Field) -> None:
    """Each document's place among a term's postings, or among other documents; -1 where it is not there."""
    docs = np.arange(0, SIZE, 7, dtype=np.uint32)
    place = {doc: row for row, doc in enumerate(field.docs[0].tolist())}
    wanted = [place.get(doc, -1) for doc in docs.tolist()]
    assert kernel.locate(docs, field.term(0)).tolist() == wanted
    assert kernel.rows(docs, field.docs[0].astype(np.uint32)).tolist() == wanted
    assert kernel.rows(docs[:3], docs[:0]).tolist() == [-1, -1, -1]
    assert kernel.rows(docs[:0], docs).tolist() == []


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int32])
def test_tally_counts_codes(dtype: Any) -> None:
    """Codes are counted from an origin on; what lies below it or beyond the values is left out."""
    codes = np.random.default_rng(1).integers(0, 120, 5000).astype(dtype)
    docs = np.arange(0, 5000, 3, dtype=np.uint32)
    for origin, values in ((0, 120), (0, 60), (40, 50)):
        wanted = [int((codes[docs] == origin + value).sum()) for value in range(values)]
        assert kernel.tally(docs, codes, values, origin).tolist() == wanted


@pytest.mark.usefixtures("_either")
@given(st.lists(st.binary(max_size=3), max_size=20, unique=True).map(sorted), st.binary(max_size=3))
@settings(max_examples=50, deadline=None)
def test_lower_is_bisection(terms: list[bytes], term: bytes) -> None:
    """The number of terms below the one asked for."""
    starts = np.concatenate(([0], np.cumsum([len(one) for one in terms]))).astype(np.uint32)
    assert kernel.lower(memoryview(b"".join(terms)), starts, term) == sum(one < term for one in terms)


def _chains(places: list[np.ndarray[Any, Any]], slop: int) -> int:
    ends = places[0].tolist()
    for further in places[1:]:
        ends = [place for place in further.tolist() if any(1 <= place - end <= slop for end in ends)]
    return len(ends)


@pytest.mark.usefixtures("_either")
@pytest.mark.parametrize(("numbers", "slop"), [((0, 1), 1), ((1, 0), 3), ((1, 2), 40), ((0, 1, 0), 200), ((2, 2), 5)])
def test_chain_counts_ends(field: Field, numbers: tuple[int, ...], slop: int) -> None:
    """How many positions of the last term end an ordered chain, in each document that holds all terms."""
    docs, _ = kernel.intersect([field.term(number) for number in numbers], SIZE)
    rows = [kernel.locate(docs, field.term(number)) for number in numbers]
    counts = kernel.chain([field.source(number) for number in numbers], rows, slop)
    wanted = [
        _chains([field.places[number][row[i]] for number, row in zip(numbers, rows, strict=True)], slop)
        for i in range(len(docs))
    ]
    assert counts.tolist() == wanted
    assert max(wanted) > 0


@pytest.mark.usefixtures("_either")
def test_neighbours_counts_each_pair(field: Field) -> None:
    """For each two neighbours among the terms how often they stand side by side, where both are; else 0."""
    numbers = (1, 0, 2, 5)
    docs = np.unique(np.concatenate([field.docs[number] for number in numbers])).astype(np.uint32)[-3000:]
    rows = [kernel.locate(docs, field.term(number)) for number in numbers]
    counts = kernel.neighbours([field.source(number) for number in numbers], rows)
    for pair in range(3):
        for i in range(len(docs)):
            held = [rows[pair + side][i] for side in (0, 1)]
            places = [field.places[numbers[pair + side]][held[side]] for side in (0, 1)]
            assert counts[pair, i] == (_chains(places, 1) if min(held) >= 0 else 0)
    assert counts[0].sum() > 0


def test_damaged_arrays_are_refused_or_harmless(field: Field) -> None:
    """Numbers that point outside of their arrays end in an error, or are passed over: never a crash."""
    term = field.term(0)
    docs, scores = np.zeros(10, np.uint32), np.zeros(10, np.float32)
    assert kernel.compiled is not None
    for broken in (
        term._replace(bounds=term.bounds + 10**6),
        term._replace(bounds=-term.bounds),
        term._replace(norms=term.norms[:5]),
        term._replace(first=10**9),
        term._replace(chunks=term.chunks[:1]),
    ):
        with pytest.raises(ValueError, match="do not fit together"):
            kernel.compiled.union((broken,), SIZE, docs, scores)
    far = term._replace(chunks=np.full_like(term.chunks, 60_000))
    assert len(kernel.union([far], SIZE)[0]) == 0
    beyond = term._replace(low=np.full_like(term.low, CHUNK - 1))
    assert set(kernel.union([beyond], SIZE)[0].tolist()) <= {CHUNK - 1, 2 * CHUNK - 1}
