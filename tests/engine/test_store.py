"""Stored bytes come back as they were, from whichever block and thread, and as fast as one block allows."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine.files import ArrayFile, ArrayFileWriter
from search.engine.store import BLOCK, Store, StoreWriter


def _store(path: Path, documents: list[bytes]) -> Store:
    writer = StoreWriter(ArrayFileWriter(path, "stored"))
    for document in documents:
        writer.add(document)
    writer.close()
    return Store(ArrayFile(path, "stored"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=50) | st.integers(0, 2 * BLOCK).map(bytes), max_size=12))
def test_round_trip(documents: list[bytes]) -> None:
    """Empty documents, small ones, and some larger than a block."""
    with tempfile.TemporaryDirectory() as folder:
        store = _store(Path(folder) / "s", documents)
        assert len(store) == len(documents)
        assert [store[doc] for doc in range(len(documents))] == documents
        assert store.sizes.tolist() == list(map(len, documents))


def test_blocks_are_bounded(tmp_path: Path) -> None:
    """A block ends with the document that fills it, so that reading one document never takes more than a block."""
    store = _store(tmp_path / "s", [bytes(BLOCK // 4)] * 10)
    assert store.block_first.tolist() == [0, 4, 8, 10]


def test_copied_blocks(tmp_path: Path) -> None:
    """Blocks that are copied as they are, between documents that are added, keep their place."""
    source = _store(tmp_path / "source", [b"a", b"bb"])
    writer = StoreWriter(ArrayFileWriter(tmp_path / "s", "stored"))
    writer.add(b"before")
    writer.copy(source.compressed(0), source.sizes)
    writer.add(b"after")
    writer.close()
    store = Store(ArrayFile(tmp_path / "s", "stored"))
    assert [store[doc] for doc in range(4)] == [b"before", b"a", b"bb", b"after"]


def test_threads(tmp_path: Path) -> None:
    """Many threads read at once."""
    documents = [bytes([number % 256]) * (1000 + number) for number in range(2000)]
    store = _store(tmp_path / "s", documents)
    order = np.random.default_rng(3).permutation(2000).tolist()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store.__getitem__, order)) == [documents[doc] for doc in order]
