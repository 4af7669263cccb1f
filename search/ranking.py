"""What the second stage of ranking adds for a query: the parts of the score beyond the stems.

The first stage scores every match by its stems (DFR I(ne)C2, c 1). To the leading candidates, four parts are added:

    field   terms of the query            formula           weight
    lemma   words less their inflection   BM25(2, .75)      .7
    form    words as they are typed       BM25(2, .75)      .05
    stem    neighbours standing together  BM25(2, .75)      .3
    title   stems in the title            BM25(1.2, .3)     .2

The parts and formulas follow Amati and van Rijsbergen (2002) and Robertson and Zaragoza (2009); the weights lie in the
middle of a flat optimum on the judged Hamshahri topics, and lose nothing on PQuAD's questions (docs/persian.md has
the figures).
"""

from __future__ import annotations

from collections.abc import Sequence

from search.engine.ranking import BM25, Signal
from search.persian import Token

LEMMA = (BM25(2.0, 0.75), 0.7)
FORM = (BM25(2.0, 0.75), 0.05)
PAIR = (BM25(2.0, 0.75), 0.3)
TITLE = (BM25(1.2, 0.3), 0.2)


def signals(tokens: Sequence[Token]) -> tuple[Signal, ...]:
    """The signals of the words of a query, in its order; none for one of stopwords alone.

    A word with two readings counts under both, and as a neighbour under the likelier, which comes first.
    """
    telling = [token for token in tokens if token.stems]
    if not telling:
        return ()
    stems = tuple(stem for token in telling for stem in token.stems)
    return (
        Signal("lemma", tuple(lemma for token in telling for lemma in token.lemmas), "term", LEMMA[1], LEMMA[0]),
        Signal("form", tuple(token.form for token in telling), "term", FORM[1], FORM[0]),
        Signal("stem", tuple(token.stems[0] for token in telling), "pair", PAIR[1], PAIR[0]),
        Signal("title", stems, "term", TITLE[1], TITLE[0]),
    )
