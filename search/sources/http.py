"""A message of HTTP as it was saved -> its status, its type, and its body without chunks and compression."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import NamedTuple

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from search.sources.packing import Decoder, damage, gunzip, inflate, unbrotli, unzlib, unzstd

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.I)
_HTML_TYPES = ("text/html", "application/xhtml")
_HTML_START = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_STATUS = re.compile(r"\d{3}\b")
_LONGEST_HEAD = 1 << 16  # bytes of the headers
_STEP = 1 << 10  # bytes that are unpacked at a time
_UNPACKING = {
    "gzip": (gunzip,),
    "x-gzip": (gunzip,),
    "deflate": (unzlib, inflate),  # servers mean either
    "br": (unbrotli,),
    "zstd": (unzstd,),
}


class Message(NamedTuple):
    """The answer of a server, as it was saved.

    Attributes:
        status: 200 and so on; 0 where it cannot be read.
        type: of the content, as the server names it, or "".
        body: as the server meant it to be shown.
        cut: whether the body ends before its end.
    """

    status: int
    type: str
    body: bytes
    cut: bool


def read_message(data: bytes, limit: int) -> Message:
    """The parts of a message.

    Args:
        data: all its bytes, headers and body.
        limit: of the body, in bytes; no more than one byte beyond it is unpacked.
    """
    head = io.BytesIO(data[:_LONGEST_HEAD])
    headers = StatusAndHeadersParser([], verify=False).parse(head) if data else None
    if headers is None:
        return Message(0, "", b"", cut=False)
    status = _STATUS.match(headers.statusline)
    body, cut = data[head.tell() :], False
    if "chunked" in _value(headers, "Transfer-Encoding").lower():
        body, cut = _unchunked(body)
    for coding in reversed(_value(headers, "Content-Encoding").lower().split(",")):
        body, cut_here = _unpacked(body, _UNPACKING.get(coding.strip(), ()), limit)
        cut = cut or cut_here
    return Message(int(status[0]) if status else 0, _value(headers, "Content-Type").strip(), body, cut)


def is_page(type: str, body: bytes) -> bool:
    """Whether something is HTML: by its type, or by its first bytes where no type is stated."""
    return type.lower().startswith(_HTML_TYPES) if type else _HTML_START.match(body) is not None


def charset_of(type: str) -> str:
    """The encoding that a type of content names, or ""."""
    match = _CHARSET.search(type)
    return match[1] if match else ""


def _value(headers: StatusAndHeaders, name: str) -> str:
    return headers.get_header(name) or ""


def _unchunked(body: bytes) -> tuple[bytes, bool]:
    """A body without its chunks, and whether the last is missing; as it is, where it has none after all."""
    parts: list[bytes] = []
    place = 0
    while match := _CHUNK.match(body, place):
        start, size = match.end(), int(match[1], 16)
        if not size:
            return b"".join(parts), False
        parts.append(body[start : start + size])
        place = start + size
    return (b"".join(parts), True) if parts else (body, False)


def _unpacked(body: bytes, decoders: tuple[Callable[[], Decoder], ...], limit: int) -> tuple[bytes, bool]:
    """A body without its compression, and whether its end is missing; as it is, where it is not compressed so.

    What saves pages often keeps the name of a compression that it has undone.
    """
    for decoder in decoders:
        found = _through(decoder(), body, limit)
        if found is not None:
            return found
    return body, False


def _through(decoder: Decoder, body: bytes, limit: int) -> tuple[bytes, bool] | None:
    """What comes out of a body, and whether its end is missing; None where nothing does."""
    out, place = bytearray(), 0
    while not decoder.eof and len(out) <= limit and (place < len(body) or not decoder.needs_input):
        step = body[place : place + _STEP] if decoder.needs_input else b""
        place += len(step)
        try:
            out += decoder.decompress(step, limit + 1 - len(out))
        except damage():
            break
    return (bytes(out), not decoder.eof) if out else None
