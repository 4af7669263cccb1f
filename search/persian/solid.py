"""Solid strings: one word, or several whose half-spaces or blanks were lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.persian.affixes import HEADS, NAME_TAILS, SUFFIXES, TAILS, heads, inflected
from search.persian.morphology import Morphology
from search.persian.tables import Tables
from search.persian.variants import respell
from search.persian.verbs import CONJUNCTION, IMPERFECTIVE

_LONGEST = 64
_PREVERB = re.compile(r"(بر|در|باز|فرا|فرو|وا|ور)(ن?می.*)")
_FUTURE = re.compile(r"(ن?خواه(?:یم|ید|ند|م|ی|د))(.{2,})")
_PARTICIPLES = ("شده", "نشده", "کرده", "نکرده")  # never a part of a word: what ends with one is two, however frequent
_SPOKEN = re.compile(r"(ن?می)(.{1,5}(?:ه|م|یم|ین|ن))")
_RARE = 5  # a string that the archive has less often may be two words,
_KNOWN = {2: 300, 3: 50}  # if it has both of them so often, by their letters,
_LONG_KNOWN = 5  # or so often, if they are longer
_CONJUNCTION_KNOWN = 30  # a word that و may be glued to


class Solid:
    """Which forms a solid string stands for, by the tables of a generation."""

    def __init__(self, tables: Tables, morphology: Morphology) -> None:
        self._tables = tables
        self._morphology = morphology
        self._joined = frozenset(tables.joins.values())

    def words(self, piece: str) -> tuple[str, ...]:
        """The forms that a solid piece stands for: mostly itself, cut after 64 characters."""
        if len(piece) > _LONGEST:
            return (piece[:_LONGEST],)
        if len(piece) < 3 or not "\u0620" <= piece[0] <= "\u08ff":
            return (piece,)
        word = self._without_ezafe(respell(piece))
        parts = self._compound(word) or self._auxiliary(word) or self._split(word)
        return tuple(form for part in parts for form in self.words(part)) if parts else (word,)

    def _compound(self, word: str) -> tuple[str, ...]:
        """The parts of a compound that is listed or learned, its inflection on the last."""
        for head, ending in heads(word):
            if ending and (word in self._joined or word in self._tables.words):
                break
            if parts := self._tables.splits.get(head):
                *first, last = parts.split(" ")
                return (*first, inflected(last, ending))
        return ()

    def _auxiliary(self, word: str) -> tuple[str, ...]:
        """A verb and an auxiliary, or a prefix and a verb: رفته‌است, خواهد رفت, برمی‌دارد."""
        verbs, verbal = self._tables.verbs, self._tables.verbal
        if "می" in word and (match := _PREVERB.match(word)) and (match[2] in verbs or match[2] in IMPERFECTIVE):
            return match[1], match[2]
        if word.endswith("هاست") and (word[:-3] in verbal or word[:-3] in verbs):
            return word[:-3], word[-3:]
        if "خواه" in word and (match := _FUTURE.match(word)) and match[2] in verbal:
            return match[1], match[2]
        return ()

    def _without_ezafe(self, word: str) -> str:
        """خانهی, what is left of خانه‌ی, is the same word as خانه and خانهٔ; but گروهی is not گروه."""
        if word.endswith("هی") and len(word) > 4 and word[-3] not in "او" and not self._is_listed(word):
            return word[:-1] if self._morphology.is_known(word[:-1]) else word
        return word

    def _is_listed(self, word: str) -> bool:
        return word in self._tables.words or word in self._tables.guarded

    def _split(self, word: str) -> tuple[str, ...]:
        """Two known words that make an unknown one, whose inflection goes with the second."""
        if not self._is_new(word):
            return ()
        found = [
            (self._plausibility(parts), (*parts[:-1], parts[-1] + word[len(base) :]))
            for base in self._morphology.lemmas(word)
            if word.startswith(base) and self._is_unknown(base)
            for parts in self._partitions(base)
        ]
        return max(found)[1] if found else self._spoken(word)

    def _spoken(self, word: str) -> tuple[str, ...]:
        """می and a verb of the spoken language, which no list has: میشه, نمیخوام."""
        match = _SPOKEN.fullmatch(word)
        return (match[1], match[2]) if match else ()

    def _partitions(self, word: str) -> Iterator[tuple[str, ...]]:
        if word[0] == CONJUNCTION:
            rest = word[1:]
            if len(rest) > 2 and rest not in SUFFIXES and self._family(rest) >= _CONJUNCTION_KNOWN:
                yield CONJUNCTION, rest
        else:
            for cut in range(3 if word.startswith("ال") else 2, len(word) - 1):
                first, second = word[:cut], word[cut:]
                if self._make_one(first, second):
                    yield first, second
                if second[0] == CONJUNCTION and len(second) > 3 and self._make_one(first, second[1:]):
                    yield first, CONJUNCTION, second[1:]

    def _make_one(self, first: str, second: str) -> bool:
        """Whether two words may have been written as one."""
        if second in NAME_TAILS and len(first) > 2:
            return True
        if second in TAILS:
            known = self._morphology.is_known(first) or self._morphology.stem(first) != first
            return known or len(self.words(first)) > 1
        if first in HEADS or first in self._tables.stopwords:
            return len(second) > 2 and self._family(second) >= _LONG_KNOWN
        if second in self._tables.verbs or (second.startswith("ال") and len(second) > 4):
            return self._is_frequent(first)
        return self._is_frequent(first) and self._is_frequent(second)

    def _family(self, word: str) -> int:
        """How often a word stands in the archive, or the word that it comes from."""
        return max(map(self._count, (word, *map(self._morphology.stem, self._morphology.lemmas(word)))))

    def _is_frequent(self, word: str) -> bool:
        if not self._tables.counts:
            return len(word) > 2 and self._morphology.is_settled(word)
        return self._count(word) >= _KNOWN.get(len(word), _LONG_KNOWN)

    def _plausibility(self, parts: tuple[str, ...]) -> float:
        """The weight of the words; a part that makes compounds is worth a common word."""
        weight = self._morphology.weight
        return weight(parts[0]) * max(weight(parts[-1]), 1000 if parts[-1] in NAME_TAILS | TAILS else 0)

    def _count(self, word: str) -> int:
        return self._tables.counts.get(word, 0)

    def _is_new(self, word: str) -> bool:
        tables = self._tables
        rare = _CONJUNCTION_KNOWN if word[0] == CONJUNCTION else _RARE
        return (
            (self._count(word) < rare or word.endswith(_PARTICIPLES))
            and word not in self._joined
            and not self._is_listed(word)
            and word not in tables.verbs
            and word not in tables.verbal
        )

    def _is_unknown(self, word: str) -> bool:
        morphology = self._morphology
        return self._is_new(word) and morphology.lemmas(word) == (word,) and morphology.stem(word) == word
