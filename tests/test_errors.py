"""The tree of errors: drawn completely, one line a message, an exit code and a status on each class."""

import re

import pytest

from search import errors


def tree(kind):
    """A class and everything under it."""
    return {kind} | {below for child in kind.__subclasses__() for below in tree(child)}


def classes():
    """Every class of the tree that stands in the module itself."""
    return sorted((c for c in tree(errors.BayeganError) if c.__module__ == errors.__name__), key=lambda c: c.__name__)


def test_the_drawing_names_every_class_under_its_parent():
    """The tree at the top of the module holds each class once, indented under the class it derives from."""
    drawn, path = {}, []
    for line in errors.__doc__.splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z]\w+)  ", line)
        if found:
            depth = len(found[1]) // 4
            path[depth:] = [found[2]]
            drawn[found[2]] = path[depth - 1] if depth else None
    assert drawn == {c.__name__: c.__base__.__name__ if c is not errors.BayeganError else None for c in classes()}


@pytest.mark.parametrize(
    ("kind", "exit_code", "status"),
    [
        (errors.BayeganError, 1, 500),
        (errors.UsageError, 2, 400),
        (errors.RejectedInput, 3, 500),
        (errors.NotFound, 1, 404),
        (errors.DamagedIndex, 1, 503),
        (errors.ArchiveLocked, 1, 503),
        (errors.ServerError, 1, 500),
    ],
)
def test_each_class_knows_its_exit_code_and_status(kind, exit_code, status):
    """The front ends read the code from the class, so the class must have the documented one."""
    assert (kind.exit_code, kind.http_status) == (exit_code, status)


def test_a_message_is_one_line_in_both_languages():
    """Line breaks in a message (of a library, of a path) do not reach the terminal; Persian defaults to English."""
    error = errors.ArchiveError("cannot\nread\t this;\n do that")
    assert str(error) == error.persian == "cannot read this; do that"
    assert errors.InvalidParameter("page", "no", persian="نه").persian == "نه"
    rejected = errors.RejectedInput("a.txt:3", "no text")
    assert (rejected.source, rejected.reason, str(rejected)) == ("a.txt:3", "no text", "a.txt:3: no text")
