"""Killed, out of room, or with damaged files: the last generation serves, and nothing wrong is served."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from search.engine.index import Index
from search.engine.manifest import file_names, read_manifest, toc_path
from search.engine.segment import KINDS
from search.engine.verify import verify
from search.errors import ArchiveError, DamagedIndex, StorageFailure
from tests.engine.conftest import OpenWriter
from tests.engine.damage import build, document, documents
from tests.engine.model import Contents, contents, expected

ROOT = Path(__file__).parents[2]


def _content(generation: int, *, fresh: bool = False) -> Contents:
    """What an index holds after that many undisturbed builds; after a fresh one, only what that one wrote."""
    held = {}
    for number in range(generation if fresh else 1, generation + 1):
        held |= {one.key: one for one in documents(number)}
        del held[f"k{20 * number}"]
    return expected(held.values())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of one generation; not to be written to."""
    directory = tmp_path_factory.mktemp("first")
    build(directory, 1)
    assert contents(Index.open(directory).snapshot) == _content(1)
    return directory


def _break(origin: Path, directory: Path, mode: str) -> list[str]:
    """Build generation 2 upon copies of an index, in processes that come to harm; what became of each."""
    command = [sys.executable, "-m", "tests.engine.damage", str(origin), str(directory), "2", mode]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return result.stdout.splitlines()


def _referenced(directory: Path) -> set[str]:
    manifest = read_manifest(directory)
    return file_names(manifest) | {toc_path(directory, manifest.generation).name, "MAIN_WRITELOCK"}


@pytest.mark.parametrize("mode", ["add", "fresh"])
def test_killed(first: Path, tmp_path: Path, mode: str) -> None:
    """A process that is killed while it builds, commits or cleans up leaves one of the two generations whole, and the
    next run leaves what an undisturbed one would, without a stray file."""
    after = _content(2, fresh=mode == "fresh")
    ends = set()
    for line in _break(first, tmp_path, mode):
        operation, returncode = line.split()
        directory = tmp_path / operation
        index = Index.open(directory)
        ends.add((int(returncode), index.generation))
        assert contents(index.snapshot) == (_content(1) if index.generation == 1 else after)
        assert verify(directory).problems == []
        build(directory, 2, fresh=mode == "fresh")
        assert contents(Index.open(directory).snapshot) == after
        assert {path.name for path in directory.iterdir()} == _referenced(directory)
    # Some were killed before the swap, some after it, and one got through.
    assert ends == {(-signal.SIGKILL, 1), (-signal.SIGKILL, 2), (0, 2)}


def test_no_room(first: Path, tmp_path: Path) -> None:
    """Where files cannot grow, the run fails in one line, the old generation serves, and the next run succeeds."""
    lines = _break(first, tmp_path, "0,63,500,1000,2000")
    assert len(lines) == 5
    for line in lines:
        size, message = line.split(" ", 1)
        directory = tmp_path / size
        assert message.startswith("cannot write")
        assert "the last generation is untouched" in message
        assert contents(Index.open(directory).snapshot) == _content(1)
        assert {path.name for path in directory.iterdir()} == _referenced(directory)
        build(directory, 2)
        assert contents(Index.open(directory).snapshot) == _content(2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(first: Path, tmp_path: Path, open_writer: OpenWriter) -> None:
    """A directory that is not ours to write to is said to be so."""
    directory = tmp_path / "index"
    shutil.copytree(first, directory)
    directory.chmod(0o500)
    with pytest.raises(StorageFailure, match="cannot write"):
        open_writer(directory)
    directory.chmod(0o700)


def test_a_file_in_the_place_of_the_directory(tmp_path: Path, open_writer: OpenWriter) -> None:
    """A path that is a file is refused with one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailure, match="cannot write"):
        open_writer(tmp_path / "file")


def _damageable(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.name != "MAIN_WRITELOCK")


@pytest.fixture
def second(first: Path, tmp_path: Path) -> Path:
    """An index of two segments, one with deletions: every kind of file there is."""
    directory = tmp_path / "second"
    shutil.copytree(first, directory)
    build(directory, 2)
    kinds = {path.suffix for path in _damageable(directory)}
    assert kinds == {f".{kind}" for kind in KINDS} | {".toc", ".tables", ".dead"}
    return directory


def test_every_missing_file_is_named(second: Path) -> None:
    """Without any one of its files, or half of it, an index does not open, and says which it is."""
    for path in _damageable(second):
        if path.suffix == ".toc":
            continue  # without its table of contents a generation does not exist
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(DamagedIndex, match=f"{path.name} is missing"):
            Index.open(second)
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(DamagedIndex, match=path.name):
            Index.open(second)
        path.write_bytes(content)
    Index.open(second)


def test_every_flipped_bit_is_named(second: Path) -> None:
    """One flipped bit in the middle of any file is found by verify, which names the file and none besides."""
    for path in _damageable(second):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 16
        path.write_bytes(content)
        problems = verify(second).problems
        assert len(problems) == 1
        assert path.name in problems[0]
        content[len(content) // 2] ^= 16
        path.write_bytes(content)
    assert verify(second).problems == []


def test_flipped_stored_text_is_not_served(second: Path) -> None:
    """A changed block of stored text is found when a document of it is read."""
    entry = read_manifest(second).segments[0]
    path = second / f"{entry.name}.stored"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    index = Index.open(second)
    with pytest.raises(DamagedIndex, match=path.name):
        index.stored(0)


def test_a_cut_table_of_contents(second: Path) -> None:
    """A table of contents that was cut or changed is refused; the pickle in it is never trusted for our own reading."""
    path = toc_path(second, 2)
    content = path.read_bytes()
    for size in (0, 10, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(DamagedIndex, match=path.name):
            Index.open(second)
    path.write_bytes(b"x" + content[1:])
    with pytest.raises(DamagedIndex, match="checksum"):
        Index.open(second)


def test_lies_behind_good_checksums(second: Path, open_writer: OpenWriter) -> None:
    """Verify also finds a file that is whole in itself, but does not belong to the others."""
    first_segment, second_segment = read_manifest(second).segments
    shutil.copy(second / f"{first_segment.name}.positions", second / f"{second_segment.name}.positions")
    problems = verify(second).problems
    assert len(problems) == 1
    assert f"{second_segment.name}.positions" in problems[0]


def test_damaged_index_can_be_replaced(second: Path, open_writer: OpenWriter) -> None:
    """A writer refuses to add to an index that does not open, but a fresh one replaces it."""
    path = toc_path(second, 2)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArchiveError):
        open_writer(second)
    with open_writer(second, fresh=True) as writer:
        writer.add(document(1, 3))
        assert writer.commit() == 3
    assert contents(Index.open(second).snapshot) == expected([document(1, 3)])
