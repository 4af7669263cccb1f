"""Spacing: the same words whether a half-space was kept, typed as a blank, or lost.

Pieces are folded from left to right onto the forms before them (`step`): an affix joins its host, می its verb, the
parts of a compound that is written solid become that solid word; a solid string that hides several words falls apart.
"""

from __future__ import annotations

import re

from search.persian.morphology import Morphology
from search.persian.tables import Tables
from search.persian.variants import respell
from search.persian.verbs import IMPERFECTIVE

# ruff: noqa: SIM905 (a line of words is easier to read than a list of quoted ones)
_PLURALS = "ها های هایی هایم هایت هایش هایمان هایتان هایشان هایند هاست هام هات هاش هامان هاتان هاشان".split()
_COMPARATIVES = "تر ترین تری ترینی ترها ترهای ترینها ترینهای".split()
_CLITICS = "ام ات اش ای ایم اید اند ایی یی ست مان تان شان یم یت یش یمان یتان یشان ی".split()
SUFFIXES = frozenset([*_PLURALS, *_COMPARATIVES, *_CLITICS])
_SPLIT_TAILS = SUFFIXES | {"ان", "ات", "یان", "یها", "یهای"}
_LONGEST_TAIL = max(map(len, _SPLIT_TAILS))
_LONGEST_PIECE = 64
_MEMO_LIMIT = 200_000  # pieces
_PERSIAN = re.compile(r"[\u0620-\u08ff]")
CONJUNCTION = "و"
_PREVERB = re.compile(r"(بر|در|باز|فرا|فرو|وا|ور)(ن?می.*)")
_RUNTIME_RARE = 5  # a solid string this rare may be two words whose blank was lost,
_RUNTIME_KNOWN = 30  # if both of them are this frequent


