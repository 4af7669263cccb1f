"""Stored bytes of the documents: compressed blocks of whole documents, each with its own checksum.

Arrays: `blocks` (zstd frames, concatenated), `block_start` (where each begins; one more), `block_first` (its first document;
one more), `start` (where each document begins in the uncompressed sequence of all; one more).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import zstandard

from search.engine.files import Array, ArrayFile, ArrayFileWriter, damaged

#: Uncompressed bytes at which a block is closed.
BLOCK = 1 << 16
LEVEL = 3
_CACHED_BLOCKS = 16


class Store:
    """The stored bytes of one segment, read one document at a time."""

    def __init__(self, file: ArrayFile) -> None:
        self._file = file
        self._blocks = memoryview(file["blocks"])
        self._block_start = file["block_start"]
        self.block_first: Array = file["block_first"]
        self._start = file["start"]
        self._block = lru_cache(_CACHED_BLOCKS)(self.block)

    def __getitem__(self, doc: int) -> bytes:
        """What was stored with the document.

        Raises:
            DamagedIndex: the block it is in was changed.
        """
        number = int(np.searchsorted(self.block_first, doc, side="right")) - 1
        base = int(self._start[self.block_first[number]])
        return self._block(number)[int(self._start[doc]) - base : int(self._start[doc + 1]) - base]

    @property
    def sizes(self) -> Array:
        """Bytes of each document, uncompressed."""
        return np.diff(self._start)

    def compressed(self, number: int) -> memoryview:
        """A block as it is on disk."""
        return self._blocks[int(self._block_start[number]) : int(self._block_start[number + 1])]

    def block(self, number: int) -> bytes:
        """A block, uncompressed (DamagedIndex where it was changed)."""
        first, after = int(self.block_first[number]), int(self.block_first[number + 1])
        size = int(self._start[after]) - int(self._start[first])
        try:
            data = zstandard.ZstdDecompressor().decompress(self.compressed(number), max_output_size=size or 1)
        except zstandard.ZstdError:
            raise damaged(self._file.path, f"has a changed block (documents {first} to {after - 1})") from None
        if len(data) != size:
            raise damaged(self._file.path, f"has a block of another size (documents {first} to {after - 1})")
        return data


class StoreWriter:
    """Collects documents, or whole blocks of another store, and writes them as the four arrays."""

    def __init__(self, writer: ArrayFileWriter) -> None:
        self._writer = writer
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self._block_start = [0]
        self._block_first = [0]
        self._sizes: list[Array] = []
        self._documents = 0

    def write(self, documents: Iterator[bytes | tuple[memoryview, Array]]) -> None:
        """Write everything.

        Args:
            documents: in order, bytes of one document, or (a compressed block, sizes of its documents) to be copied as it is.
        """
        dtype = np.dtype(np.uint8)
        self._writer.stream("blocks", dtype, (np.frombuffer(b, dtype) for b in self._compressed(documents)))
        sizes = np.concatenate(self._sizes) if self._sizes else np.empty(0, np.int64)
        starts = np.zeros(len(sizes) + 1, np.uint64)
        np.cumsum(sizes, out=starts[1:])
        self._writer.add("block_start", np.array(self._block_start, np.uint64))
        self._writer.add("block_first", np.array(self._block_first, np.uint32))
        self._writer.add("start", starts)

    def _compressed(self, documents: Iterator[bytes | tuple[memoryview, Array]]) -> Iterator[bytes | memoryview]:
        open_block: list[bytes] = []
        size = 0
        for document in documents:
            if not isinstance(document, bytes):
                if open_block:
                    yield self._close(open_block)
                    open_block, size = [], 0
                yield self._note(*document)
                continue
            open_block.append(document)
            size += len(document)
            if size >= BLOCK:
                yield self._close(open_block)
                open_block, size = [], 0
        if open_block:
            yield self._close(open_block)

    def _close(self, documents: list[bytes]) -> bytes | memoryview:
        data = self._compressor.compress(b"".join(documents))
        return self._note(memoryview(data), np.array([len(d) for d in documents], np.int64))

    def _note(self, block: memoryview, sizes: Array) -> memoryview:
        self._sizes.append(sizes)
        self._documents += len(sizes)
        self._block_start.append(self._block_start[-1] + len(block))
        self._block_first.append(self._documents)
        return block
