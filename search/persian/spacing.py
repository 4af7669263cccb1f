"""Spacing: the same words whether a half-space was kept, typed as a blank, or lost.

Pieces are folded from left to right onto the forms before them (`step`): an affix joins its host, می its verb, the
parts of a compound that is written solid become that solid word.
"""

from __future__ import annotations

import re

from search.persian.affixes import COMPARATIVES, PLURALS, SUFFIXES, heads, inflected
from search.persian.encoder import AFFIX, ANY, COMPOUND, COMPOUNDS, COORDINATED
from search.persian.morphology import Morphology
from search.persian.solid import Solid
from search.persian.tables import Tables
from search.persian.verbs import CONJUNCTION, IMPERFECTIVE

_PERSIAN = re.compile(r"[\u0620-\u08ff]{2,}")


class Spacing:
    """Which forms a sequence of pieces stands for, by the tables of a generation."""

    def __init__(self, tables: Tables, morphology: Morphology) -> None:
        self._tables = tables
        self._morphology = morphology
        self.words = Solid(tables, morphology).words
        self._takes, self._offers = _meetings(tables)

    def offers(self, piece: str) -> int:
        """What a piece may be to the form before it (bits of `encoder`); without a common bit they stay apart."""
        offers = ANY | AFFIX if piece in SUFFIXES else ANY
        for head, _ in self._heads(piece):
            offers |= self._offers.get(head, 0)
        return offers

    def takes(self, form: str) -> int:
        """Which pieces a form may become one with."""
        return self._takes.get(form, AFFIX)

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
        if piece in SUFFIXES and self._hosts(before, piece):
            return 1, self.words(before + piece)
        return 0, self.words(piece)

    def _heads(self, piece: str) -> list[tuple[str, str]]:
        """`heads`, but a word in its own right has no clitic: سازمان is not ساز and مان; گران may be گر and ان."""
        found = heads(piece)
        if len(found) > 1 and self._morphology.is_settled(piece):
            return [(head, ending) for head, ending in found if ending in ("", "ی", "ان")]
        return found

    def _hosts(self, host: str, suffix: str) -> bool:
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


def _meetings(tables: Tables) -> tuple[dict[str, int], dict[str, int]]:
    """What forms take beside affixes, and what pieces offer: two that join have a bit in common."""
    takes = {CONJUNCTION: AFFIX | COORDINATED} | dict.fromkeys(IMPERFECTIVE, AFFIX | ANY)
    offers: dict[str, int] = {}
    for key in tables.joins:
        head, _, tail = key.rpartition(" ")
        if " " in head:
            bit = COORDINATED
        else:
            bit = COMPOUND << len(head) % COMPOUNDS
            takes[head] = takes.get(head, AFFIX) | bit
        offers[tail] = offers.get(tail, 0) | bit
    return takes, offers
