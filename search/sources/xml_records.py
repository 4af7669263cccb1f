"""Files of XML that are a long row of records (feeds, Hamshahri's own) -> one record after the other.

The file is cut at the records' tags, and each record is parsed by itself: memory is bounded, a fault costs one record,
a root element may be missing, and what a document type declares (entities that grow, files to include) is never read.
A record begins at its opening tag and ends at its closing tag or at the next opening one, even within CDATA: in real
files CDATA that was never closed is common, and the tag of a record inside of it is not.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from html.entities import html5
from itertools import islice
from typing import NamedTuple

from lxml import etree

from search.errors import RejectedInput
from search.sources.decode import encoding_of
from search.sources.paragraphs import without_controls
from search.sources.stream import HEAD_BYTES

CUT_RECORD = "the file ends within this record"

MAX_RECORD = 4 << 20  # characters of one record; mended and parsed, it takes some fifty times that in memory
_CHUNK = 1 << 18  # characters
_LONGEST_TAG = 64  # characters of the name of a record's tag
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_NAMED = re.compile(r"&(\w{1,31};)")
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][\da-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?])")
_OPENED = re.compile(r"<([\w:]+)(?:\s[^<>]*)?>\s*$")
_CLOSED = re.compile(r"</[\w:]+\s*>\s*$")
_MOST_CHILDREN = 1000
_MOST_UNCLOSED = 100  # sections of CDATA of one record; each is looked for in all of it
_MOST_NESTED = 3  # elements that end where CDATA was not closed


class Block(NamedTuple):
    """One record as it is written.

    Attributes:
        line: of the file, on which it begins.
        text: from its opening tag on; "" where it is too long for a record.
        whole: whether it has an end.
    """

    line: int
    text: str
    whole: bool = True


class Record:
    """One record, parsed.

    Args:
        element: the record; of its children the first 1,000 are looked at.
        place: the file and the line that it begins on.
        notes: on what could not be read of it.
    """

    def __init__(self, element: etree._Element, place: str, notes: list[str]) -> None:
        self.place, self.notes = place, notes
        self._named: dict[str, list[etree._Element]] = {}
        for child in islice(element, _MOST_CHILDREN):
            self._named.setdefault(name_of(child), []).append(child)

    def children(self, *names: str) -> list[etree._Element]:
        """The children of these names, in the order of the names; see `name_of`."""
        return [child for name in names for child in self._named.get(name, ())]

    def text(self, *names: str) -> str:
        """The text of the first child of these names that has any."""
        return next(filter(None, map(text_of, self.children(*names))), "")

    def markup(self, name: str) -> str:
        """What is in the first child of this name that is not empty; see `markup_of`."""
        return next(filter(None, map(markup_of, self.children(name))), "")


def read_records(stream: io.BufferedReader, tag: str, source: str) -> Iterator[Record | RejectedInput]:
    """The records of a file, or a rejection for each that cannot be read.

    Args:
        stream: the file.
        tag: of the records; letter case and a prefix do not matter.
        source: of the file.

    Raises:
        RejectedInput: its first bytes are no text.
    """
    encoding = encoding_of(stream.peek(HEAD_BYTES)[:HEAD_BYTES], source)
    for block in blocks(io.TextIOWrapper(stream, encoding, errors="replace"), tag):
        place = f"{source}:{block.line}"
        element = parse_record(block.text) if block.text else None
        if not block.text:
            yield RejectedInput(place, f"a record longer than {MAX_RECORD >> 20} MB, the limit; split it")
        elif element is None:
            yield RejectedInput(place, "no XML that can be parsed")
        else:
            yield Record(element, place, _notes(block, encoding))


def parse_record(text: str) -> etree._Element | None:
    """The element that a piece of XML holds, however faulty; None where there is none."""
    try:
        return etree.fromstring(_mended(without_controls(text)).encode(), _parser())
    except etree.XMLSyntaxError:
        return None


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip


def name_of(element: etree._Element) -> str:
    """The name of an element in lower case, with its prefix as written (`content:encoded`), without a namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def text_of(element: etree._Element) -> str:
    """The text in an element, without its tags and the white space around it."""
    return "".join(element.itertext()).strip()


