"""Archives of files: which kind one is, and its members as streams, one after another, without unpacking to disk."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from search.errors import RejectedInput
from search.sources.budget import MAX_ENTRY, Budget
from search.sources.stream import HEAD_BYTES, Input

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Members = Iterator[Input | RejectedInput]
Container = Callable[[Input, Budget], Members]

_PERSIAN = re.compile(r"[\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc\u200c]")
_FEWEST_PERSIAN = 3  # characters of a name beyond ASCII; fewer may be anything
_LEAST_PERSIAN = 0.9  # share of the characters of a name beyond ASCII
_JOINERS = "\u200c\u200d"
_SKIPPED_NAMES = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


def container_of(found: Input) -> Container | None:
    """What reads the members of a source that is an archive; None where it is none."""
    head = found.stream.peek(512)[:512]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK")):
        from search.sources.zip import read_zip

        return read_zip
    if len(head) == 512 and b"\0" in head:
        from search.sources.tar import is_header, read_tar

        return read_tar if is_header(head) else None
    return None


def is_passed_over(name: str) -> bool:
    """Whether a member is none of the archivist's: hidden, a folder, or left there by an operating system."""
    parts = name.replace("\\", "/").split("/")
    return not parts[-1] or any(part in _SKIPPED_NAMES or (part.startswith(".") and part.strip(".")) for part in parts)


def place(outer: str, name: str) -> str:
    """`outer!name`, on one line and without what could turn the text around it."""
    return f"{outer}!{''.join(letter if letter.isprintable() or letter in _JOINERS else '\ufffd' for letter in name)}"


def decoded_name(name: bytes) -> str:
    """The name of a member, which no archive says the encoding of: UTF-8, or a code page of DOS or of Windows.

    Where it is not UTF-8, it is in cp720 or windows-1256, as Persian Windows packs, if nearly all that is beyond ASCII
    is Persian letters then; else in cp437, which is what zip says.
    """
    try:
        return name.decode()
    except UnicodeDecodeError:
        beyond = sum(byte > 0x7F for byte in name)
    for encoding in ("cp720", "cp1256"):
        text = name.decode(encoding, "replace")
        if beyond >= _FEWEST_PERSIAN and len(_PERSIAN.findall(text)) >= _LEAST_PERSIAN * beyond:
            return text
    return name.decode("cp437")


def entry(source: str, read: Callable[[int], bytes]) -> Input:
    """A member as a source.

    Args:
        source: of the member.
        read: gives up to so many of its next bytes, none at its end; raises RejectedInput where they are missing.
    """
    return Input(io.BufferedReader(_Entry(source, read), HEAD_BYTES), source)


class _Entry(io.RawIOBase):
    """The bytes of a member, up to the limit."""

    def __init__(self, source: str, read: Callable[[int], bytes]) -> None:
        self._source, self._read, self._count = source, read, 0
        self._ahead = b""  # bytes that came, but were not wanted yet
        self._failure: RejectedInput | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills the whole buffer, since a format is told from what one reading gives."""
        view, filled = memoryview(buffer), 0
        while filled < len(view) and (data := self._some(len(view) - filled)):
            view[filled : filled + len(data)] = data
            filled += len(data)
        if not filled and self._failure:
            raise self._failure
        return filled

    def _some(self, wanted: int) -> bytes:
        """Some of the next bytes; none at the end, or at a failure, which is put aside until all before it is read."""
        try:
            data = self._ahead or (b"" if self._failure else self._read(wanted))
        except RejectedInput as rejection:
            self._failure = rejection
            return b""
        data, self._ahead = data[:wanted], data[wanted:]
        self._count += len(data)
        if self._count > MAX_ENTRY:
            reason = f"larger than {MAX_ENTRY >> 30} GB, the limit of one entry; split it"
            self._failure = RejectedInput(self._source, reason)
        return data
