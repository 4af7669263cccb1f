"""The analyzer: a text becomes tokens, the same for every spelling of it.

`analyze` tells where each token stands in the text. `encode` is the bulk path of the indexer: the same tokens as
numbers of types, by an `Encoder` that asks here what it has not met.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

from search.persian.chunks import CHUNK, Piece, ends_open, pieces, runs
from search.persian.encoder import AFFIX, CONTINUES, LONGEST, Encoder, Joined, Understood
from search.persian.explain import Step, explain
from search.persian.morphology import Morphology
from search.persian.spacing import Spacing
from search.persian.tables import Tables
from search.persian.verbs import CONJUNCTION

_MEMO_LIMIT = 400_000
_PLACED_LIMIT = 50_000  # about 25 MB


class TokenType(NamedTuple):
    """What all tokens of one form share.

    Attributes:
        form: the word as written, up to letters, digits and half-spaces; its affixes joined.
        lemmas: the form without inflection; two where it has two readings; none for a stopword.
        stems: the terms under which its relatives meet; none for a stopword.
    """

    form: str
    lemmas: tuple[str, ...]
    stems: tuple[str, ...]


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        position: its number among the tokens of the text, stopwords included.
        start, end: its characters in the original text.
        form, lemmas, stems: see `TokenType`.
    """

    position: int
    start: int
    end: int
    form: str
    lemmas: tuple[str, ...]
    stems: tuple[str, ...]


class _Placed(NamedTuple):
    """What `analyze` remembers of a chunk, on its own or behind certain open words; see also `Understood`."""

    taken: int  # how many of the words before it is one with
    kinds: tuple[TokenType, ...]  # the words that it, and those that are taken, make
    spans: tuple[tuple[int, int], ...]  # from the beginning of the chunk; a start of -n: that of the n-th word before
    offers: int
    tail: int


class _Solid(NamedTuple):
    """What is known of a piece whatever stands around it."""

    offers: int
    types: tuple[int, ...]