def markup_of(element: etree._Element) -> str:
    """What is in an element: its text, which may be HTML, or its elements as HTML."""
    if not len(element):
        return (element.text or "").strip()
    inner = (etree.tostring(child, encoding="unicode") for child in element)
    return escape(element.text or "", quote=False) + "".join(inner)


def _notes(block: Block, encoding: str) -> list[str]:
    damaged = block.text.count("\ufffd")
    notes = [f"{damaged} places are not valid {encoding}; each shows as \ufffd"] if damaged else []
    return notes if block.whole else [*notes, CUT_RECORD]


def blocks(text: io.TextIOBase, tag: str) -> Iterator[Block]:
    """The records of a file; only the one that is being read, and a bit more, is kept in memory."""
    boundary = re.compile(rf"<(/?)(?:\w+:)?{tag}(?=[\s/>])", re.I)
    buffer, start, searched, line = "", -1, 0, 1  # start is that of the open record; line that of the buffer
    while True:
        found = boundary.search(buffer, searched)
        if found is not None:
            if start >= 0:
                end = found.start() if not found[1] else buffer.find(">", found.end()) + 1 or found.end()
                yield Block(line + buffer.count("\n", 0, start), _bounded(buffer[start:end]))
            start, searched = (-1 if found[1] else found.start()), found.end()
            continue
        chunk = text.read(_CHUNK)
        if not chunk:
            break
        if start >= 0 and len(buffer) - start > MAX_RECORD:
            yield Block(line + buffer.count("\n", 0, start), "")
            start = -1
        cut = start if start >= 0 else max(0, len(buffer) - _LONGEST_TAG)
        line += buffer.count("\n", 0, cut)
        searched = max(searched, len(buffer) - _LONGEST_TAG) - cut
        buffer, start = buffer[cut:] + chunk, 0 if start >= 0 else -1
    if start >= 0:
        yield Block(line + buffer.count("\n", 0, start), _bounded(buffer[start:]), whole=False)


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_RECORD else ""


def _mended(text: str) -> str:
    """XML with its CDATA written as text, closed or not, and without bare ampersands and unknown entities."""
    parts: list[str] = []
    place, unclosed = 0, 0
    while (start := text.find(_CDATA, place)) >= 0 and unclosed < _MOST_UNCLOSED:
        parts.append(_escaped(text[place:start]))
        end = text.find(_CDATA_END, start)
        following = text.find(_CDATA, start + len(_CDATA))
        if end < 0 or 0 <= following < end:
            unclosed += 1
            place = end = _end_of_unclosed(text, start, following if following >= 0 else len(text))
        else:
            place = end + len(_CDATA_END)
        parts.append(escape(text[start + len(_CDATA) : end], quote=False))
    parts.append(_escaped(text[place:]))
    return "".join(parts)


def _end_of_unclosed(text: str, start: int, limit: int) -> int:
    """Where CDATA without an end is over: before the closing tag of its element, else before those at the end."""
    opened = _OPENED.search(text, max(0, start - 4 * _LONGEST_TAG), start)
    end = text.find(f"</{opened[1]}", start) if opened else -1
    if end >= 0:
        return end
    end = limit
    for _ in range(_MOST_NESTED):
        closed = _CLOSED.search(text, max(start, end - 2 * _LONGEST_TAG), end)
        if closed is None:
            break
        end = closed.start()
    return end


def _escaped(text: str) -> str:
    """Markup whose ampersands and angle brackets are all those of XML."""
    if "&" in text:
        text = _BARE_AMPERSAND.sub("&amp;", _NAMED.sub(_entity, text))
    return _NO_TAG.sub("&lt;", text)


def _entity(found: re.Match[str]) -> str:
    """The characters that a name means in HTML; XML itself knows five names only."""
    known = html5.get(found[1], "") if found[1] not in _XML_ENTITIES else ""
    return escape(known) or found[0]
