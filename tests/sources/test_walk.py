"""The walk over files and folders."""

import os
from pathlib import Path

import pytest

from search.errors import PathNotFound, RejectedInput
from search.sources import Profile, read, walk


def tree(root: Path, *names: str) -> None:
    """Makes empty files, with the folders that they are in."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    """Files come sorted by name at every level, whatever their endings; hidden ones do not come."""
    tree(tmp_path, "b/2.html", "b/10.txt", "a.jsonl", "c", "b/.hidden", ".git/config", "b/د/خبر.txt")
    assert [str(path.relative_to(tmp_path)) for path in walk([tmp_path])] == [
        "a.jsonl",
        "b/10.txt",
        "b/2.html",
        "b/د/خبر.txt",
        "c",
    ]


def test_named_files_are_given_even_if_hidden(tmp_path: Path) -> None:
    """What the user names is taken as named, in the order named."""
    tree(tmp_path, ".hidden", "a")
    assert list(walk([tmp_path / ".hidden", tmp_path / "a"])) == [tmp_path / ".hidden", tmp_path / "a"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    """A link to a folder above is not followed twice; a link to another folder is followed once."""
    tree(tmp_path, "a/1", "b/2")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "z").symlink_to(tmp_path / "b")
    assert [path.name for path in walk([tmp_path])] == ["1", "2"]


def test_wrong_path_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """A path that does not exist is an error that names it."""
    tree(tmp_path, "a")
    with pytest.raises(PathNotFound, match=r"nowhere does not exist; name a file or a folder that does"):
        next(walk([tmp_path / "a", tmp_path / "nowhere"]))


def test_what_is_no_file_is_passed_over_or_rejected(tmp_path: Path) -> None:
    """A pipe in a folder is passed over; a dangling link is given, so that reading it says why it was rejected."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (path,) = walk([tmp_path])
    (rejection,) = read(path, Profile())
    assert isinstance(rejection, RejectedInput)
    assert str(rejection) == f"{path}: cannot be read: No such file or directory; check the file and its permissions"


def test_reading_a_pipe_or_a_folder_does_not_hang(tmp_path: Path) -> None:
    """Named by the user, they are rejected with what to do."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        (rejection,) = read(path, Profile())
        assert isinstance(rejection, RejectedInput)
        assert rejection.reason == "not a file that can be listed or read; name files and readable folders"


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    """An empty folder is walked without an error."""
    assert list(walk([tmp_path])) == []


def test_archive_toml_is_no_source(tmp_path):
    """Inside a folder, the file that describes an archive is passed over; named by itself, it is what was asked for."""
    toml, page = tmp_path / "archive.toml", tmp_path / "page.txt"
    toml.touch()
    page.touch()
    assert list(walk([tmp_path])) == [page]
    assert list(walk([toml])) == [toml]
