"""Compounds: words of several parts, which writers part with a half-space, with a blank, or not at all.

Each compound gets one canonical spelling, the more frequent one: solid (then its parts are joined wherever they stand
beside each other) or apart (then the solid string is split wherever it stands).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from search.persian.affixes import HEADS, SUFFIXES, TAILS, heads
from search.persian.letters import ZWNJ, fold
from search.persian.lexicon import COMMON, Lexicon
from search.persian.packaged import lines, pairs
from search.persian.variants import respell
from search.persian.verbs import CONJUNCTION, IMPERFECTIVE

if TYPE_CHECKING:
    from search.persian.archive_counts import ArchiveCounts

_GLUED_RATIO = 2  # an unknown string is two words if these stand beside each other so many times as often
_ENDS = ("", "ی", "ان", "ها", "های")  # the commonest inflections of a last part
_SOLID_COUNT = 20  # a word that hazm does not know is a solid word if the archive has it so often
_SURE_COUNT = 3  # what is written so often is no slip of the keyboard
_JOIN_SHARE = 0.003  # parts are joined if the word stands at least this share as often as the rarer of them
_SPLIT_COUNT = 5  # a word that hazm knows is several if the archive parts it so often, and more often than not


class Compounds:
    """The canonical spelling of compounds, from hazm's list, the packaged ones, and an archive.

    Attributes:
        splits: solid string -> its parts, separated by blanks.
        joins: parts, separated by blanks -> solid word.
    """

    def __init__(self, lexicon: Lexicon, archive: ArchiveCounts, dropped: frozenset[str]) -> None:
        self.splits: dict[str, str] = {}
        self.joins: dict[str, str] = {}
        self._lexicon = lexicon
        self._archive = archive
        self._dropped = dropped
        self._totals = _totals(archive)
        for head, tail in self._bound():
            self._decide((head, tail), 0)
        for parts, count in sorted(self._written().items(), key=lambda item: (item[1], item[0])):
            self._decide(parts, count)
        self._split_glued()
        self._join_listed()
        self.splits.update((fold(solid), fold(parts)) for solid, parts in pairs("glued.tsv"))

    def _written(self) -> Counter[tuple[str, ...]]:
        """Compounds that were seen with half-spaces, without the affixes at their ends, and how often."""
        listed = (tuple(respell(part) for part in fold(line).split(ZWNJ)) for line in lines("compounds.txt"))
        written: Counter[tuple[str, ...]] = Counter()
        for parts in (*self._lexicon.compounds, *listed):
            written[self._parted(_core(parts))] += 0
        for parts, count in self._archive.half_spaced.items():
            if count >= _SURE_COUNT or all(map(self._is_known, parts)):
                written[self._parted(_core(parts))] += count
        return Counter({parts: count for parts, count in written.items() if len(parts) > 1})

    def _is_known(self, part: str) -> bool:
        return len(part) > 1 and (part in self._lexicon.words or self._archive.words[part] >= _SURE_COUNT)

    def _parted(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """The parts with a glued و apart (گفت, وگو) and without an inflection that is written solid (زدگان)."""
        found: list[str] = []
        for part in parts:
            bases = [head for head, _ in heads(part)]
            known = part in TAILS or not self._lexicon.words.keys().isdisjoint(bases)
            if found and len(part) > 2 and part[0] == CONJUNCTION and not known:
                found.append(CONJUNCTION)
                part = part[1:]
            found.append(part)
        if found:
            shorter = [head for head, ending in reversed(heads(found[-1])) if ending not in ("ی", "یی")]
            found[-1] = next(filter(self._is_known, shorter), found[-1])
        return tuple(found)

    def _bound(self) -> Iterator[tuple[str, str]]:
        """Known solid words that end or begin with a part that makes compounds, as two parts."""
        known = (self._lexicon.words.keys() | self._lexicon.rare) - self._dropped
        frequent = (word for word, count in self._totals.items() if count >= _SOLID_COUNT)
        for word in dict.fromkeys(
            (*(word for word, flags in self._lexicon.words.items() if flags & COMMON), *frequent)
        ):
            for cut in range(2, len(word) - 1):
                head, tail = word[:cut], word[cut:]
                if (tail in TAILS and head in known) or (head in HEADS and tail in known):
                    yield head, tail

    def _decide(self, parts: tuple[str, ...], count: int) -> None:
        solid = "".join(parts)
        if self._dropped.issuperset(parts):
            self.splits[solid] = " ".join(parts)
        elif CONJUNCTION in parts[1:-1]:
            self._split_coordinated(parts, solid)
        elif not self._is_solid(parts, solid, count):
            self.splits[solid] = " ".join(parts)
        elif len(parts) == 2 and min(map(len, parts)) > 1 and self._may_join(parts):
            self.joins[" ".join(parts)] = solid
        elif count:
            self.splits[solid] = " ".join(parts)

    def _is_solid(self, parts: tuple[str, ...], solid: str, count: int) -> bool:
        apart = count + (sum(self._archive.pair(parts[0], parts[1] + end) for end in _ENDS) if len(parts) == 2 else 0)
        together = self._totals[solid]
        if solid in self._lexicon.words:
            return apart < _SPLIT_COUNT or together >= apart
        return together >= _SOLID_COUNT and together > apart

    def _may_join(self, parts: tuple[str, ...]) -> bool:
        """Whether parts beside each other may be taken for a word: not where they are common and it is rare."""
        rarer = min(self._archive.words[part] for part in parts)
        return parts[0] not in SUFFIXES and self._totals["".join(parts)] + 1 >= _JOIN_SHARE * rarer

    def _split_coordinated(self, parts: tuple[str, ...], solid: str) -> None:
        self.splits[solid] = " ".join(parts)
        glued = CONJUNCTION + parts[-1]
        if glued not in self._lexicon.words:
            self.splits[glued] = f"{CONJUNCTION} {parts[-1]}"

    def _split_glued(self) -> None:
        """Unknown strings that the archive writes far more often as two words, with a blank between."""
        known = self._lexicon.words.keys() | self.joins.values()
        for solid, together in self._archive.words.items():
            if together < 2 or len(solid) < 4 or solid in known:
                continue
            halves = [(solid[:cut], solid[cut:]) for cut in range(2, len(solid) - 1)]
            apart = {half: self._archive.pair(*half) for half in halves if not _is_inflection(*half)}
            count, half = max(((count, half) for half, count in apart.items()), default=(0, ()))
            if count >= max(_SPLIT_COUNT, _GLUED_RATIO * together):
                self.splits.setdefault(solid, " ".join(half))

    def _join_listed(self) -> None:
        """The listed parts that are one word: all ways in which they may stand apart (گفت و گو)."""
        for half_spaced, solid in pairs("joined.tsv"):
            first, _, second = fold(half_spaced).partition(ZWNJ)
            links = [" "]
            if second.startswith(CONJUNCTION):
                second = second[1:]
                links += [f" {CONJUNCTION} ", f" {CONJUNCTION}", f"{CONJUNCTION} "]
                together = f"{first}{CONJUNCTION}{second}"
                for ending in SUFFIXES:  # گفت‌وگوی, as an archive may have it, is گفتگو with an ending
                    self.splits.pop(together + ending, None)
                self.splits[together] = fold(solid)
            self.joins.update((first + link + second, fold(solid)) for link in links)


def _is_inflection(first: str, second: str) -> bool:
    return second in SUFFIXES or first in IMPERFECTIVE


def _totals(archive: ArchiveCounts) -> Counter[str]:
    """How often each word stands in the archive, its solid inflections included."""
    totals: Counter[str] = Counter()
    for word, count in archive.words.items():
        for head, _ in heads(word):
            totals[head] += count
    return totals


def _core(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a half-spaced word without the affixes at its ends."""
    if parts[0].endswith(tuple(IMPERFECTIVE)):
        return ()
    end = len(parts)
    while end > 1 and parts[end - 1] in SUFFIXES:
        end -= 1
    return parts[:end]
