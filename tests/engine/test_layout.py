"""The layout of a segment, pinned: who changes what the files hold raises FORMAT_VERSION, and this golden file."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from search.engine.document import Document
from search.engine.files import FORMAT_VERSION, ArrayFile
from search.engine.index import Index
from search.engine.manifest import read_manifest
from search.engine.segment import KINDS
from tests.engine.conftest import OpenWriter

GOLDEN = Path(__file__).parent / "layout.txt"


def _layout(directory: Path) -> str:
    """Every array of an index of one segment: its file, name, type and values."""
    manifest = read_manifest(directory)
    lines = [f"format {FORMAT_VERSION}"]
    for kind in KINDS:
        for name, array in ArrayFile(directory / f"{manifest.segments[0].name}.{kind}", kind).arrays.items():
            values = "zstd frames" if name == "blocks" else " ".join(map(str, array.tolist()))
            lines.append(f"{kind:12}{name:16}{array.dtype.str} {values}".rstrip())
    return "\n".join(lines) + "\n"


def test_layout(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Two documents give just these arrays, with these values."""
    with open_writer(tmp_path) as writer:
        writer.add(
            Document(
                key="a/1", fingerprint=7, title="xyz ab", lead="b", body="ab ab cd",
                keywords={"section": ("ورزش",), "tag": ("u", "v"), "month": ("1400-04",), "year": ("1400",)},
                day=738000, published=-5, stored=b"first",
            )
        )  # fmt: skip
        writer.add(Document(key="a/2", title="cd", stored=b"second"))
        writer.commit()
    assert _layout(tmp_path) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by /proc")
def test_no_file_stays_open(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Indexes opened and dropped over many generations leave no file open, nor does the writer."""

    def open_files() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    with open_writer(tmp_path) as writer:
        for number in range(12):
            writer.add(Document(key=str(number), body="ab"))
            writer.commit()
            index = Index.open(tmp_path)
            assert index.count == number + 1
            index.close()
    del index, writer
    assert open_files() == before
