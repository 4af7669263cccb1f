"""Zip archives, read from front to back by the headers that stand before the entries.

The standard library's reader is not used: it needs the directory at the end, which an archive that was cut has lost and
one that is made to harm lies in, and it takes all of that into memory. Format: PKWARE, APPNOTE.TXT 6.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from search.errors import RejectedInput
from search.sources.budget import Budget
from search.sources.containers import Members, decoded_name, entry, is_passed_over, place
from search.sources.stream import Input
from search.sources.zip_directory import symbolic_links
from search.sources.zip_entry import (
    DESCRIPTOR,
    DIRECTORY,
    ENTRY,
    LENGTH_FOLLOWS,
    UTF8,
    Header,
    Part,
    ZipBytes,
    skip_to_signature,
    unreadable,
)

_SPANNED = (DESCRIPTOR, b"PK00")  # what may stand before the entries
_HEADER = struct.Struct("<2xHHxxxxIIIHH")
_ZIP64, _UNICODE_NAME = 0x0001, 0x7075  # extra fields
_IN_EXTRA = 0xFFFFFFFF  # a length that stands in the field _ZIP64
_OFFICE = ("[Content_Types].xml", "mimetype")  # the first entry of a docx, xlsx, odt, epub


def read_zip(archive: Input, budget: Budget) -> Members:
    """The files of a zip, each as a stream that has to be read before the next is taken.

    An entry that is encrypted or damaged gives a rejection, and the others are read. Links, where the directory can be
    read, and folders are passed over.

    Raises:
        RejectedInput: the zip is cut short or is an Office document; the limit of entries is exceeded.
    """
    data = ZipBytes(archive)
    links = symbolic_links(archive.path) if archive.path else frozenset()
    for first, offset in enumerate(_offsets(data)):
        if isinstance(offset, RejectedInput):
            yield offset
            continue
        header = _header(data)
        if not first and header.name in _OFFICE:
            raise RejectedInput(archive.source, "an Office document; save its articles as text, HTML or records")
        budget.enter()
        part = Part(place(archive.source, header.name), data, header, budget)
        wanted = offset not in links and not is_passed_over(header.name)
        if wanted and (reason := unreadable(header)):
            yield RejectedInput(part.source, reason)
        elif wanted:
            yield entry(part.source, part.read)
        part.finish()


def _offsets(data: ZipBytes) -> Iterator[int | RejectedInput]:
    """Where each header is, right behind its signature; a rejection for each stretch in which one should have been."""
    damaged = False
    while True:
        signature = data.exactly(4)
        if signature == ENTRY:
            damaged = False
            yield data.offset - 4
        elif signature in DIRECTORY:
            return
        elif signature not in _SPANNED or data.offset > 4:
            if not damaged:
                damaged = True
                yield data.damaged()
            data.give_back(signature[1:])
            if not skip_to_signature(data):
                return


def _header(data: ZipBytes) -> Header:
    flags, method, checksum, length, _, name_bytes, extra_bytes = _HEADER.unpack(data.exactly(_HEADER.size))
    name = data.exactly(name_bytes)
    extra = dict(_extra_fields(data.exactly(extra_bytes)))
    if _UNICODE_NAME in extra:
        name = extra[_UNICODE_NAME][5:]  # behind a version and a checksum
    if length == _IN_EXTRA and len(extra.get(_ZIP64, b"")) >= 16:
        length = int.from_bytes(extra[_ZIP64][8:16], "little")
    if flags & LENGTH_FOLLOWS and not length:
        length = -1
    return Header(
        name.decode("utf-8", "replace") if flags & UTF8 else decoded_name(name), flags, method, checksum, length
    )


def _extra_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        kind, size = struct.unpack_from("<HH", data)
        yield kind, data[4 : 4 + size]
        data = data[4 + size :]
