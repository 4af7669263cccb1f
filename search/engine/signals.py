"""The second stage of ranking: signals, added to the scores of the leading candidates of a segment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from search.engine import kernel
from search.engine.evaluate import Run
from search.engine.kernel import Docs, Scores
from search.engine.lexicon import Lexicon, Place
from search.engine.ranking import PAIR, Signal, TermStatistics, weighting_of

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
        self._known: dict[tuple[Place, ...], TermStatistics] = {}

    def of(self, places: tuple[Place, ...]) -> TermStatistics:
        """Statistics of the sequence of these terms of one field, as if it were a term."""
        if places not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            frequency = self._estimate(places)
            self._known[places] = TermStatistics(self._lexicon.snapshot.size, frequency, frequency)
        return self._known[places]

    def _estimate(self, places: tuple[Place, ...]) -> int:
        rarest = min(places, key=lambda place: place.statistics.document_frequency)
        stride = -(-rarest.statistics.document_frequency // SAMPLE)
        seen = 0
        for segment, reader in enumerate(self._lexicon.snapshot.segments):
            ordinal = rarest.ordinals[segment]
            if ordinal >= 0:
                docs = np.ascontiguousarray(reader.postings(rarest.field, ordinal).docs[::stride])
                seen += int(np.count_nonzero(frequencies(self._lexicon, segment, places, docs)[1]))
        return max(seen, 1) * stride


def frequencies(
    lexicon: Lexicon, segment: int, places: Sequence[Place], docs: Docs
) -> tuple[kernel.Rows, kernel.Counts]:
    """Which of the documents hold all of the terms (as places in `docs`), and how often side by side in order."""
    terms = [lexicon.weighted(segment, place, PAIR, 1.0) for place in places]
    rows = [kernel.locate(docs, term) for term in terms if term]
    if len(rows) < len(terms):
        return np.zeros(0, np.int32), np.zeros(0, np.uint32)
    held = np.flatnonzero(np.logical_and.reduce([row >= 0 for row in rows])).astype(np.int32)
    sources = [lexicon.positions(segment, place) for place in places]
    return held, kernel.chain(sources, [row[held] for row in rows], 1)


def reinforcement(
    run: Run, sequences: SequenceStatistics, segment: int, docs: Docs, signals: Sequence[Signal]
) -> Scores:
    """What the signals add to the score of each of the documents (ascending, of one segment); float32."""
    extra = np.zeros(len(docs), np.float32)
    for signal in signals:
        if signal.kind == "term":
            _add_terms(run, segment, docs, extra, signal)
        elif signal.kind == "pair":
            for pair in pairwise(signal.terms):
                _add_sequence(run, sequences, segment, docs, extra, signal, pair)
        else:
            _add_sequence(run, sequences, segment, docs, extra, signal, signal.terms)
    return extra


def _add_terms(run: Run, segment: int, docs: Docs, extra: Scores, signal: Signal) -> None:
    model = signal.model or weighting_of(signal.field)
    places = (run.place(signal.field, term) for term in signal.terms)
    terms = (run.lexicon.weighted(segment, place, model, signal.weight) for place in places if place)
    kernel.augment(docs, extra, [term for term in terms if term], run.lexicon.snapshot.segments[segment].size)


def _add_sequence(
    run: Run,
    sequences: SequenceStatistics,
    segment: int,
    docs: Docs,
    extra: Scores,
    signal: Signal,
    terms: Sequence[str],
) -> None:
    places = tuple(place for place in (run.place(signal.field, term) for term in terms) if place)
    if len(places) < len(terms) or len(terms) < 2:
        return
    model = signal.model or PAIR
    held, counts = frequencies(run.lexicon, segment, places, docs)
    x = counts * run.lexicon.norms(segment, signal.field, model)[docs[held]]
    extra[held] += np.float32(signal.weight * model.factor(sequences.of(places))) * (x / (1 + x))
