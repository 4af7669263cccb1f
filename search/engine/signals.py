"""The second stage of ranking: signals, added to the scores of the leading candidates of a segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from search.engine import kernel
from search.engine.evaluate import Run
from search.engine.kernel import Docs, Scores
from search.engine.lexicon import Lexicon, Place
from search.engine.ranking import PAIR, SaturatingModel, Signal, TermStatistics, weighting_of

#: How many of a rare term's documents are looked at to learn how many hold a sequence.
SAMPLE = 1024
#: How many sequences are remembered.
REMEMBERED = 4096


class SequenceStatistics:
    """How many documents hold terms side by side, for all searches of a snapshot.

    A sequence is no term of the index, so this is learned from the documents of its rarest term: from all of them where
    there are up to 1,024, else from every n-th, evenly.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[tuple[str | bytes, ...], TermStatistics] = {}

    def of(self, places: tuple[Place, ...]) -> TermStatistics:
        """Statistics of the sequence of these terms of one field, as if it were a term."""
        key: tuple[str | bytes, ...] = (places[0].field, *(place.term for place in places))
        try:
            return self._known[key]
        except KeyError:
            frequency = self._estimate(places)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        statistics = self._known[key] = TermStatistics(self._lexicon.snapshot.size, frequency, frequency)
        return statistics

    def _estimate(self, places: tuple[Place, ...]) -> int:
        rarest = min(places, key=lambda place: place.statistics.document_frequency)
        stride = -(-rarest.statistics.document_frequency // SAMPLE)
        seen = 0
        for segment in range(len(self._lexicon.snapshot.segments)):
            postings = rarest.postings[segment]
            if postings is not None:
                docs = np.ascontiguousarray(kernel.decode(postings)[::stride])
                seen += int(np.count_nonzero(Candidates(self._lexicon, segment, docs).phrase(places)))
        return max(seen, 1) * stride


class Candidates:
    """The leading documents of one segment, and what signals add to their scores.

    Args:
        docs: ascending.

    Attributes:
        extra: float32, by document: the sum of the signals so far.
    """

    def __init__(self, lexicon: Lexicon, segment: int, docs: Docs) -> None:
        self.docs = docs
        self.extra = np.zeros(len(docs), np.float32)
        self._lexicon = lexicon
        self._segment = segment
        self._rows: dict[Place, kernel.Rows] = {}

    def add_terms(self, places: Iterable[Place], model: SaturatingModel, weight: float) -> None:
        """Add the score of each of the terms."""
        terms = (self._lexicon.weighted(self._segment, place, model, weight) for place in places)
        size = self._lexicon.snapshot.segments[self._segment].size
        kernel.augment(self.docs, self.extra, [term for term in terms if term], size)

    def add_pairs(
        self, places: Sequence[Place], statistics: Sequence[TermStatistics], model: SaturatingModel, weight: float
    ) -> None:
        """Add the score of each two neighbours among terms of one field that stand side by side, as if one term."""
        norms = self._lexicon.norms(self._segment, places[0].field, model)[self.docs]
        for counts, pair in zip(self.pairs(places), statistics, strict=True):
            self._add(counts * norms, model.factor(pair) * weight)

    def add_phrase(
        self, places: Sequence[Place], statistics: TermStatistics, model: SaturatingModel, weight: float
    ) -> None:
        """Add the score of terms of one field that all stand side by side, as if they were one term."""
        norms = self._lexicon.norms(self._segment, places[0].field, model)[self.docs]
        self._add(self.phrase(places) * norms, model.factor(statistics) * weight)

    def _add(self, x: Scores, factor: float) -> None:
        self.extra += np.float32(factor) * (x / (1 + x))

    def pairs(self, places: Sequence[Place]) -> kernel.Counts:
        """How often each two neighbours among the terms stand side by side; uint32[terms - 1, documents]."""
        sources = [self._lexicon.positions(self._segment, place) for place in places]
        return kernel.neighbours(sources, [self._located(place) for place in places])

    def phrase(self, places: Sequence[Place]) -> kernel.Counts:
        """How often all of the terms stand side by side, in order; uint32 by document."""
        counts = np.zeros(len(self.docs), np.uint32)
        rows = [self._located(place) for place in places]
        held = np.flatnonzero(np.minimum.reduce(rows) >= 0)
        if len(held):
            sources = [self._lexicon.positions(self._segment, place) for place in places]
            counts[held] = kernel.chain(sources, [row[held] for row in rows], 1)
        return counts

    def _located(self, place: Place) -> kernel.Rows:
        """The term's posting of each of the documents, -1 where it is absent."""
        if place not in self._rows:
            self._rows[place] = self._lexicon.rows(self._segment, place, self.docs)
        return self._rows[place]


def reinforcement(
    run: Run, sequences: SequenceStatistics, segment: int, docs: Docs, signals: Sequence[Signal]
) -> Scores:
    """What the signals add to the score of each of the documents (ascending, of one segment); float32."""
    candidates = Candidates(run.lexicon, segment, docs)
    for signal in signals:
        places = [run.lexicon.place(signal.field, term) for term in signal.terms]
        if signal.kind == "term":
            model = signal.model or weighting_of(signal.field)
            candidates.add_terms(filter(None, places), model, signal.weight)
            continue
        model = signal.model or PAIR
        if signal.kind == "pair":
            for stretch in _stretches(places):
                statistics = [sequences.of(pair) for pair in pairwise(stretch)]
                candidates.add_pairs(stretch, statistics, model, signal.weight)
        elif _stretches(places) == [places]:
            known = _stretches(places)[0]
            candidates.add_phrase(known, sequences.of(tuple(known)), model, signal.weight)
    return candidates.extra


def _stretches(places: Sequence[Place | None]) -> list[list[Place]]:
    """Terms that follow each other without one between that is nowhere in the archive: two and more of them."""
    stretches: list[list[Place]] = [[]]
    for place in places:
        if place is None:
            stretches.append([])
        else:
            stretches[-1].append(place)
    return [stretch for stretch in stretches if len(stretch) > 1]
