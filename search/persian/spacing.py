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
_PLURALS = "ها های هایی هایم هایت هایش هایمان هایتان هایشان هایند هاست".split()
_COMPARATIVES = "تر ترین تری ترینی ترها ترهای ترینها ترینهای".split()
_CLITICS = "ام ات اش ای ایم اید اند ایی یی ست مان تان شان یش یمان یتان یشان ی".split()
SUFFIXES = frozenset([*_PLURALS, *_COMPARATIVES, *_CLITICS])
_SPLIT_TAILS = SUFFIXES | {"ان", "ات", "یان", "یها", "یهای", "گر", "گران", "گری"}
_LONGEST_TAIL = max(map(len, _SPLIT_TAILS))
_LONGEST_PIECE = 64
_PERSIAN = re.compile(r"[\u0620-\u08ff]")
CONJUNCTION = "و"
_PREVERB = re.compile(r"(بر|در|باز|فرا|فرو|وا|ور)(ن?می.*)")
_PARTICIPLE_ENDINGS = ("گانی", "گان", "گی")  # after a word in ه, which they replace
_PARTICIPLE = re.compile(rf"(.{{2,}})({'|'.join(_PARTICIPLE_ENDINGS)})$")
_FUTURE = re.compile(r"(ن?خواه(?:یم|ید|ند|م|ی|د))(.{2,})")
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
        heads, self._tails = _triggers(tables)
        coordinated = [key for key in tables.joins if f" {CONJUNCTION} " in key]
        self._coordinated = {key.rpartition(" ")[2] for key in coordinated}
        self.leading = IMPERFECTIVE | heads

    def attaches(self, piece: str) -> bool:
        """Whether a piece needs `step` because it may become one word with whatever forms stand before it."""
        return piece in SUFFIXES or not self._tails.isdisjoint((head for head, _ in heads(piece)))

    def coordinates(self, piece: str) -> bool:
        """Whether a piece may become one word with a form before it and an و between."""
        return not self._coordinated.isdisjoint((head for head, _ in heads(piece)))

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
        for tail, ending in heads(piece):
            if len(forms) > 1 and before == CONJUNCTION and (solid := self._tables.joins.get(f"{forms[-2]} و {tail}")):
                return 2, self.words(inflected(solid, ending))
            if solid := self._tables.joins.get(f"{before} {tail}"):
                return 1, self.words(inflected(solid, ending))
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
        if suffix in _PLURALS:
            return not self._morphology.is_settled(host + suffix)
        read = self._morphology.lemmas(host + suffix)
        return any(lemma in read for lemma in self._morphology.lemmas(host))

    def words(self, piece: str) -> tuple[str, ...]:
        """The forms that a solid piece stands for: mostly itself."""
        if len(piece) > _LONGEST_PIECE:
            return (piece[:_LONGEST_PIECE],)
        if len(piece) < 3 or not _PERSIAN.match(piece):
            return (piece,)
        word = self._without_ezafe(respell(piece))
        return self._compound(word) or self._auxiliary(word) or self._split(word)

    def _compound(self, word: str) -> tuple[str, ...]:
        """The parts of a compound whose half-spaces were lost, its inflection on the last; none if it is no such."""
        for head, ending in heads(word):
            if ending and (word in self._joined or word in self._tables.words):
                return ()
            if parts := self._tables.splits.get(head):
                *first, last = parts.split(" ")
                return (*first, inflected(last, ending))
        return ()

    def _auxiliary(self, word: str) -> tuple[str, ...]:
        """A verb and an auxiliary, or a prefix and a verb, that lost what stood between: رفته‌است, خواهد رفت."""
        verbs, verbal = self._tables.verbs, self._tables.verbal
        if (match := _PREVERB.match(word)) and (match[2] in verbs or match[2] in IMPERFECTIVE):
            return match[1], match[2]
        if word.endswith("هاست") and (word[:-3] in verbal or word[:-3] in verbs):
            return word[:-3], word[-3:]
        if (match := _FUTURE.match(word)) and match[2] in verbal:
            return match[1], match[2]
        return ()

    def _without_ezafe(self, word: str) -> str:
        """خانهی, what is left of خانه‌ی, is the same word as خانه and خانهٔ; but گروهی is not گروه."""
        if word.endswith("هی") and len(word) > 4 and word[-3] not in "او" and not self._is_word(word):
            return word[:-1] if self._morphology.is_known(word[:-1]) else word
        return word

    def _is_word(self, word: str) -> bool:
        return word in self._tables.words or word in self._tables.guarded

    def _split(self, word: str) -> tuple[str, ...]:
        """Two words whose blank was lost; the word itself if it is one."""
        if not self._is_unknown(word):
            return (word,)
        if word[0] == CONJUNCTION and self._is_frequent(word[1:]):
            return CONJUNCTION, word[1:]
        halves = ((word[:cut], word[cut:]) for cut in range(2, len(word) - 1))
        known = [half for half in halves if self._is_frequent(half[0]) and self._is_frequent(half[1])]
        weight = self._morphology.weight
        return max(known, key=lambda half: weight(half[0]) * weight(half[1]), default=(word,))

    def _is_frequent(self, word: str) -> bool:
        if counts := self._tables.counts:
            return counts.get(word, 0) >= _RUNTIME_KNOWN
        return len(word) > 2 and self._morphology.is_settled(word)

    def _is_unknown(self, word: str) -> bool:
        tables = self._tables
        return (
            tables.counts.get(word, 0) < (_RUNTIME_RARE if word[0] != CONJUNCTION else _RUNTIME_KNOWN)
            and not self._is_word(word)
            and word not in tables.verbs
            and word not in tables.verbal
            and self._morphology.lemmas(word) == (word,)
            and self._morphology.stem(word) == word
        )


def heads(word: str) -> list[tuple[str, str]]:
    """The word and its beginnings that an inflection may follow, each with what follows, longest first."""
    cuts = range(len(word) - 1, max(len(word) - _LONGEST_TAIL, 2) - 1, -1)
    found = [(word, ""), *((word[:cut], word[cut:]) for cut in cuts if word[cut:] in _SPLIT_TAILS)]
    if participle := _PARTICIPLE.match(word):
        found.append((participle[1] + "ه", participle[2]))
    return found


def inflected(word: str, ending: str) -> str:
    """The opposite of `heads`: کننده and گان are کنندگان."""
    return word[:-1] + ending if ending in _PARTICIPLE_ENDINGS else word + ending


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
