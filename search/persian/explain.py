"""The microscope: what becomes of a text, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.persian.chunks import CHUNK, pieces
from search.persian.letters import fold

if TYPE_CHECKING:
    from search.persian.analyzer import Analyzer, Token

_MARK = " | "


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the analysis: its name, and the text as it leaves the step, words parted by bars."""

    name: str
    value: str


def explain(analyzer: Analyzer, text: str) -> list[Step]:
    """The steps from a text to its terms: folded, pieces, forms, places, lemmas, stems, stopwords."""
    tokens = analyzer.analyze(text)
    found = [piece.text for chunk in CHUNK.finditer(text) for piece in pieces(chunk[0])]
    telling = [token for token in tokens if token.stems]
    return [
        Step("folded", fold(text)),
        Step("pieces", _MARK.join(found)),
        Step("forms", _MARK.join(token.form for token in tokens)),
        Step("places", _MARK.join(_place(token, text) for token in tokens)),
        Step("lemmas", _terms([token.lemmas for token in telling])),
        Step("stems", _terms([token.stems for token in telling])),
        Step("stopwords", _MARK.join(token.form for token in tokens if not token.stems)),
    ]


def _place(token: Token, text: str) -> str:
    return f"{token.start}-{token.end} {text[token.start : token.end]}"


def _terms(terms: Sequence[tuple[str, ...]]) -> str:
    """Both readings of a word with a stroke between."""
    return _MARK.join("/".join(readings) for readings in terms)
