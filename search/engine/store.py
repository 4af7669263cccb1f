"""Stored bytes of the documents: compressed blocks of whole documents, each with its own checksum.

Arrays: `blocks` (zstd frames, concatenated), `block_start` (where each begins; one more), `block_first` (its first
document; one more), `start` (where each document begins in the uncompressed sequence of all; one more).
"""

from __future__ import annotations

import threading
import weakref
from functools import lru_cache, partial

import numpy as np
import zstandard

from search.engine.files import Array, ArrayFile, ArrayFileWriter, damaged

#: Uncompressed bytes at which a block is closed.
BLOCK = 1 << 17
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
        # Through a proxy: a store that held itself would keep its file mapped until a garbage collection.
        self._block = lru_cache(_CACHED_BLOCKS)(partial(Store.block, weakref.proxy(self)))
        self._threads = threading.local()

    def __len__(self) -> int:
        return len(self._start) - 1

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
            data = self._decompressor().decompress(self.compressed(number), max_output_size=size or 1)
        except zstandard.ZstdError:
            raise damaged(self._file.path, f"has a changed block (documents {first} to {after - 1})") from None
        if len(data) != size:
            raise damaged(self._file.path, f"has a block of another size (documents {first} to {after - 1})")
        return data

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        """One for each thread, since none may serve two at once, and making one takes as long as a third of a read."""
        if not hasattr(self._threads, "decompressor"):
            self._threads.decompressor = zstandard.ZstdDecompressor()
        decompressor: zstandard.ZstdDecompressor = self._threads.decompressor
        return decompressor


class StoreWriter:
    """Writes the stored bytes of documents as they come, in order, as the four arrays of a file of its own."""

    def __init__(self, writer: ArrayFileWriter) -> None:
        self._writer = writer
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self._open: list[bytes] = []
        self._open_size = 0
        self._block_start = [0]
        self._block_first = [0]
        self._sizes: list[Array] = []
        writer.begin("blocks", np.uint8)

    def add(self, document: bytes) -> None:
        """Append one document."""
        self._open.append(document)
        self._open_size += len(document)
        if self._open_size >= BLOCK:
            self._flush()

    def copy(self, block: memoryview, sizes: Array) -> None:
        """Append a compressed block of another store as it is; `sizes` are those of its documents, uncompressed."""
        self._flush()
        self._note(block, sizes)

    def close(self) -> None:
        """Write what is left, and the tables."""
        self._flush()
        self._writer.end()
        sizes = np.concatenate(self._sizes) if self._sizes else np.empty(0, np.int64)
        starts = np.zeros(len(sizes) + 1, np.uint64)
        np.cumsum(sizes, out=starts[1:])
        self._writer.add("block_start", np.array(self._block_start, np.uint64))
        self._writer.add("block_first", np.array(self._block_first, np.uint32))
        self._writer.add("start", starts)
        self._writer.close()

    def _flush(self) -> None:
        if self._open:
            block = self._compressor.compress(b"".join(self._open))
            self._note(memoryview(block), np.array([len(document) for document in self._open], np.int64))
            self._open, self._open_size = [], 0

    def _note(self, block: memoryview, sizes: Array) -> None:
        self._writer.append(np.frombuffer(block, np.uint8))
        self._sizes.append(sizes)
        self._block_start.append(self._block_start[-1] + len(block))
        self._block_first.append(self._block_first[-1] + len(sizes))