class Spacing:
    """Which forms a sequence of pieces stands for, by the tables of a generation.

    Attributes:
        leading: forms behind which the next piece needs `step`, whatever it is.
    """

    def __init__(self, tables: Tables, morphology: Morphology) -> None:
        self._tables = tables
        self._morphology = morphology
        self._joined = frozenset(tables.joins.values())
        self._memo: dict[str, tuple[str, ...]] = {}
        heads, self._tails = _triggers(tables)
        self._coordinated = {key.partition(" ")[2] for key in tables.joins}
        self.leading = IMPERFECTIVE | heads

    def attaches(self, piece: str) -> bool:
        """Whether a piece needs `step` because it may become one word with whatever forms stand before it."""
        return piece in SUFFIXES or any(tail in self._tails for tail, _ in _prefixes(piece))

    def coordinates(self, piece: str) -> bool:
        """Whether a piece may become one word with a form before it and an و between."""
        return any(f"{CONJUNCTION} {tail}" in self._coordinated for tail, _ in _prefixes(piece))

    def step(self, forms: list[str], piece: str) -> tuple[int, tuple[str, ...]]:
        """How a piece continues a text.

        Args:
            forms: at least the two forms before the piece, as far as nothing but blanks stands between.
            piece: the next folded piece.

        Returns:
            How many of the last forms the piece replaces, and the forms that stand in their place.
        """
        if not forms:
            return 0, self.words(piece)
        before = forms[-1]
        if before in IMPERFECTIVE and before + piece in self._tables.verbs:
            return 1, (before + piece,)
        for tail, rest in _prefixes(piece):
            if len(forms) > 1 and before == CONJUNCTION and (solid := self._tables.joins.get(f"{forms[-2]} و {tail}")):
                return 2, self.words(solid + rest)
            if solid := self._tables.joins.get(f"{before} {tail}"):
                return 1, self.words(solid + rest)
        if piece in SUFFIXES and self._takes(before, piece):
            return 1, self.words(before + piece)
        return 0, self.words(piece)

    def _takes(self, host: str, suffix: str) -> bool:
        """Whether a form and a suffix after it are one word: the whole must still be read as the host."""
        if host + suffix in self._tables.stopwords:
            return True
        if len(host) < 2 or not _PERSIAN.match(host) or host in self._tables.stopwords:
            return False
        if host + suffix in self._tables.verbs or (suffix == "ی" and host[-1] in "هاو"):
            return True
        read = self._morphology.lemmas(host + suffix)
        return any(lemma in read for lemma in self._morphology.lemmas(host))

    def words(self, piece: str) -> tuple[str, ...]:
        """The forms that a solid piece stands for: mostly itself."""
        if (known := self._memo.get(piece)) is None:
            if len(self._memo) > _MEMO_LIMIT:
                self._memo.clear()
            known = self._memo[piece] = self._words(piece)
        return known

    def _words(self, piece: str) -> tuple[str, ...]:
        if len(piece) > _LONGEST_PIECE:
            return (piece[:_LONGEST_PIECE],)
        if len(piece) < 3 or not _PERSIAN.match(piece):
            return (piece,)
        word = self._without_ezafe(respell(piece))
        for head, rest in _prefixes(word):
            if rest and (word in self._joined or word in self._tables.words):
                break
            if parts := self._tables.splits.get(head):
                *first, last = parts.split(" ")
                return (*first, last + rest)
        return self._split(word)

    def _without_ezafe(self, word: str) -> str:
        """خانهی, what is left of خانه‌ی, is the same word as خانه and خانهٔ."""
        words = self._tables.words
        return word[:-1] if word.endswith("هی") and word not in words and word[:-1] in words else word

    def _split(self, word: str) -> tuple[str, ...]:
        if (preverb := _PREVERB.match(word)) and (preverb[2] in self._tables.verbs or preverb[2] in IMPERFECTIVE):
            return preverb[1], preverb[2]
        if word[0] == CONJUNCTION and self._hides_conjunction(word):
            return CONJUNCTION, word[1:]
        if not self._is_unknown(word):
            return (word,)
        counts = self._tables.counts
        halves = [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
        known = [(a, b) for a, b in halves if counts.get(a, 0) >= _RUNTIME_KNOWN and counts.get(b, 0) >= _RUNTIME_KNOWN]
        return max(known, key=lambda half: counts[half[0]] * counts[half[1]], default=(word,))

    def _hides_conjunction(self, word: str) -> bool:
        """Whether و was glued to the word after it (وگفت)."""
        rest, tables = word[1:], self._tables
        if word in tables.words or word in tables.verbs or word in tables.verbal or len(rest) < 2:
            return False
        count = tables.counts.get(rest, 0)
        return count >= _RUNTIME_KNOWN and count > 5 * tables.counts.get(word, 0)

    def _is_unknown(self, word: str) -> bool:
        tables = self._tables
        return (
            tables.counts.get(word, 0) < _RUNTIME_RARE
            and word not in tables.words
            and word not in tables.verbs
            and word not in tables.verbal
            and self._morphology.lemmas(word) == (word,)
            and self._morphology.stem(word) == word
        )


def _prefixes(word: str) -> list[tuple[str, str]]:
    """The word and its beginnings that an inflection may follow, each with the rest, longest first."""
    cuts = range(len(word) - 1, max(len(word) - _LONGEST_TAIL, 2) - 1, -1)
    return [(word, "")] + [(word[:cut], word[cut:]) for cut in cuts if word[cut:] in _SPLIT_TAILS]


def _triggers(tables: Tables) -> tuple[set[str], set[str]]:
    """The forms and the pieces that call for a look into `joins`: of each pair the rarer one."""
    heads: set[str] = set()
    tails: set[str] = set()
    for key in tables.joins:
        head, _, tail = key.rpartition(" ")
        if tables.counts.get(head, 0) < tables.counts.get(tail, 0) and " " not in head:
            heads.add(head)
        else:
            tails.add(tail)
    return heads, tails
