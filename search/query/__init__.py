"""What a reader typed -> a Whoosh query tree, and what else the searcher needs of it.

    lexer    text -> lexemes: words, phrases, brackets, operators, names of fields
    grammar  lexemes -> nodes: what the reader means, with hints where it had to be read otherwise than typed
    build    nodes -> `ParsedQuery`: trees over the terms of the index

The parser is our own, a recursive descent over repaired lexemes, rather than `whoosh.qparser`: words that stand
side by side must reach the analyzer together (`کتاب ها` is one word), and whatever is malformed must come back as
plain words with a sentence that says so. No text is an error. Time grows with the length of the text alone.

The language is described for readers in docs/query-language.md.
"""

from __future__ import annotations

from search.query.build import Canonical, ParsedQuery, TokenSource, as_typed, build
from search.query.grammar import read
from search.request import Match

__all__ = ["Canonical", "ParsedQuery", "TokenSource", "parse"]


def parse(text: str, analyzer: TokenSource, *, match: Match = "all", canonical: Canonical = as_typed) -> ParsedQuery:
    """Read a query.

    Args:
        text: as typed; "" asks for all articles.
        analyzer: of the index that is searched, or one that reads queries for it.
        match: whether `all` words are needed, or `any` of them.
        canonical: (field, value) -> the value as the index has it, for `section`, `agency`, `tag`, `author` and `code`;
            called with values free of needless space, codes in ASCII digits.
    """
    return build(read(text), analyzer, match=match, canonical=canonical)
