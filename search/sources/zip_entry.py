"""One entry of a zip: its bytes, checked, and how to get to what follows it, whatever its header says or hides."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from search.errors import RejectedInput
from search.sources.budget import Budget
from search.sources.packing import Decoder, bunzip2, damage, inflate, unzstd
from search.sources.stream import BUFFER, Input

ENTRY = b"PK\x03\x04"
DIRECTORY = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08")  # what follows the entries
DESCRIPTOR = b"PK\x07\x08"
ENCRYPTED, LENGTH_FOLLOWS, UTF8 = 1, 8, 1 << 11  # flags
_STORED = 0
_DECODERS = {8: inflate, 12: bunzip2, 93: unzstd}
_METHODS = {9: "deflate64", 14: "lzma", 95: "xz", 98: "ppmd", 99: "AES"}
_STEP = 1 << 12


class Header(NamedTuple):
    """What stands before an entry; the length is -1 where it only stands behind it."""

    name: str
    flags: int
    method: int
    checksum: int
    length: int


class ZipBytes:
    """The bytes of an archive, some of which may be given back.

    Args:
        archive: that they are of.
    """

    def __init__(self, archive: Input) -> None:
        self._stream, self._source, self.offset = archive.stream, archive.source, 0
        self._ahead, self._at = b"", 0  # bytes that were given back, and how many of them were read again

    def some(self, wanted: int) -> bytes:
        """At least one of the next bytes, and no more than wanted; none at the end."""
        data = self._ahead[self._at : self._at + wanted]
        self._at += len(data)
        data = data or self._stream.read(wanted)
        self.offset += len(data)
        return data

    def exactly(self, wanted: int) -> bytes:
        """That many of the next bytes.

        Raises:
            RejectedInput: the archive ends before.
        """
        data = b""
        while len(data) < wanted:
            data += self.some(wanted - len(data)) or self.cut()
        return data

    def give_back(self, data: bytes) -> None:
        """Makes these, the last ones that were read, the next ones."""
        again = max(0, self._at - len(data))
        if self._ahead[again : self._at] != data:
            self._ahead, again = data + self._ahead[self._at :], 0
        self._at = again
        self.offset -= len(data)

    def cut(self) -> bytes:
        """Says that more bytes are missing.

        Raises:
            RejectedInput: always.
        """
        raise RejectedInput(self._source, "the zip file is cut short; what came before was read")

    def damaged(self) -> RejectedInput:
        """Says that the place is not what it should be."""
        return RejectedInput(self._source, "the zip file is damaged; what came before and after was read")


def skip_to_signature(data: ZipBytes) -> bool:
    """Goes to the next header, or to the directory; False where there is none."""
    while chunk := data.some(BUFFER):
        places = [place for sign in (ENTRY, *DIRECTORY) if (place := chunk.find(sign)) >= 0]
        if places:
            data.give_back(chunk[min(places) :])
            return True
        if len(chunk) > 3:  # a signature may begin in the last bytes
            data.give_back(chunk[-3:])
    return False


def unreadable(header: Header) -> str:
    """Why an entry cannot be read, if it cannot."""
    if header.flags & ENCRYPTED:
        return "encrypted; unpack the archive with its password"
    if header.method != _STORED and header.method not in _DECODERS:
        name = _METHODS.get(header.method, f"method {header.method}")
        return f"packed by {name}, which is not read; unpack the archive, or pack it with deflate"
    return ""


class Part:
    """The bytes of one entry, and how to go to what follows them.

    Args:
        source: of the entry.
        data: of the archive, right behind the header.
        header: of the entry.
        budget: that the unpacked bytes are counted in.
    """

    def __init__(self, source: str, data: ZipBytes, header: Header, budget: Budget) -> None:
        self.source, self._data, self._header, self._budget = source, data, header, budget
        # Packed bytes that are left; below 0 where the packing itself tells the end, which cannot lie as a header can.
        self._left = -1 if header.method in _DECODERS and not unreadable(header) else header.length
        self._decoder = _decoder(header)
        self._checksum = 0
        self._last = b""  # packed bytes that were taken
        self._ended = self._broken = False

    def read(self, wanted: int) -> bytes:
        """Up to so many of the next bytes; none at the end.

        Raises:
            RejectedInput: the entry is damaged, or the archive is cut short or a bomb.
        """
        if self._ended:
            return b""
        try:
            out = self._decoded(wanted)
        except damage() as error:
            self._broken = True
            raise RejectedInput(self.source, f"damaged ({error}); the other entries are read") from error
        self._checksum = zlib.crc32(out, self._checksum)
        self._budget.unpack(len(out))
        if not out:
            self._end()
        return out

    def _decoded(self, wanted: int) -> bytes:
        out = b""
        while not out and not self._decoder.eof:
            out = self._decoder.decompress(self._step() if self._decoder.needs_input else b"", wanted)
        return out

    def _step(self) -> bytes:
        """Some more packed bytes.

        Raises:
            RejectedInput: the archive is cut short.
        """
        step = self._data.some(_STEP if self._left < 0 else min(_STEP, self._left)) or self._data.cut()
        self._left -= len(step) if self._left > 0 else 0
        self._last = step
        return step

    def _end(self) -> None:
        """Checks what was read; an entry whose bytes are others than those packed is no text to be trusted."""
        stated = self._header.checksum
        self._ended = True
        self._data.give_back(self._decoder.unused_data)
        if self._header.flags & LENGTH_FOLLOWS:
            stated = _descriptor(self._data)
        if stated != self._checksum:
            raise RejectedInput(self.source, "damaged (its checksum is wrong); the other entries are read")

    def finish(self) -> None:
        """Goes to what follows the entry."""
        if self._ended:
            return
        if self._left < 0:
            self._find_end()
            return
        while self._left > 0:
            self._left -= len(self._data.some(min(BUFFER, self._left)) or self._data.cut())
        if self._header.flags & LENGTH_FOLLOWS:
            _descriptor(self._data)

    def _find_end(self) -> None:
        """Unpacks the entry up to its end; looks for the next header where it cannot be unpacked."""
        try:
            while not self._broken and not unreadable(self._header) and self.read(BUFFER):
                pass
        except RejectedInput as rejection:
            if rejection.source != self.source:
                raise
        if not self._ended:
            self._data.give_back(self._last)
            skip_to_signature(self._data)


def _descriptor(data: ZipBytes) -> int:
    """The checksum in what follows an entry, which has lengths of 4 or of 8 bytes each and tells nowhere which."""
    first = data.exactly(4)
    checksum = data.exactly(4) if first == DESCRIPTOR else first
    data.exactly(8)
    following = data.exactly(2)
    data.give_back(following)
    if following != ENTRY[:2]:
        data.exactly(8)
    return int.from_bytes(checksum, "little")


def _decoder(header: Header) -> Decoder:
    if header.method in _DECODERS:
        return _DECODERS[header.method]()
    return _Stored(header.length) if header.length >= 0 else _StoredUntilDescriptor()


class _Stored:
    """Passes on what is not packed."""

    needs_input = True
    unused_data = b""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def eof(self) -> bool:
        return not self._left

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._left -= len(data)
        return data


class _StoredUntilDescriptor:
    """Passes on what is not packed, up to where the length of what was passed on stands."""

    needs_input = True
    _SIZE = 12  # bytes of a descriptor that are looked at

    def __init__(self) -> None:
        self.eof, self.unused_data = False, b""
        self._pending, self._length = b"", 0

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._pending += data
        place = self._pending.find(DESCRIPTOR)
        while 0 <= place <= len(self._pending) - self._SIZE:
            if self._is_end(place):
                self.eof, self.unused_data = True, self._pending[place:]
                return self._passed(place)
            place = self._pending.find(DESCRIPTOR, place + 1)
        return self._passed(place if place >= 0 else max(0, len(self._pending) - len(DESCRIPTOR) + 1))

    def _is_end(self, place: int) -> bool:
        stated: int = struct.unpack_from("<I", self._pending, place + 8)[0]
        return stated == (self._length + place) & 0xFFFFFFFF

    def _passed(self, count: int) -> bytes:
        out, self._pending = self._pending[:count], self._pending[count:]
        self._length += count
        return out
