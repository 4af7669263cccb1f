"""Interleaving gives what plain Python gives, compiled and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import interleave as module
from search.engine.interleave import interleave, position_sizes
from search.engine.postings import encode

COUNTS = st.integers(0, 6).flatmap(
    lambda terms: st.lists(st.lists(st.integers(0, 5), min_size=terms, max_size=terms), min_size=1, max_size=4)
)


@pytest.fixture(params=["compiled", "numpy"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "numpy":
        monkeypatch.setattr(module, "compiled", None)
    elif module.compiled is None:
        pytest.skip("not compiled")


@pytest.mark.usefixtures("_way")
@settings(deadline=None)
@given(COUNTS, st.sampled_from([np.uint8, np.uint32, np.int64]))
def test_interleave(counts: list[list[int]], dtype: Any) -> None:
    """The runs of each term come in the order of the sources, whatever is absent."""
    rng = np.random.default_rng(0)
    runs = [[rng.integers(0, 250, count).tolist() for count in own] for own in counts]
    flat = [[item for run in own for item in run] for own in runs]
    sources = [(np.array(items, dtype), np.array(own, np.int64)) for items, own in zip(flat, counts, strict=True)]
    found = interleave(sources)
    assert found.dtype == dtype
    assert found.tolist() == [item for term in zip(*runs, strict=True) for run in term for item in run]


@pytest.mark.usefixtures("_way")
@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 2000), min_size=1, max_size=5, unique=True), max_size=8))
def test_position_sizes(positions: list[list[int]]) -> None:
    """The bytes of each posting are told, distances above 254 and bytes that are left over included."""
    freqs = np.array(list(map(len, positions)), np.uint32)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(freqs, dtype=np.int64)))
    flat = np.array([place for own in positions for place in sorted(own)], np.uint32)
    deltas, starts = encode(flat, offsets)
    found = position_sizes(freqs, np.append(deltas, np.uint8(7)))
    assert found.tolist() == np.diff(starts).tolist()


@pytest.mark.usefixtures("_way")
def test_too_few_positions() -> None:
    """Positions that end before the frequencies do are refused."""
    with pytest.raises(ValueError, match="fewer positions"):
        position_sizes(np.array([1, 2], np.uint32), np.array([4, 255, 3], np.uint8))


@pytest.mark.skipif(module.compiled is None, reason="not compiled")
@pytest.mark.parametrize(
    ("counts", "width", "size"),
    [([2, 2], 1, 4), ([3, -1], 1, 3), ([1, 1], 1, 4), ([1, 1], 0, 2), ([1, 1], 2, 3), ([1], 1, 3)],
)
def test_nothing_is_written_outside(counts: list[int], width: int, size: int) -> None:
    """Counts that do not fit the arrays are refused."""
    assert module.compiled is not None
    one = np.zeros(1, np.uint8), np.array([1, 0], np.int64)
    own = np.zeros(3, np.uint8), np.array(counts, np.int64)
    with pytest.raises(ValueError, match="do not fit together"):
        module.compiled.interleave((one, own), width, np.zeros(size, np.uint8))
