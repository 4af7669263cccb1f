"""Chunks and pieces: where a text falls apart before any word is understood.

A chunk is what stands between two blanks; it is the unit of the memo in `analyzer`. A piece is a run of letters of one
script, or of digits, inside a chunk: the half-space separates pieces exactly as a blank does, because writers use the
one for the other.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from search.persian.letters import fold_aligned

CHUNK = re.compile(r"\S+")
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c7"
_PIECE = re.compile(rf"[0-9]{{1,3}}(?:[,٬،'’][0-9]{{3}})+(?![0-9])|[0-9]+|[{_ARABIC}]+|[^\W0-9_{_ARABIC}]+")
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
    found: list[Piece] = []
    before = 0
    for match in _PIECE.finditer(folded):
        first, after = match.span()
        barrier = _BARRIER.search(folded, before, first) is not None
        text = _NOT_DIGITS.sub("", match[0]) if match[0][0] <= "9" else match[0]
        end = origins[after - 1] + 1
        if marks := _MARKS.match(chunk, end):
            end = marks.end()
        found.append(Piece(text, offset + origins[first], offset + end, barrier))
        before = after
    return found


def ends_open(chunk: str) -> bool:
    """Whether the next chunk may continue the last word of this one: no punctuation stands at its end."""
    folded, _ = fold_aligned(chunk[-8:])
    return folded.rstrip("\u200c")[-1:].isalnum()
