"""A small analyzer whose terms can be told by eye, and what an index over it must hold, worked out without arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from search.engine.document import NO_DAY, NO_TIME, Document
from search.engine.inversion import PART_GAP
from search.engine.schema import COLUMNS, DAY, EXACT, KEYWORDS, TEXT
from search.engine.snapshot import Snapshot
from search.engine.vocabulary import to_term


class Kind(NamedTuple):
    """A token type."""

    form: str
    lemmas: tuple[str, ...]
    stems: tuple[str, ...]


def kind_of(word: str) -> Kind:
    """Words of one letter are stopwords; those that begin with x have two stems."""
    if len(word) == 1:
        return Kind(word, (), ())
    stems = (word[:2], word[1:3]) if word.startswith("x") else (word[:2],)
    return Kind(word, (word[:3],), tuple(dict.fromkeys(stems)))


class WordAnalyzer:
    """Splits at white space."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.types: list[Kind] = []
        self._numbers: dict[str, int] = {}

    def encode(self, text: str) -> list[int]:
        """The types of the words of a text."""
        for word in text.split():
            if word not in self._numbers:
                self._numbers[word] = len(self.types)
                self.types.append(kind_of(word))
        return [self._numbers[word] for word in text.split()]


class NoTables:
    """Stands for the tables of an analysis that has none."""

    def to_bytes(self) -> bytes:
        """Their frozen form."""
        return b"no tables"


@dataclass
class Contents:
    """All that an index tells of its live documents, by their keys."""

    stored: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    columns: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    lengths: dict[str, dict[str, int]] = field(default_factory=dict)
    postings: dict[str, dict[bytes, dict[str, Any]]] = field(default_factory=dict)


def expected(documents: Iterable[Document]) -> Contents:
    """What an index of these documents must hold."""
    contents = Contents(postings={name: {} for name in (*TEXT, *EXACT)})
    for document in documents:
        key = document.key
        contents.stored[key] = document.stored
        day = NO_DAY if document.day is None else document.day
        contents.numbers[key] = (
            day,
            NO_TIME if document.published is None else document.published,
            document.fingerprint,
        )
        contents.columns[key] = {name: tuple(sorted(set(document.keywords.get(name, ())))) for name in COLUMNS}
        contents.lengths[key] = {}
        for name in TEXT:
            places = _places(document, name)
            contents.lengths[key][name] = sum(map(len, places.values()))
            for term, positions in places.items():
                found = positions if TEXT[name].positions else len(positions)
                contents.postings[name].setdefault(term, {})[key] = found
        for name in EXACT:
            for term in _exact(document, name):
                contents.postings[name].setdefault(term, {})[key] = 1
    return contents


def _places(document: Document, name: str) -> dict[bytes, list[int]]:
    places: dict[bytes, list[int]] = defaultdict(list)
    at = 0
    for number, part in enumerate(TEXT[name].parts):
        for word in getattr(document, part).split():
            terms = getattr(kind_of(word), TEXT[name].term)
            for term in (terms,) if isinstance(terms, str) else terms:
                places[to_term(term)].append(at + PART_GAP * number)
            at += bool(terms)
    return places


def _exact(document: Document, name: str) -> set[bytes]:
    if name == "key":
        return {to_term(document.key)}
    if name == "day":
        return set() if document.day is None else {DAY.to_bytes(document.day)}
    assert name in KEYWORDS
    return {to_term(value) for value in document.keywords.get(name, ())}


def contents(snapshot: Snapshot) -> Contents:
    """What the index tells of its live documents, through its readers."""
    found = Contents(postings={name: {} for name in (*TEXT, *EXACT)})
    for segment in snapshot.segments:
        dictionary = segment.dictionary("key")
        keys = [""] * segment.size
        for ordinal in range(len(dictionary)):
            for doc in segment.postings("key", ordinal).docs:
                keys[doc] = dictionary.term(ordinal).decode("utf-8", "surrogatepass")
        live = {doc: key for doc, key in enumerate(keys) if segment.live is None or segment.live[doc]}
        for doc, key in live.items():
            found.stored[key] = segment.stored(doc)
            day, published, fingerprint = (int(segment.numbers(n)[doc]) for n in ("day", "published", "fingerprint"))
            found.numbers[key] = (day, published, fingerprint)
            found.columns[key] = {name: _values(segment.column(name), doc) for name in COLUMNS}
            found.lengths[key] = {name: int(segment.lengths(name)[doc]) for name in TEXT}
        for name in (*TEXT, *EXACT):
            _read_postings(found, segment, name, live)
    return found


def _values(column: Any, doc: int) -> tuple[str, ...]:
    if column.offsets is None:
        codes = column.codes[doc : doc + 1]
    else:
        codes = column.codes[column.offsets[doc] : column.offsets[doc + 1]]
    return tuple(column.values[code - 1] for code in codes.tolist() if code)


def _read_postings(found: Contents, segment: Any, name: str, live: dict[int, str]) -> None:
    dictionary = segment.dictionary(name)
    for ordinal, term in enumerate(dictionary):
        postings = segment.postings(name, ordinal)
        for i, (doc, freq) in enumerate(zip(postings.docs.tolist(), postings.freqs.tolist(), strict=True)):
            if doc not in live:
                continue
            value: Any = freq
            if name in TEXT and TEXT[name].positions:
                _, positions = segment.positions(name, ordinal, i, i + 1)
                assert freq == min(len(positions), 255)
                value = positions.tolist()
            found.postings[name].setdefault(term, {})[live[doc]] = value
