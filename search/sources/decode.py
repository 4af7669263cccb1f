"""Bytes -> text: by byte order mark, by validity as UTF-8, by declaration, by which letters come out.

Persian pages are UTF-8 or windows-1256, and their declarations are often missing or wrong. Bytes that are valid UTF-8
beyond ASCII are UTF-8 whatever was declared: text in an 8-bit encoding is practically never valid by chance.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from search.errors import RejectedInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a page may declare beside UTF-8, by Python's names; anything else is no evidence.
_DECLARABLE = frozenset({"cp1256", "iso8859-6", "mac-arabic", "mac-farsi", "cp720", "cp864", "utf-16", "utf-32"})
_COMMON_NAMES = {"cp1256": "windows-1256"}
_ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06f0-\u06f9]")
_LEAST_ARABIC = 0.7  # share of the characters beyond ASCII that are Arabic letters, in text that was decoded rightly
_MOST_DAMAGED = 0.02  # share of them that may be replaced before another encoding is tried
_MOST_DAMAGED_OF_ALL = 0.005  # share of all characters that may be replaced where no encoding fits
_ENOUGH = 1 << 16  # characters that are looked at


class Decoded(NamedTuple):
    """Text, the encoding it was in (by Python's name), and what had to be assumed to read it."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, source: str, declared: str = "") -> Decoded:
    """The text of some bytes.

    Args:
        data: all bytes of a document or a line.
        source: of the bytes, for the rejection.
        declared: the charset that the document names, if any.

    Raises:
        RejectedInput: it is not text in UTF-8, UTF-16, windows-1256 or the declared encoding.
    """
    encoding = marked(data) or "utf-8"
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd")
    tolerant = Decoded(text, encoding, (f"{damaged} places are not valid {encoding}; each shows as \ufffd",))
    if damaged <= _MOST_DAMAGED * _beyond_ascii(text):
        return tolerant
    named = _python_name(declared)
    for candidate in (named, "cp1256"):
        other = _decode_as(data, candidate)
        if other is not None:
            assumed = (
                ()
                if candidate == named
                else (f"read as {_COMMON_NAMES.get(candidate, candidate)}, since it is not UTF-8",)
            )
            return Decoded(other, candidate, assumed)
    if damaged <= _MOST_DAMAGED_OF_ALL * len(text):
        return tolerant
    raise RejectedInput(source, "not text in UTF-8 or windows-1256; save it again in UTF-8")


def marked(data: bytes) -> str:
    """The encoding that a byte order mark names, or ""."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def encoding_of(head: bytes, source: str) -> str:
    """The encoding of a file, told from its first bytes, for reading it as a stream.

    Raises:
        RejectedInput: as for `decode`.
    """
    whole_lines = head[: head.rfind(b"\n") + 1] or head
    return marked(head) or decode(whole_lines, source).encoding


def _python_name(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):  # ValueError: a null character in the name
        return ""
    return name if name in _DECLARABLE else ""


def _decode_as(data: bytes, encoding: str) -> str | None:
    """The text in that encoding, if it exists and Arabic letters come out of it."""
    if not encoding:
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    beyond = _beyond_ascii(text[:_ENOUGH])
    return text if beyond and len(_ARABIC_LETTER.findall(text[:_ENOUGH])) >= _LEAST_ARABIC * beyond else None


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
