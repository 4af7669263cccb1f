"""Exporting: the articles of an archive, or of a query, as JSONL that an archive is made of again.

What is written is one generation: a commit meanwhile changes nothing of it, since its files stay open.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from search.keeping.whole_file import whole_file
from search.request import SearchRequest
from search.searcher import Matching, Searcher
from search.sources.exported import to_line

Packing = Literal["", "gzip", "zstd"]
_PACKED = {".gz": "gzip", ".zst": "zstd"}
_ZSTD_LEVEL = 9  # Persian JSONL at a tenth of its size, at about the speed that articles are read


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported: how many articles, of which generation, and what a query could not ask (see `Matching`)."""

    articles: int
    generation: int
    hints: tuple[str, ...]
    capped: tuple[str, ...]


def export(
    searcher: Searcher,
    request: SearchRequest,
    stream: BinaryIO,
    observe: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Writes every article that a request asks for, a line each, in the order of the archive; memory stays bounded.

    Args:
        searcher: of the generation to export.
        request: its query and filters count; its page, size and sort do not.
        observe: told how many articles of how many are written.

    Raises:
        DamagedIndex: an article cannot be read.
    """
    matching: Matching = searcher.matching(request)
    total = len(matching.docs)
    for done, article in enumerate(searcher.articles(map(int, matching.docs)), start=1):
        stream.write(to_line(article))
        observe(done, total)
    return Exported(total, searcher.generation, matching.hints, matching.capped)


def packing_of(path: Path) -> Packing:
    """How a file of that name is packed: `.gz` by gzip, `.zst` by zstd, another not at all."""
    return _PACKED.get(path.suffix.lower(), "")  # type: ignore[return-value]


@contextmanager
def packed(stream: BinaryIO, packing: Packing) -> Iterator[BinaryIO]:
    """A stream whose bytes arrive packed in another, which stays open."""
    if packing == "gzip":
        # Without the time, so that two exports of one generation are the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0) as writer:
            yield writer  # type: ignore[misc]
    elif packing == "zstd":
        import zstandard

        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        with compressor.stream_writer(stream, closefd=False) as writer:
            yield writer
    else:
        yield stream


@contextmanager
def exported_file(path: Path, packing: Packing) -> Iterator[BinaryIO]:
    """A stream into the file at `path`, which appears when everything is written (StorageFailure)."""
    with whole_file(path) as file, packed(file, packing) as stream:
        yield stream
