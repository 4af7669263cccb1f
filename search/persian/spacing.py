"""Spacing: the same words whether a half-space was kept, typed as a blank, or lost.

Pieces are folded from left to right onto the forms before them (`step`): an affix joins its host, می its verb, the
parts of a compound that is written solid become that solid word.
"""

from __future__ import annotations

import re

from search.persian.affixes import COMPARATIVES, PLURALS, SUFFIXES, heads, inflected
from search.persian.morphology import Morphology
from search.persian.solid import Solid
from search.persian.tables import Tables
from search.persian.verbs import CONJUNCTION, IMPERFECTIVE

_PERSIAN = re.compile(r"[\u0620-\u08ff]{2,}")


class Spacing:
    """Which forms a sequence of pieces stands for, by the tables of a generation.

    Attributes:
        leading: forms behind which the next piece needs `step`, whatever it is.
    """

    def __init__(self, tables: Tables, morphology: Morphology) -> None:
        self._tables = tables
        self._morphology = morphology
        self.words = Solid(tables, morphology).words
        first, self._last = _triggers(tables)
        self._coordinated = {key.rpartition(" ")[2] for key in tables.joins if f" {CONJUNCTION} " in key}
        self.leading = IMPERFECTIVE | first

    def attaches(self, piece: str) -> bool:
        """Whether a piece needs `step` because it may become one word with whatever forms stand before it."""
        return piece in SUFFIXES or any(head in self._last for head, _ in self._heads(piece))

    def coordinates(self, piece: str) -> bool:
        """Whether a piece may become one word with a form before it and an و between."""
        return any(head in self._coordinated for head, _ in self._heads(piece))

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
        joins = self._tables.joins
        for head, ending in self._heads(piece):
            if len(forms) > 1 and before == CONJUNCTION and (solid := joins.get(f"{forms[-2]} {before} {head}")):
                return 2, self.words(inflected(solid, ending))
            if solid := joins.get(f"{before} {head}"):
                return 1, self.words(inflected(solid, ending))
        if piece in SUFFIXES and self._takes(before, piece):
            return 1, self.words(before + piece)
        return 0, self.words(piece)

    def _heads(self, piece: str) -> list[tuple[str, str]]:
        """`heads`, but a word in its own right has no clitic: سازمان is not ساز and مان; گران may be گر and ان."""
        found = heads(piece)
        if len(found) > 1 and self._morphology.is_settled(piece):
            return [(head, ending) for head, ending in found if ending in ("", "ی", "ان")]
        return found

    def _takes(self, host: str, suffix: str) -> bool:
        """Whether a form and a suffix after it are one word: the whole must still be read as the host."""
        tables, morphology = self._tables, self._morphology
        whole = host + suffix
        if whole in tables.stopwords or whole in tables.verbs:
            return True
        if not _PERSIAN.match(host) or host in tables.stopwords:
            return False
        if suffix in PLURALS:
            return not morphology.is_settled(whole)
        if (suffix == "ی" and host[-1] in "هاو") or (suffix in COMPARATIVES and morphology.is_settled(whole)):
            return True
        read = morphology.lemmas(whole)
        return any(lemma in read for lemma in morphology.lemmas(host))


def _triggers(tables: Tables) -> tuple[set[str], set[str]]:
    """The first and the last parts that call for a look into `joins`: of each pair the rarer one."""
    first: set[str] = set()
    last: set[str] = set()
    for key in tables.joins:
        head, _, tail = key.rpartition(" ")
        if tables.counts.get(head, 0) < tables.counts.get(tail, 0) and " " not in head:
            first.add(head)
        else:
            last.add(tail)
    return first, last
