"""Inversion gives the postings that plain Python gives, compiled and by sorting."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import inversion
from search.engine.inversion import PART_GAP, Text, invert
from search.engine.postings import SKIP, decode

#: Terms of each token type; the numbers of terms are their names, and their ranks run the other way.
TYPES = [(), (0,), (1,), (2, 3), (3,), (4, 0, 5), (5,), (6,)]
TERMS = 7
TABLES = [
    np.array([terms[i] if i < len(terms) else -1 for terms in TYPES], np.int32) for i in range(max(map(len, TYPES)))
]
RANKS = np.arange(TERMS)[::-1].copy()

Documents = list[list[list[int]]]
DOCUMENTS = st.lists(
    st.lists(st.lists(st.integers(0, len(TYPES) - 1), max_size=40), min_size=3, max_size=3), max_size=12
)


def _text(documents: Documents) -> Text:
    tokens = [token for document in documents for part in document for token in part]
    counts = [len(part) for document in documents for part in document]
    return Text(np.array(tokens, np.int32), np.array(counts, np.int32).reshape(-1, 3))


def _expected(documents: Documents, parts: list[int]) -> dict[int, dict[int, list[int]]]:
    """Term -> document -> positions."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for doc, document in enumerate(documents):
        at = 0
        for number, part in enumerate(parts):
            for token in document[part]:
                for term in TYPES[token]:
                    found[term][doc].append(at + PART_GAP * number)
                at += bool(TYPES[token])
    return found


@pytest.fixture(params=["compiled", "sorting"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sorting":
        monkeypatch.setattr(inversion, "compiled", None)
        monkeypatch.setattr(inversion, "_SLICE", 16)
        monkeypatch.setattr(inversion, "_DOCUMENTS", 2)
    elif inversion.compiled is None:
        pytest.skip("not compiled")


@pytest.mark.usefixtures("_way")
@settings(deadline=None)
@given(DOCUMENTS, st.sampled_from([[0, 1, 2], [0], [1, 2]]))
def test_as_plain_python(documents: Documents, parts: list[int]) -> None:
    """Any documents, any parts: terms in the order of their ranks, and all of their postings with all positions."""
    found = invert(_text(documents), parts, TABLES, RANKS, positions=True)
    expected = _expected(documents, parts)
    assert found.numbers.tolist() == sorted(expected, reverse=True)
    assert found.df.tolist() == [len(expected[term]) for term in found.numbers.tolist()]
    assert found.cf.tolist() == [sum(map(len, expected[term].values())) for term in found.numbers.tolist()]
    postings = [posting for term in found.numbers.tolist() for posting in sorted(expected[term].items())]
    assert found.docs.tolist() == [doc for doc, _ in postings]
    assert found.freqs.tolist() == [len(places) for _, places in postings]
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(found.freqs, dtype=np.int64)))
    assert found.deltas is not None
    assert decode(found.deltas, offsets).tolist() == [place for _, places in postings for place in places]
    lengths = np.zeros(len(documents), np.int64)
    np.add.at(lengths, found.docs.astype(np.int64), found.freqs)
    assert found.lengths.tolist() == lengths.tolist()


@pytest.mark.usefixtures("_way")
def test_far_positions_and_the_skip_table() -> None:
    """Distances above 254, and more postings than one entry of the skip table is for, are told exactly."""
    far = [7] * 600 + [1] + [7] * 255 + [1]
    documents = [[[6], [0], far if doc % 3 else [1, 7]] for doc in range(2 * SKIP + 5)]
    types = [*TABLES[0].tolist()[:7], 6]
    found = invert(_text(documents), [0, 1, 2], [np.array(types, np.int32)], RANKS, positions=True)
    assert found.numbers.tolist() == [6, 5, 0]
    assert found.deltas is not None
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(found.freqs, dtype=np.int64)))
    positions = decode(found.deltas, offsets)
    by_posting = np.split(positions, offsets[1:-1])
    of_last = by_posting[-len(documents) :]
    assert [part.tolist() for part in of_last[:2]] == [[1 + 2 * PART_GAP], [601 + 2 * PART_GAP, 857 + 2 * PART_GAP]]
    sizes = [sum(d // 255 + 1 for d in np.diff(part, prepend=0).tolist()) for part in by_posting]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    assert found.skip.tolist() == starts[:-1:SKIP].tolist()
    assert found.starts.tolist() == starts[np.concatenate(([0], np.cumsum(found.df)))].tolist()


@pytest.mark.skipif(inversion.compiled is None, reason="not compiled")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tokens": np.array([8], np.int32)}, "a type that does not exist"),
        ({"tokens": np.empty(0, np.int32)}, "more tokens are counted"),
        ({"counts": np.array([-1], np.int32)}, "a negative count"),
        ({"tables": (np.array([9] * 8, np.int32),)}, "a term that does not exist"),
        ({"tables": (np.array([-20] * 8, np.int32), TABLES[1])}, "a term that does not exist"),
        ({"tables": ()}, "no table"),
        ({"first": np.full(TERMS, 5)}, "more occurrences than room"),
        ({"first": np.full(TERMS, -5)}, "more occurrences than room"),
        ({"byte": np.full(TERMS, 5)}, "more occurrences than room"),
        ({"freqs": np.empty(2, np.uint32)}, "arrays of the wrong length"),
    ],
)
def test_nothing_is_written_outside(change: dict[str, Any], message: str) -> None:
    """Numbers that lead outside of an array are refused."""
    given = {
        "tokens": np.array([1], np.int32), "counts": np.array([1], np.int32), "wanted": np.ones(1, np.uint8),
        "tables": (TABLES[0],), "first": np.zeros(TERMS, np.int64), "byte": np.zeros(TERMS, np.int64),
        "docs": np.empty(1, np.uint16), "freqs": np.empty(1, np.uint32), "deltas": np.empty(1, np.uint8),
        "skip": np.empty(1, np.uint64),
    }  # fmt: skip
    assert inversion.compiled is not None
    with pytest.raises(ValueError, match=message):
        inversion.compiled.fill(*(given | change).values())
