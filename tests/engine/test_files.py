"""Array files: what was written is read, and no damage passes unseen."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import files
from search.engine.files import ALIGNMENT, FORMAT_VERSION, ArrayFile, ArrayFileWriter
from search.errors import ArchiveError, DamagedIndex, FormatMismatch, StorageFailure


def _write(path: Path) -> None:
    with ArrayFileWriter(path, "sample") as writer:
        writer.add("numbers", np.array([1, 2, 3], np.uint16))
        writer.begin("parts", np.int64)
        writer.append(np.array([-1]))
        writer.append(np.array([], np.int64))
        writer.append(np.array([7, 8]))
        writer.end()
        writer.add("nothing", np.empty(0, np.uint8))


def test_round_trip(tmp_path: Path) -> None:
    """Arrays come back with their values and types, aligned, read-only, whether written whole or in parts."""
    _write(tmp_path / "a")
    file = ArrayFile(tmp_path / "a", "sample")
    assert {name: array.tolist() for name, array in file.arrays.items()} == {
        "numbers": [1, 2, 3],
        "parts": [-1, 7, 8],
        "nothing": [],
    }
    assert (file["numbers"].dtype, file["parts"].dtype) == (np.uint16, np.int64)
    assert "numbers" in file
    assert all(array.ctypes.data % ALIGNMENT == 0 and not array.flags.writeable for array in file.arrays.values())
    file.verify()


def test_layout(tmp_path: Path) -> None:
    """The bytes on disk are those of format version 2. Whoever changes them raises FORMAT_VERSION, and this test."""
    _write(tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    directory = b'[["numbers","<u2",64,3],["parts","<i8",128,3],["nothing","|u1",192,0]]'
    arrays = b"\1\0\2\0\3\0".ljust(64, b"\0") + struct.pack("<3q", -1, 7, 8).ljust(64, b"\0")
    body = arrays + directory
    sizes = 64 + len(body), 192, len(directory)
    checksums = zlib.crc32(directory), zlib.crc32(body)
    header = struct.pack("<8sI12sQQIII8x", b"BAYEGAN\0", 2, b"sample", *sizes, *checksums)
    assert FORMAT_VERSION == 2
    assert data == header + struct.pack("<I", zlib.crc32(header)) + body


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_bit_counts(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whichever bit is flipped, opening or verifying says so and names the file."""
    path = tmp_path_factory.getbasetemp() / "flipped"
    path.unlink(missing_ok=True)
    _write(path)
    content = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    with pytest.raises((DamagedIndex, FormatMismatch), match="flipped"):
        ArrayFile(path, "sample").verify()


def test_every_cut_is_found_on_open(tmp_path: Path) -> None:
    """A file cut anywhere, emptied, missing, or grown is refused on open, by name."""
    path = tmp_path / "cut"
    _write(path)
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(DamagedIndex, match="cut"):
            ArrayFile(path, "sample")
    path.write_bytes(content + b"x")
    with pytest.raises(DamagedIndex, match="bytes instead of"):
        ArrayFile(path, "sample")
    path.unlink()
    with pytest.raises(DamagedIndex, match="is missing"):
        ArrayFile(path, "sample")


def test_other_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of another format version is refused with the command to run, before anything else of it is read."""
    _write(tmp_path / "a")
    monkeypatch.setattr(files, "FORMAT_VERSION", 3)
    with pytest.raises(FormatMismatch, match=r"format 2, this version reads 3: run `bayegan reindex`"):
        ArrayFile(tmp_path / "a", "sample")


def test_wrong_kind_and_unreadable(tmp_path: Path) -> None:
    """A file in the place of another is refused; so is a directory."""
    _write(tmp_path / "a")
    with pytest.raises(DamagedIndex, match="not a file of terms"):
        ArrayFile(tmp_path / "a", "terms")
    with pytest.raises(ArchiveError, match="cannot read"):
        ArrayFile(tmp_path, "terms")


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """A writer that fails removes its file; one that cannot begin says why."""
    with pytest.raises(ZeroDivisionError), ArrayFileWriter(tmp_path / "a", "sample"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageFailure, match="cannot write"):
        ArrayFileWriter(tmp_path / "none" / "a", "sample")
