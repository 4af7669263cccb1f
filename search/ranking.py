"""What the second stage of ranking adds for a query: the parts of the score beyond the stems.

The first stage scores every match by its stems, DFR I(ne)C2. For the leading candidates these are added: the words
less their inflection, neighbours of the query standing side by side, and words in the title.
"""

from __future__ import annotations

from collections.abc import Sequence

from search.engine.ranking import BM25, Signal
from search.persian import Token

LEMMA = (BM25(2.0, 0.75), 0.5)
PAIR = (BM25(2.0, 0.75), 0.2)
TITLE = (BM25(1.2, 0.3), 0.3)


def signals(tokens: Sequence[Token]) -> tuple[Signal, ...]:
    """The signals of the words of a query, in its order."""
    stems = tuple(token.stems[0] for token in tokens if token.stems)
    lemmas = tuple(token.lemmas[0] for token in tokens if token.lemmas)
    if not stems:
        return ()
    return (
        Signal("lemma", lemmas, "term", LEMMA[1], LEMMA[0]),
        Signal("stem", stems, "pair", PAIR[1], PAIR[0]),
        Signal("title", stems, "term", TITLE[1], TITLE[0]),
    )
