"""Text as it was published -> lines and paragraphs, without what is no text."""

from __future__ import annotations

import re
from itertools import pairwise

# Control characters that are no white space, and halves of surrogate pairs: no text has them on purpose.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# White space that carries no meaning; the no-break space is not here, since old pages use it as a half-space.
_SPACES = re.compile(r"[^\S\xa0]+")
_NARROW, _WIDE = 60, 120  # characters of the longest line of hard-wrapped text; a narrower text may be verse
_UNEVEN = 0.8  # share of the width that wrapped lines reach; old typesetting measured letters, not characters
_SENTENCE_ENDS = (".", "؟", "!", ":")
_FEWEST_WRAPPED = 3  # lines; with fewer it cannot be told


def without_controls(text: str) -> str:
    """The text without control characters; halves of surrogate pairs become U+FFFD."""
    return _NO_TEXT.sub(lambda found: "" if found[0] <= "\x7f" else "\ufffd", text)


def one_line(text: str) -> str:
    """The text with its white space as single spaces."""
    if "\xa0" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: its lines, or, where lines were wrapped at a width, the lines joined again.

    Only the white space at the ends of lines is changed.
    """
    if "\n" not in text and "\r" not in text:
        stripped = text.strip()
        return [stripped] if stripped else []
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    width = _wrapping_width(lines)
    if not width:
        return [stripped for line in lines if (stripped := line.strip())]
    return [one_line(" ".join(joined)) for joined in _unwrap(lines, width)]


def _wrapping_width(lines: list[str]) -> int:
    """The width at which lines were wrapped, in characters; 0 where they were not.

    Wrapped text has no long line, and lines that break off within a sentence do so where the next word would not
    have fitted.
    """
    width = max(map(len, lines))
    if not _NARROW <= width <= _WIDE or len(lines) < _FEWEST_WRAPPED:
        return 0
    pairs = [pair for pair in pairwise(lines) if pair[0].strip() and pair[1].strip()]
    broken_off = [pair for pair in pairs if not pair[0].rstrip().endswith(_SENTENCE_ENDS)]
    full = sum(_is_full(line, following, width) for line, following in broken_off)
    return width if full * 2 > len(broken_off) > len(pairs) / 3 else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the first word of the following line would not have fitted; within a sentence, nearly not."""
    line = line.rstrip()
    word = following.split(maxsplit=1)[0]
    return len(line) + 1 + len(word) > width * (1.0 if line.endswith(_SENTENCE_ENDS) else _UNEVEN)


def _unwrap(lines: list[str], width: int) -> list[list[str]]:
    """The lines of each paragraph: one ends at a blank line, or at a line that is not full."""
    blocks: list[list[str]] = []
    current: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip():
            current.append(line)
        if current and not (line.strip() and following.strip() and _is_full(line, following, width)):
            blocks.append(current)
            current = []
    return blocks
