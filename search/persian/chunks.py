"""Chunks and pieces: where a text falls apart before any word is understood.

A chunk is what stands between two blanks; it is the unit of the memo in `analyzer`. A piece is a run of letters of one
script, or of digits, inside a chunk: the half-space separates pieces exactly as a blank does, because writers use the
one for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from search.persian.letters import fold_aligned, fold_letters

CHUNK = re.compile(r"\S+")
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c7"
_PIECE = re.compile(rf"[0-9]{{1,3}}(?:[,٬،'’][0-9]{{3}})+(?![0-9])|[0-9]+|[{_ARABIC}]+|[^\W0-9_{_ARABIC}]+")
_SOLE = re.compile(rf"([{_ARABIC}]+)\W*")
# In folded text: Persian letters with the half-spaces between them, as one run.
PIECE_OF_FOLDED = re.compile(rf"[{_ARABIC}]+(?:\u200c+[{_ARABIC}]+)*")
_NOT_DIGITS = re.compile(r"[^0-9]")
_BARRIER = re.compile(r"[^\s\u200c]")
_MARKS = re.compile(r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u0621\u0674]+")


class Piece(NamedTuple):
    """A run of letters of one script, or of digits.

    Attributes:
        text: folded, without thousands separators.
        start, end: its characters in the original text.
        barrier: whether something other than blanks and half-spaces stands before it, so that it cannot be a part of
            the word before.
    """

    text: str
    start: int
    end: int
    barrier: bool


def pieces(chunk: str, offset: int = 0) -> list[Piece]:
    """The pieces of a chunk that starts at `offset` in its text."""
    folded, origins = fold_aligned(chunk)
    found = []
    for text, first, after, barrier in _runs(folded):
        end = origins[after - 1] + 1
        if marks := _MARKS.match(chunk, end):
            end = marks.end()
        found.append(Piece(text, offset + origins[first], offset + end, barrier))
    return found


def runs(chunk: str) -> list[tuple[str, bool]]:
    """The pieces of a chunk without their places: text and barrier of each."""
    folded = fold_letters(chunk)
    if sole := _SOLE.fullmatch(folded):
        return [(sole[1], False)]
    return [(text, barrier) for text, _, _, barrier in _runs(folded)]


def _runs(folded: str) -> Iterator[tuple[str, int, int, bool]]:
    before = 0
    for match in _PIECE.finditer(folded):
        first, after = match.span()
        barrier = first > before and _BARRIER.search(folded, before, first) is not None
        text = _NOT_DIGITS.sub("", match[0]) if match[0][0] <= "9" else match[0]
        yield text, first, after, barrier
        before = after


def ends_open(chunk: str) -> bool:
    """Whether the next chunk may continue the last word of this one: no punctuation stands at its end."""
    return chunk[-1:].isalpha() or fold_letters(chunk[-8:]).rstrip("\u200c")[-1:].isalnum()
