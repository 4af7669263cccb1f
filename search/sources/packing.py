"""Streams that are compressed (gzip, bzip2, xz, zstd): told from their first bytes, unpacked as they are read.

A stream may hold several packed parts in a row, as those of web archives and of parallel packers do. What comes out
before a cut or a damaged place is given; only then the rejection is raised.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from search.errors import RejectedInput
from search.sources.budget import MAX_PACKINGS, Budget
from search.sources.stream import BUFFER, Input

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_STEP = 1 << 13  # bytes that are unpacked at a time: what a damaged place takes with it, at most
_GZIP_PART = re.compile(rb"\x1f\x8b\x08[\0-\x1f]")
_TRIAL = 1 << 9  # bytes from which something has to come out where a part seems to begin
MOST_MEMORY = 128 << 20  # bytes of the dictionary that a packed stream may ask for (`xz -9` needs 64 MB)


class Decoder(Protocol):
    """What unpacks one part, as the decompressors of the standard library do."""

    @property
    def eof(self) -> bool:
        """Whether the part is complete."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """What of the bytes given is behind the end of the part."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """What comes out of some more bytes, as much of it as is wanted at once."""


class _Inflate:
    """zlib's decompressor with the methods of the others."""

    def __init__(self, window: int) -> None:
        self._inflate = zlib.decompressobj(window)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._full

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._inflate.decompress(self._inflate.unconsumed_tail + data, max(max_length, 0))
        self._full = len(out) == max_length or bool(self._inflate.unconsumed_tail)
        return out


class _Zstd:
    """zstandard's decompressor with the methods of the others; it gives up to 8 MB at once, whatever is wanted."""

    _STEP = 1 << 8  # bytes; 4 of them may unpack to 128 KB

    def __init__(self) -> None:
        import zstandard

        self._frame = zstandard.ZstdDecompressor(max_window_size=MOST_MEMORY).decompressobj()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data + self._waiting

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self._waiting += data
        step, self._waiting = self._waiting[: self._STEP], self._waiting[self._STEP :]
        return self._frame.decompress(step)


class _Brotli:
    """Google's decompressor of brotli with the methods of the others."""

    unused_data = b""

    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._stream.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return bytes(self._stream.process(data, output_buffer_limit=max_length))


def gunzip() -> Decoder:
    """Unpacks gzip."""
    return _Inflate(zlib.MAX_WBITS | 16)


def inflate() -> Decoder:
    """Unpacks deflate as it is, without a header."""
    return _Inflate(-zlib.MAX_WBITS)


def unzlib() -> Decoder:
    """Unpacks deflate with the header of zlib."""
    return _Inflate(zlib.MAX_WBITS)


def unbrotli() -> Decoder:
    """Unpacks brotli, as servers pack pages."""
    return _Brotli()


def bunzip2() -> Decoder:
    """Unpacks bzip2."""
    import bz2

    return bz2.BZ2Decompressor()


def unxz() -> Decoder:
    """Unpacks xz."""
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)


def unzstd() -> Decoder:
    """Unpacks zstd."""
    return _Zstd()


@dataclass(frozen=True, slots=True)
class Packing:
    """One way of packing a stream, how it begins, and what unpacks a part of it."""

    name: str
    magics: tuple[bytes, ...]
    decoder: Callable[[], Decoder]


_GZIP = Packing("gzip", (b"\x1f\x8b",), gunzip)
_PACKINGS = (
    _GZIP,
    Packing("bzip2", tuple(f"BZh{level}1AY&SY".encode() for level in range(1, 10)), bunzip2),
    Packing("xz", (b"\xfd7zXZ\0",), unxz),
    # The second kind is a frame to be skipped, with which parallel packers begin.
    Packing("zstd", (b"\x28\xb5\x2f\xfd", *(bytes([kind]) + b"\x2a\x4d\x18" for kind in range(0x50, 0x60))), unzstd),
)


