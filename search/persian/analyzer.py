"""The analyzer: a text becomes tokens, the same for every spelling of it.

`analyze` tells where each token stands in the text. `encode` is the bulk path of the indexer: the same tokens as
numbers of types, with a memo from a chunk to its types, so that a distinct chunk is understood once.
"""

from __future__ import annotations

from typing import NamedTuple

from search.persian.chunks import CHUNK, Piece, ends_open, pieces, runs
from search.persian.explain import Step, explain
from search.persian.morphology import Morphology
from search.persian.spacing import Spacing
from search.persian.tables import Tables
from search.persian.verbs import CONJUNCTION

_MEMO_LIMIT = 400_000
_LONGEST_REMEMBERED = 100
_PLACED_LIMIT = 50_000  # about 25 MB

# How many of the types before a chunk it replaces, and the types that stand in their place.
type _Joined = tuple[int, tuple[int, ...]]


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


class _Solid(NamedTuple):
    """What is known of a piece whatever stands around it."""

    ids: tuple[int, ...]  # its types where nothing before it matters
    attaches: bool  # whether it may belong to the words before
    coordinates: bool  # ... across an و


class _Entry:
    """What the memo holds of a chunk that is more, or less, than one word on its own."""

    __slots__ = ("after", "attaches", "coordinates", "ids", "leads")

    def __init__(self, ids: tuple[int, ...], attaches: bool, coordinates: bool, leads: bool) -> None:
        self.ids = ids  # its types where nothing before it matters
        self.attaches = attaches  # whether its beginning may belong to the words before
        self.coordinates = coordinates  # ... across an و
        self.leads = leads  # whether its end may take the next word (می)
        self.after: dict[int, _Joined] = {}  # what it does to each type that it was met behind


class _Placed(NamedTuple):
    """What `analyze` remembers of a chunk, on its own or behind certain open words."""

    taken: int  # how many of the words before it is one with
    kinds: tuple[TokenType, ...]  # the words that it, and those that are taken, make
    spans: tuple[tuple[int, int], ...]  # from the beginning of the chunk; a start of -n: that of the n-th word before
    attaches: bool  # whether its beginning may belong to the words before
    barrier: bool  # whether punctuation stands before one of its words
    tail: int  # how many words at its end are not parted by punctuation
    is_open: bool  # whether the next chunk may continue its last word


class _Memo(dict[str, int]):
    """Chunk -> type, or ~ the number of an entry; a chunk is worked out when it is first met."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def __missing__(self, chunk: str) -> int:
        return self._analyzer._remember(chunk)


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
        self._leading: set[int] = set()  # types behind which any chunk has to be looked at
        self._conjunction = self._number(CONJUNCTION)
        self._clear_memo()

    def _clear_memo(self) -> None:
        self._placed: dict[str, _Placed] = {}
        self._continued: dict[tuple[tuple[str, ...], str], _Placed] = {}
        self._memo = _Memo(self)
        self._solids: dict[str, _Solid] = {}
        self._entries: list[_Entry] = []
        self._followers: dict[tuple[int, str], _Joined] = {}

    def analyze(self, text: str) -> list[Token]:
        """The tokens of a text, with their places in it."""
        if max(len(self._placed), len(self._continued)) > _PLACED_LIMIT:
            self._placed.clear()
            self._continued.clear()
        kinds: list[TokenType] = []
        spans: list[tuple[int, int]] = []
        open_words = 0  # how many of the last words stand before the next piece without punctuation between
        is_open = False
        for chunk in CHUNK.finditer(text):
            placed = self._placed.get(chunk[0]) or self._place(chunk[0])
            looks_back = is_open and kinds and (placed.attaches or kinds[-1].form in self._spacing.leading)
            if looks_back:
                before = tuple(kind.form for kind in kinds[len(kinds) - min(open_words, 2) :])
                placed = self._continued.get((before, chunk[0])) or self._continue(before, chunk[0])
            start, size = chunk.start(), len(spans)
            new = [(start + a if a >= 0 else spans[size + a][0], start + b) for a, b in placed.spans]
            if placed.taken:
                del kinds[size - placed.taken :], spans[size - placed.taken :]
            kinds += placed.kinds
            spans += new
            grown = open_words + len(new) - placed.taken
            open_words = grown if is_open and not placed.barrier else placed.tail
            is_open = placed.is_open
        return [
            Token(i, first, after, kind.form, kind.lemmas, kind.stems)
            for i, (kind, (first, after)) in enumerate(zip(kinds, spans, strict=True))
        ]

    def _place(self, chunk: str) -> _Placed:
        """What a chunk is on its own."""
        placed = self._continuation((), chunk)
        if len(chunk) <= _LONGEST_REMEMBERED:
            self._placed[chunk] = placed
        return placed

    def _continue(self, before: tuple[str, ...], chunk: str) -> _Placed:
        """What a chunk is behind open words, which it may be a part of."""
        continued = self._continuation(before, chunk)
        if len(chunk) <= _LONGEST_REMEMBERED:
            self._continued[before, chunk] = continued
        return continued

    def _continuation(self, before: tuple[str, ...], chunk: str) -> _Placed:
        kept = tail = len(before)
        forms = list(before)
        spans = [(place - kept, 0) for place in range(kept)]
        found = pieces(chunk)
        for piece in found:
            tail = 0 if piece.barrier else tail
            taken, new = self._spacing.step(forms[len(forms) - min(tail, 2) :], piece.text)
            start = spans[-taken][0] if taken else piece.start
            del forms[len(forms) - taken :], spans[len(spans) - taken :]
            kept = min(kept, len(forms))
            forms += new
            spans += _spans(new, start, piece, taken)
            tail += len(new) - taken
        return _Placed(
            taken=len(before) - kept,
            kinds=tuple(map(self._kind, forms[kept:])),
            spans=tuple(spans[kept:]),
            attaches=bool(found) and not found[0].barrier and self._may_attach(found[0].text),
            barrier=any(piece.barrier for piece in found),
            tail=tail,
            is_open=ends_open(chunk),
        )

    def _may_attach(self, piece: str) -> bool:
        return piece == CONJUNCTION or self._spacing.attaches(piece)

    def explain(self, text: str) -> list[Step]:
        """What becomes of a text, step by step; for people who want to see why a word is found, or is not."""
        return explain(self, text)

    def encode(self, text: str) -> list[int]:
        """The types of the tokens of a text, as indices into `types`: the forms that `analyze` gives, in order."""
        if max(len(self._memo), len(self._entries), len(self._followers)) > _MEMO_LIMIT:
            self._clear_memo()
        chunks = text.split()
        codes = list(map(self._memo.__getitem__, chunks))
        met = [place for place, code in enumerate(codes) if code < 0]
        return self._resolve(chunks, codes, met) if met else codes

    def _resolve(self, chunks: list[str], codes: list[int], met: list[int]) -> list[int]:
        """Put types in the place of the entries that were `met` among the codes, by what stands before each."""
        out: list[int] = []
        entries = self._entries
        done = 0
        for place in met:
            if place < done:
                continue
            out += codes[done:place]
            done = place + 1
            entry = entries[~codes[place]]
            if entry.attaches and out and (chunks[place - 1][-1].isalpha() or ends_open(chunks[place - 1])):
                joined = entry.after.get(out[-1])
                if joined is None or entry.coordinates:
                    joined = self._attach(out, entry, chunks, place)
                if joined[0]:
                    del out[-joined[0] :]
                out += joined[1]
            else:
                out += entry.ids
            if entry.leads:
                done = self._lead(out, chunks, done)
        out += codes[done:]
        return out

    def _attach(self, out: list[int], entry: _Entry, chunks: list[str], place: int) -> _Joined:
        """What a chunk whose beginning may belong to the words before it does to the types so far."""
        key = out[-1]
        context: tuple[int, ...] = (key,)
        if entry.coordinates and key == self._conjunction and len(out) > 1 and _reaches(chunks, place):
            key, context = ~out[-2], (out[-2], key)
        if (joined := entry.after.get(key)) is None:
            joined = entry.after[key] = self._join(context, chunks[place])
        return joined

    def _lead(self, out: list[int], chunks: list[str], done: int) -> int:
        """Fold the chunks behind types that may take them (می) onto these; the number of chunks done."""
        while done < len(chunks) and out[-1] in self._leading and ends_open(chunks[done - 1]):
            key = (out[-1], chunks[done])
            if (joined := self._followers.get(key)) is None:
                joined = self._followers[key] = self._join(key[:1], chunks[done])
            if joined[0]:
                del out[-joined[0] :]
            out += joined[1]
            done += 1
        return done

    def _join(self, context: tuple[int, ...], chunk: str) -> _Joined:
        forms = [self.types[number].form for number in context]
        kept = reach = len(forms)
        for text, barrier in runs(chunk):
            reach = 0 if barrier else reach
            taken, new = self._spacing.step(forms[len(forms) - min(reach, 2) :], text)
            del forms[len(forms) - taken :]
            kept = min(kept, len(forms))
            forms.extend(new)
            reach += len(new) - taken
        return len(context) - kept, tuple(map(self._number, forms[kept:]))

    def _remember(self, chunk: str) -> int:
        """Work out a chunk and put it into the memo; its code."""
        found = runs(chunk)
        if len(found) == 1:
            solid = self._solid(found[0][0])
            attaches, coordinates = (False, False) if found[0][1] else (solid.attaches, solid.coordinates)
            ids = solid.ids
        else:
            _, ids = self._join((), chunk)
            attaches, coordinates = self._reach_back(found)
        leads = bool(ids) and ids[-1] in self._leading
        if len(ids) == 1 and not attaches and not leads:
            code = ids[0]
        else:
            code = ~len(self._entries)
            self._entries.append(_Entry(ids, attaches, coordinates, leads))
        if len(chunk) <= _LONGEST_REMEMBERED:
            self._memo[chunk] = code
        return code

    def _solid(self, piece: str) -> _Solid:
        """What a piece is on its own."""
        if (solid := self._solids.get(piece)) is None:
            ids = tuple(map(self._number, self._spacing.words(piece)))
            attaches = self._spacing.attaches(piece)
            solid = _Solid(ids, attaches, attaches and self._spacing.coordinates(piece))
            if len(piece) <= _LONGEST_REMEMBERED:
                self._solids[piece] = solid
        return solid

    def _reach_back(self, found: list[tuple[str, bool]]) -> tuple[bool, bool]:
        """Whether the first piece of a chunk may belong to the word before it; and whether to one before an و."""
        if not found or found[0][1]:
            return False, False
        if found[0][0] == CONJUNCTION:
            return True, False
        solid = self._solid(found[0][0])
        return solid.attaches, solid.coordinates

    def _number(self, form: str) -> int:
        """The number of the type of a form."""
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = len(self.types)
            if form in self._spacing.leading:
                self._leading.add(number)
            self.types.append(self._kind(form))
        return number

    def _kind(self, form: str) -> TokenType:
        lemmas = self._morphology.lemmas(form)
        return TokenType(form, lemmas, tuple(dict.fromkeys(map(self._morphology.stem, lemmas))))


def _reaches(chunks: list[str], i: int) -> bool:
    """Whether the word before the conjunction that stands before chunk `i` is also near: no punctuation between."""
    if chunks[i - 1] == CONJUNCTION:
        return i > 1 and ends_open(chunks[i - 2])
    found = runs(chunks[i - 1])
    return not found[-1][1] and (len(found) > 1 or (i > 1 and ends_open(chunks[i - 2])))


def _spans(forms: tuple[str, ...], start: int, piece: Piece, taken: int) -> list[tuple[int, int]]:
    """Where each of the forms that came of a piece stands; all at the whole where letters cannot be told apart."""
    if len(forms) == 1 or taken or sum(map(len, forms)) != piece.end - piece.start:
        return [(start, piece.end)] * len(forms)
    spans = []
    for form in forms:
        spans.append((start, start + len(form)))
        start += len(form)
    return spans
