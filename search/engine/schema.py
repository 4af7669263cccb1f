"""The fields of the index: what each holds, in our terms and in Whoosh's."""

from __future__ import annotations

from typing import NamedTuple

from whoosh import fields
from whoosh.analysis import IDTokenizer, SpaceSeparatedTokenizer


class TextField(NamedTuple):
    """A field of analysed text: of which parts, which terms of a token, and what is kept of them.

    Attributes:
        parts: of a document, in the order of reading.
        term: the attribute of a token type that gives its terms: `form`, `lemmas` or `stems`.
        positions: whether every occurrence is kept; they count tokens that have a term here, over all parts.
        bits: of a frequency: 8 in the field that ranks all matches, 4 where few postings of a list are looked up.
    """

    parts: tuple[str, ...]
    term: str
    positions: bool
    bits: int = 8


TEXT: dict[str, TextField] = {
    "form": TextField(("title", "lead", "body"), "form", positions=True, bits=4),
    "stem": TextField(("title", "lead", "body"), "stems", positions=True),
    "lemma": TextField(("title", "lead", "body"), "lemmas", positions=False, bits=4),
    "title": TextField(("title",), "stems", positions=True, bits=4),
    "lead": TextField(("lead",), "stems", positions=False, bits=4),
}
#: Columns of exact values, each also a field with one term a value.
KEYWORDS = ("section", "agency", "tag", "author", "code", "year", "month")
#: Those of them that may hold several values in one document.
MULTIPLE = frozenset({"tag", "author"})
#: Those of them that are kept by document too, for counting; `code` is looked up only.
COLUMNS = ("section", "agency", "tag", "author", "year", "month")
#: All fields of exact values; `day` holds each day as Whoosh writes a 32-bit integer, so that its ranges work.
EXACT = ("key", *KEYWORDS, "day")
#: Numbers by document: int32, int64, uint64, and `inverter.identity` of the key, uint64;
#: `shingles`, distinct ones of lead and body (signature.py), uint16.
NUMBERS = ("day", "published", "fingerprint", "identity", "shingles")

DAY = fields.NUMERIC(int, bits=32, signed=True, shift_step=0, sortable=True)


def whoosh_schema() -> fields.Schema:
    """The schema that goes into Whoosh's table of contents, for its own parser and searcher."""
    schema = fields.Schema(stored=fields.STORED, day=DAY)
    for name, field in TEXT.items():
        schema.add(name, fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=field.positions))
    for name in ("key", *KEYWORDS):
        schema.add(name, fields.ID(analyzer=IDTokenizer(), sortable=name in COLUMNS, unique=name == "key"))
    return schema