class Analyzer:
    """Text -> tokens, by the tables of a generation. Not safe for use by several threads at once.

    Attributes:
        tables: what it was made from.
        types: the types met so far; `encode` gives indices into it.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._morphology = Morphology(tables)
        self._spacing = Spacing(tables, self._morphology)
        self.forget()

    def forget(self) -> None:
        """Empty the memo and `types`, so that the memory of a long run stays bounded; numbers start anew."""
        self.types: list[TokenType] = []
        self._numbers: dict[str, int] = {}
        self._takes = bytearray()  # by type
        self._solids: dict[str, _Solid] = {}
        self._encoder = Encoder(self._understand, self._join, self._takes, _MEMO_LIMIT)
        self._placed: dict[str, _Placed] = {}
        self._continued: dict[tuple[tuple[str, ...], str], _Placed] = {}

    def analyze(self, text: str) -> list[Token]:
        """The tokens of a text, with their places in it."""
        if max(len(self._placed), len(self._continued)) > _PLACED_LIMIT:
            self._placed.clear()
            self._continued.clear()
        kinds: list[TokenType] = []
        spans: list[tuple[int, int]] = []
        near = 0  # how many of the last words stand before the next chunk without punctuation between
        for chunk in CHUNK.finditer(text):
            placed = self._placed.get(chunk[0]) or self._place(chunk[0])
            if near and placed.offers & self._spacing.takes(kinds[-1].form):
                before = tuple(kind.form for kind in kinds[-min(near, 2) :])
                placed = self._continued.get((before, chunk[0])) or self._continue(before, chunk[0])
            start, size = chunk.start(), len(spans)
            new = [(start + a if a >= 0 else spans[size + a][0], start + b) for a, b in placed.spans]
            if placed.taken:
                del kinds[size - placed.taken :], spans[size - placed.taken :]
            kinds += placed.kinds
            spans += new
            near = near + len(new) - placed.taken if placed.tail == CONTINUES else placed.tail
        return [
            Token(i, first, after, kind.form, kind.lemmas, kind.stems)
            for i, (kind, (first, after)) in enumerate(zip(kinds, spans, strict=True))
        ]

    def explain(self, text: str) -> list[Step]:
        """What becomes of a text, step by step; for people who want to see why a word is found, or is not."""
        return explain(self, text)

    def encode(self, text: str) -> array[int]:
        """The types of the tokens of a text, as indices into `types`: the forms that `analyze` gives, in order."""
        return array("i", self._encoder.encode(text))

    # One chunk, with its places

    def _place(self, chunk: str) -> _Placed:
        """What a chunk is on its own."""
        placed = self._continuation((), chunk)
        if len(chunk) <= LONGEST:
            self._placed[chunk] = placed
        return placed

    def _continue(self, before: tuple[str, ...], chunk: str) -> _Placed:
        """What a chunk is behind open words, which it may be a part of."""
        continued = self._continuation(before, chunk)
        if len(chunk) <= LONGEST:
            self._continued[before, chunk] = continued
        return continued

    def _continuation(self, before: tuple[str, ...], chunk: str) -> _Placed:
        kept = near = len(before)
        forms = list(before)
        spans = [(place - kept, 0) for place in range(kept)]
        found = pieces(chunk)
        for piece in found:
            near = 0 if piece.barrier else near
            taken, new = self._spacing.step(forms[len(forms) - min(near, 2) :], piece.text)
            start = spans[-taken][0] if taken else piece.start
            del forms[len(forms) - taken :], spans[len(spans) - taken :]
            kept = min(kept, len(forms))
            forms += new
            spans += _spans(new, start, piece, taken)
            near += len(new) - taken
        first = [(piece.text, piece.barrier) for piece in found]
        return _Placed(
            taken=len(before) - kept,
            kinds=tuple(map(self._kind, forms[kept:])),
            spans=tuple(spans[kept:]),
            offers=self._offers(first),
            tail=_tail(chunk, any(piece.barrier for piece in found), near),
        )

    # One chunk, for the encoder

    def _understand(self, chunk: str) -> Understood:
        found = runs(chunk)
        if len(found) == 1:
            piece, barrier = found[0]
            solid = self._solid(piece)
            offers = 0 if barrier else solid.offers
            return Understood(offers, _tail(chunk, barrier, len(solid.types)), solid.types)
        _, types, near = self._folded((), found)
        return Understood(self._offers(found), _tail(chunk, any(barrier for _, barrier in found), near), types)

    def _join(self, before: tuple[int, ...], chunk: str) -> Joined:
        taken, types, _ = self._folded(before, runs(chunk))
        return Joined(taken, types)

    def _folded(self, before: tuple[int, ...], found: list[tuple[str, bool]]) -> tuple[int, tuple[int, ...], int]:
        """Pieces folded onto types: how many of these are taken, what stands in their place, what is near the end."""
        types = list(before)
        kept = near = len(types)
        for piece, barrier in found:
            near = 0 if barrier else near
            solid = self._solid(piece)
            if near and solid.offers & self._takes[types[-1]]:
                forms = [self.types[number].form for number in types[-min(near, 2) :]]
                taken, new = self._spacing.step(forms, piece)
                del types[len(types) - taken :]
                types += map(self._number, new)
                near += len(new) - taken
                kept = min(kept, len(types) - len(new))
            else:
                types += solid.types
                near += len(solid.types)
        return len(before) - kept, tuple(types[kept:]), near

    def _offers(self, found: list[tuple[str, bool]]) -> int:
        """What the first of several pieces of a chunk may be to the word before it."""
        if not found or found[0][1]:
            return 0
        piece = found[0][0]
        return AFFIX if piece == CONJUNCTION and len(found) > 1 else self._spacing.offers(piece)

    def _solid(self, piece: str) -> _Solid:
        """What a piece is on its own."""
        if (solid := self._solids.get(piece)) is None:
            if len(self._solids) >= _MEMO_LIMIT:
                self._solids.clear()
            types = tuple(map(self._number, self._spacing.words(piece)))
            solid = _Solid(self._spacing.offers(piece), types)
            if len(piece) <= LONGEST:
                self._solids[piece] = solid
        return solid

    def _number(self, form: str) -> int:
        """The number of the type of a form."""
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = len(self.types)
            self.types.append(self._kind(form))
            self._takes.append(self._spacing.takes(form))
        return number

    def _kind(self, form: str) -> TokenType:
        lemmas = self._morphology.lemmas(form)
        return TokenType(form, lemmas, tuple(dict.fromkeys(map(self._morphology.stem, lemmas))))


def _tail(chunk: str, is_parted: bool, near: int) -> int:
    """How many words before the end of a chunk the next one may continue; see `Understood`."""
    if not ends_open(chunk):
        return 0
    return near if is_parted else CONTINUES


def _spans(forms: tuple[str, ...], start: int, piece: Piece, taken: int) -> list[tuple[int, int]]:
    """Where each of the forms that came of a piece stands; all at the whole where letters cannot be told apart."""
    if len(forms) == 1 or taken or sum(map(len, forms)) != piece.end - piece.start:
        return [(start, piece.end)] * len(forms)
    spans = []
    for form in forms:
        spans.append((start, start + len(form)))
        start += len(form)
    return spans
