"""How well a document answers a term: the two weighting formulas, each as a Whoosh model and as arrays.

Both formulas have one shape, and the whole engine rests on it: with tf the occurrences of a term in a document,

    score = factor * x / (1 + x)        x = tf * norm

where `norm` depends on the document alone (its length in the field) and `factor` on the term alone (how rare it is
in the whole archive). Norms are computed once a field and snapshot; a query costs one multiplication, addition and
division a posting, whatever the formula.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.scoring import BaseScorer, WeightingModel

Floats = NDArray[np.float32]


class TermStatistics(NamedTuple):
    """What the whole archive knows of a term.

    Attributes:
        documents: documents of the archive (N), those deleted and not yet merged away included, as in the postings.
        document_frequency: documents that hold the term (n).
        collection_frequency: occurrences of the term (F).
    """

    documents: int
    document_frequency: int
    collection_frequency: int


class SaturatingModel(WeightingModel):  # type: ignore[misc]  # Whoosh is untyped
    """A weighting of the form factor * x / (1 + x) with x = tf * norm; also a Whoosh `WeightingModel`."""

    @property
    def needs_lengths(self) -> bool:
        """Whether document lengths enter the formula."""
        return True

    def factor(self, statistics: TermStatistics) -> float:
        """The largest score that the term can give: finite, and never below zero."""
        raise NotImplementedError

    def norms(self, lengths: NDArray[Any], average: float) -> Floats:
        """The norm of each document, float32[n], from its length in terms and the average length of the archive."""
        raise NotImplementedError

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> SaturatingScorer:
        """Whoosh's entry: a scorer of one term over the whole index behind `searcher`."""
        reader = searcher.get_parent().reader()
        frequency, occurrences = reader.doc_frequency(fieldname, text), reader.frequency(fieldname, text)
        statistics = TermStatistics(reader.doc_count_all(), int(frequency), int(occurrences))
        average = reader.field_length(fieldname) / (reader.doc_count_all() or 1)
        return SaturatingScorer(self, searcher.reader(), fieldname, self.factor(statistics) * qf, average)


class SaturatingScorer(BaseScorer):  # type: ignore[misc]  # Whoosh is untyped
    """Scores one posting at a time, for Whoosh's matchers; `evaluate` does the same over arrays."""

    def __init__(self, model: SaturatingModel, reader: Any, fieldname: str, factor: float, average: float) -> None:
        self._model, self._reader, self._field = model, reader, fieldname
        self._factor, self._average = factor, average

    def score(self, matcher: Any) -> float:
        """The score of the matcher's current document."""
        length = self._reader.doc_field_length(matcher.id(), self._field) if self._model.needs_lengths else 0
        norm = float(self._model.norms(np.array([length]), self._average)[0])
        x = float(min(matcher.weight(), 255)) * norm
        return self._factor * x / (1 + x)

    def supports_block_quality(self) -> bool:
        """Whether blocks of postings have bounds of their own: no, so nothing is skipped."""
        return False

    def max_quality(self) -> float:
        """The largest score that a document can have."""
        return self._factor


@dataclass(frozen=True)
class BM25(SaturatingModel):
    """Okapi BM25, with the inverse document frequency that Lucene uses, which is never negative.

    idf * tf (k1 + 1) / (tf + k1 (1 - b + b len / avg)),  idf = ln(1 + (N - n + .5) / (n + .5))

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.

    Attributes:
        k1: how much further occurrences count. b: how much the length of the document counts, 0 to 1.
    """

    k1: float = 1.2
    b: float = 0.75

    @property
    def needs_lengths(self) -> bool:
        """Not without length normalisation."""
        return self.b > 0

    def factor(self, statistics: TermStatistics) -> float:
        """Idf * (k1 + 1)."""
        n = statistics.document_frequency
        absent = max(statistics.documents - n, 0)
        return math.log1p((absent + 0.5) / (n + 0.5)) * (self.k1 + 1)

    def norms(self, lengths: NDArray[Any], average: float) -> Floats:
        """1 / (k1 (1 - b + b len / avg))."""
        relative = lengths / np.float32(average or 1)
        norms: Floats = (1 / (self.k1 * (1 - self.b + self.b * relative))).astype(np.float32)
        return norms


@dataclass(frozen=True)
class InExpC2(SaturatingModel):
    """I(ne)C2 of the divergence-from-randomness family: best of its kind for Persian news.

    tfn = tf log2(1 + c avg / len);  ne = N (1 - ((N - 1) / N)^F);
    w = (F + 1) / (n (tfn + 1)) * tfn * log2((N + 1) / (ne + .5))

    Since ne is at most N, the logarithm is above zero even for one article, or a term that every article holds.

    Source: Amati and van Rijsbergen, "Probabilistic models of information retrieval based on measuring the divergence
    from randomness", ACM TOIS 20 (2002); for Persian, Akasereh and Savoy, 2012.

    Attributes:
        c: how strongly short documents are favoured.
    """

    c: float = 1.0

    def factor(self, statistics: TermStatistics) -> float:
        """(F + 1) / n * log2((N + 1) / (ne + .5))."""
        documents, frequency, occurrences = statistics
        frequency = max(frequency, 1)
        documents = max(documents, frequency)
        expected = documents * (1 - ((documents - 1) / documents) ** occurrences)
        return (occurrences + 1) / frequency * math.log2((documents + 1) / (expected + 0.5))

    def norms(self, lengths: NDArray[Any], average: float) -> Floats:
        """log2(1 + c avg / len); an empty document counts as one term long."""
        relative = np.float32(self.c * average) / np.maximum(lengths, 1)
        norms: Floats = (np.log1p(relative) / np.float32(math.log(2))).astype(np.float32)
        return norms


# Title and lead are short and nearly of one length: a small b. Exact values (section, tag, key ...) have no length.
WEIGHTINGS: Mapping[str, SaturatingModel] = {
    "stem": InExpC2(c=1.0),
    "form": BM25(k1=2.0, b=0.75),
    "lemma": BM25(k1=2.0, b=0.75),
    "title": BM25(k1=1.2, b=0.3),
    "lead": BM25(k1=1.2, b=0.3),
}
EXACT_VALUE = BM25(k1=1.2, b=0.0)
PAIR = BM25(k1=2.0, b=0.75)


def weighting_of(field: str) -> SaturatingModel:
    """The weighting that the first stage uses for a field."""
    return WEIGHTINGS.get(field, EXACT_VALUE)


class FieldWeighting(WeightingModel):  # type: ignore[misc]  # Whoosh is untyped
    """The first stage as one Whoosh model, each field by its own formula: what a stock `Searcher` is given."""

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> SaturatingScorer:
        """A scorer of one term by the weighting of its field."""
        return weighting_of(fieldname).scorer(searcher, fieldname, text, qf)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something further that makes a good answer; added to the score of the leading candidates only.

    Attributes:
        field: where to look. `pair` and `phrase` need a field with positions.
        terms: in the order of the query.
        kind: `term` scores each of the terms by itself and adds them up; `pair` does so for each two neighbours of
            `terms` standing side by side, as if the pair were one term; `phrase` takes all the terms, side by side,
            as one term.
        weight: multiplies the sum.
        model: the formula; None means that of the field for `term`, BM25(2, .75) for `pair` and `phrase`.
    """

    field: str
    terms: tuple[str, ...]
    kind: Literal["term", "pair", "phrase"] = "term"
    weight: float = 1.0
    model: SaturatingModel | None = None