def unpacked(packed: Input, budget: Budget) -> Input:
    """The same source without the compression around it, if there is any.

    Raises:
        RejectedInput: it is packed more than MAX_PACKINGS times over.
    """
    found = packed
    for _ in range(MAX_PACKINGS):
        packing = _packing_of(found)
        if packing is None:
            return found
        found = Input(io.BufferedReader(_Unpacking(found, packing, budget), BUFFER), packed.source)
    if _packing_of(found):
        raise RejectedInput(packed.source, f"packed more than {MAX_PACKINGS} times over, the limit; unpack it")
    return found


def _packing_of(found: Input) -> Packing | None:
    head = found.stream.peek(16)[:16]
    return next((packing for packing in _PACKINGS if head.startswith(packing.magics)), None)


class _Unpacking(io.RawIOBase):
    """The one place where failures of unpacking become rejections."""

    def __init__(self, packed: Input, packing: Packing, budget: Budget) -> None:
        self._packed, self._packing, self._budget = packed, packing, budget
        self._decoder = packing.decoder()
        self._rest = b""  # packed, of the part that was just begun
        self._left = memoryview(b"")  # unpacked, but not asked for yet
        self._failure: RejectedInput | None = None
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view, filled = memoryview(buffer), 0
        while filled < len(view) and (self._left or self._more(len(view) - filled)):
            part = self._left[: len(view) - filled]
            view[filled : filled + len(part)] = part
            filled += len(part)
            self._left = self._left[len(part) :]
        if not filled and self._failure:
            failure, self._failure = self._failure, None
            raise failure
        return filled

    def _more(self, wanted: int) -> bool:
        """Unpacks some more; False at the end, or where it fails, which is put aside until all before it is read."""
        if self._failure or self._ended:
            return False
        try:
            data = self._decoded(wanted)
            self._budget.unpack(len(data))
        except RejectedInput as rejection:
            self._failure = rejection
            return False
        self._left, self._ended = memoryview(data), not data
        return bool(data)

    def _decoded(self, wanted: int) -> bytes:
        """The next bytes; none at the end of the last part.

        Raises:
            RejectedInput: the stream is cut short or damaged; whoever reads on gets what follows the damage.
        """
        out = b""
        while not out and (not self._decoder.eof or self._next_part()):
            step = self._step() if self._decoder.needs_input else b""
            try:
                out = self._decoder.decompress(step, wanted)
            except damage() as error:
                self._rest, self._decoder = self._part_in(step[1:]), self._packing.decoder()
                self._ended = not self._rest
                raise self._rejection(f"is damaged ({error})") from error
        return out

    def _part_in(self, ahead: bytes) -> bytes:
        """The start of the next part, in these bytes or behind them; none where no other part begins."""
        while self._packing is _GZIP:
            for start in _GZIP_PART.finditer(ahead):
                if _begins_part(ahead[start.start() : start.start() + _TRIAL]):
                    return ahead[start.start() :]
            step = self._packed.stream.read(BUFFER)
            if not step:
                break
            ahead = ahead[-_TRIAL:] + step
        return b""

    def _step(self) -> bytes:
        step, self._rest = self._rest or self._packed.stream.read(_STEP), b""
        if not step:
            self._ended = True
            raise self._rejection("is cut short")
        return step

    def _next_part(self) -> bool:
        """Starts with what follows a part that is complete, if anything but padding does."""
        rest = self._decoder.unused_data.lstrip(b"\0")
        while not rest:
            step = self._packed.stream.read(_STEP)
            if not step:
                return False
            rest = step.lstrip(b"\0")
        self._decoder, self._rest = self._packing.decoder(), rest
        return True

    def _rejection(self, reason: str) -> RejectedInput:
        return RejectedInput(self._packed.source, f"the {self._packing.name} file {reason}; what came before was read")


def _begins_part(data: bytes) -> bool:
    try:
        return bool(gunzip().decompress(data, 1))
    except zlib.error:
        return False


@cache
def damage() -> tuple[type[Exception], ...]:
    """What the decompressors raise."""
    import lzma

    import brotli
    import zstandard

    return brotli.error, zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError
