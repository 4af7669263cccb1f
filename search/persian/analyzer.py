"""The analyzer: a text becomes tokens, the same for every spelling of it.

`analyze` tells where each token stands in the text. `encode` is the bulk path of the indexer: the same tokens as
numbers of types, with a memo from a chunk to its types, so that a distinct chunk is understood once.
"""

from __future__ import annotations

from typing import NamedTuple

from search.persian.chunks import CHUNK, Piece, ends_open, pieces
from search.persian.morphology import Morphology
from search.persian.spacing import CONJUNCTION, Spacing
from search.persian.tables import Tables
from search.persian.verbs import IMPERFECTIVE

_MEMO_LIMIT = 400_000
_LONGEST_REMEMBERED = 100


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


class _Entry(NamedTuple):
    """What the memo holds of a chunk that is more, or less, than one word on its own."""

    ids: tuple[int, ...]  # its types where nothing before it matters
    attaches: bool  # whether its beginning may belong to the words before
    leads: bool  # whether its end may take the next word (می)


class _Memo(dict[str, int]):
    """Chunk -> type, or -1 - the number of an entry; a chunk is worked out when it is first met."""

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
        self._conjunction = self._number(CONJUNCTION)
        self._leading = frozenset(map(self._number, sorted(IMPERFECTIVE)))
        self._clear_memo()

    def _clear_memo(self) -> None:
        self._memo = _Memo(self)
        self._entries: list[_Entry] = []
        self._joined: dict[tuple[int, int, str], tuple[int, tuple[int, ...]]] = {}

    def analyze(self, text: str) -> list[Token]:
        """The tokens of a text, with their places in it."""
        forms: list[str] = []
        spans: list[tuple[int, int]] = []
        open_forms = 0  # how many of the last forms stand before the next piece without punctuation between
        is_open = False
        for chunk in CHUNK.finditer(text):
            found = pieces(chunk[0], chunk.start())
            for number, piece in enumerate(found):
                closed = piece.barrier or (number == 0 and not is_open)
                open_forms = 0 if closed else open_forms
                open_forms += self._append(forms, spans, open_forms, piece)
            is_open = ends_open(chunk[0])
        types = [self.types[self._number(form)] for form in forms]
        return [Token(i, *spans[i], *kind) for i, kind in enumerate(types)]

    def _append(self, forms: list[str], spans: list[tuple[int, int]], open_forms: int, piece: Piece) -> int:
        """Fold a piece onto the forms so far; how many open forms came or went."""
        context = forms[len(forms) - min(open_forms, 2) :]
        taken, new = self._spacing.step(context, piece.text)
        start = spans[-taken][0] if taken else piece.start
        del forms[len(forms) - taken :], spans[len(spans) - taken :]
        forms.extend(new)
        spans.extend(_spans(new, start, piece, taken))
        return len(new) - taken

    def encode(self, text: str) -> list[int]:
        """The types of the tokens of a text, as indices into `types`: the forms that `analyze` gives, in order."""
        if max(len(self._memo), len(self._entries), len(self._joined)) > _MEMO_LIMIT:
            self._clear_memo()
        chunks = text.split()
        codes = list(map(self._memo.__getitem__, chunks))
        return codes if min(codes, default=0) >= 0 else self._resolve(chunks, codes)

    def _resolve(self, chunks: list[str], codes: list[int]) -> list[int]:
        """Put types in the place of the entries among `codes`, with regard to what stands before each."""
        out: list[int] = []
        done = 0
        for i in [i for i, code in enumerate(codes) if code < 0]:
            if i < done:
                continue
            out += codes[done:i]
            done = i + 1
            entry = self._entries[-1 - codes[i]]
            if entry.attaches and i and out and _is_open(chunks[i - 1]):
                self._attach(out, chunks, i)
            else:
                out += entry.ids
            while entry.leads and done < len(chunks) and out[-1] in self._leading and _is_open(chunks[done - 1]):
                self._attach(out, chunks, done)
                done += 1
        out += codes[done:]
        return out

    def _attach(self, out: list[int], chunks: list[str], i: int) -> None:
        """Fold chunk `i`, whose beginning may belong to the words before it, onto the types so far."""
        second = out[-2] if out[-1] == self._conjunction and len(out) > 1 and _reaches(chunks, i) else -1
        key = (second, out[-1], chunks[i])
        if (known := self._joined.get(key)) is None:
            known = self._joined[key] = self._join(key)
        taken, ids = known
        if taken:
            del out[-taken:]
        out += ids

    def _join(self, key: tuple[int, int, str]) -> tuple[int, tuple[int, ...]]:
        """How many of the types before a chunk it replaces, and the types that stand in their place."""
        second, first, chunk = key
        context = [self.types[number].form for number in (second, first) if number >= 0]
        forms = list(context)
        kept = len(context)
        reach = len(context)
        for piece in pieces(chunk):
            reach = 0 if piece.barrier else reach
            taken, new = self._spacing.step(forms[len(forms) - min(reach, 2) :], piece.text)
            del forms[len(forms) - taken :]
            kept = min(kept, len(forms))
            forms.extend(new)
            reach += len(new) - taken
        return len(context) - kept, tuple(map(self._number, forms[kept:]))

    def _remember(self, chunk: str) -> int:
        """Work out a chunk and put it into the memo; its code."""
        found = pieces(chunk)
        _, ids = self._join((-1, -1, chunk))
        attaches = bool(found) and not found[0].barrier and self._attaches(found)
        leads = bool(ids) and ids[-1] in self._leading
        if len(ids) == 1 and not attaches and not leads:
            code = ids[0]
        else:
            self._entries.append(_Entry(ids, attaches, leads))
            code = -len(self._entries)
        if len(chunk) <= _LONGEST_REMEMBERED:
            self._memo[chunk] = code
        return code

    def _attaches(self, found: list[Piece]) -> bool:
        first = found[0].text
        return self._spacing.attaches(first) or (first == CONJUNCTION and len(found) > 1)

    def _number(self, form: str) -> int:
        """The number of the type of a form."""
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = len(self.types)
            lemmas = self._morphology.lemmas(form)
            stems = tuple(dict.fromkeys(map(self._morphology.stem, lemmas)))
            self.types.append(TokenType(form, lemmas, stems))
        return number


def _is_open(chunk: str) -> bool:
    return chunk[-1].isalpha() or ends_open(chunk)


def _reaches(chunks: list[str], i: int) -> bool:
    """Whether the word before the conjunction that stands before chunk `i` is also near: no punctuation between."""
    if chunks[i - 1] == CONJUNCTION:
        return i > 1 and _is_open(chunks[i - 2])
    found = pieces(chunks[i - 1])
    return not found[-1].barrier and (len(found) > 1 or (i > 1 and _is_open(chunks[i - 2])))


def _spans(forms: tuple[str, ...], start: int, piece: Piece, taken: int) -> list[tuple[int, int]]:
    """Where each of the forms that came of a piece stands; all at the whole where letters cannot be told apart."""
    if len(forms) == 1 or taken or sum(map(len, forms)) != piece.end - piece.start:
        return [(start, piece.end)] * len(forms)
    spans = []
    for form in forms:
        spans.append((start, start + len(form)))
        start += len(form)
    return spans
