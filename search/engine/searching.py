"""SnapshotSearcher: an EngineQuery over all segments of a snapshot -> an Answer."""

from __future__ import annotations

import threading

import numpy as np

from search.engine.answer import Answer, EngineQuery, Recency, Sort
from search.engine.collapse import Collapse
from search.engine.collect import DayCounter, FacetCounter, Leaders, joined, lead, lead_by_date, reversed_time, select
from search.engine.duplicates import Clusters, find_clusters
from search.engine.evaluate import Matches, Run, SegmentEvaluator
from search.engine.kernel import Docs, Scores
from search.engine.lexicon import Lexicon
from search.engine.segment import SegmentReader
from search.engine.signals import SequenceStatistics, reinforcement
from search.engine.snapshot import Snapshot

#: So many documents, the best of the first stage, go through the second: the same ones on every page. On judged topics
#: average precision is the same to four digits with 200, 300 or 3,000.
CANDIDATES = 300
#: So many times the documents of a page are looked at first where they collapse, and again where these were too few.
_SPARE = 4


class SnapshotSearcher:
    """Searches one snapshot. Threads may share it: what it remembers is only ever added to."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.lexicon = Lexicon(snapshot)
        self._sequences = SequenceStatistics(self.lexicon)
        self._clusters: Clusters | None = None
        self._clustering = threading.Lock()

    @property
    def clusters(self) -> Clusters:
        """The clusters of near-duplicates; found when first asked for, then kept."""
        with self._clustering:
            if self._clusters is None:
                self._clusters = find_clusters(self.snapshot)
            return self._clusters

    def search(self, question: EngineQuery) -> Answer:
        """Answer a question.

        Raises:
            KeyError: a filter or facet names no column.
        """
        run = Run(self.lexicon, question.time_limit_ms)
        collapse = Collapse(self.clusters) if question.collapse else None
        collection = Collection(self.lexicon, question, collapse)
        for segment in range(len(self.snapshot.segments)):
            evaluator = SegmentEvaluator(run, segment)
            if question.sort == "relevance":
                collection.add(segment, evaluator.match(question.tree))
            else:
                docs = evaluator.docs(question.tree)
                collection.add(segment, Matches(docs, np.zeros(0, np.float32)))
        return collection.answer(self._leading(run, question, collection, collapse), run)

    def _leading(
        self, run: Run, question: EngineQuery, collection: Collection, collapse: Collapse | None
    ) -> Leaders:  # fmt: skip
        """The documents that come first, in order, as many as the page needs; collapsed, without the repetitions."""
        end = question.offset + question.limit
        if collapse is None:
            return self._ranked(run, question, collection, end)
        wanted = max(_SPARE * end, CANDIDATES)
        while True:
            distinct = collapse.distinct(self._ranked(run, question, collection, wanted))
            if len(distinct.docs) >= min(end, collapse.groups):
                return distinct
            wanted *= _SPARE

    def _ranked(self, run: Run, question: EngineQuery, collection: Collection, end: int) -> Leaders:
        """The first `end` documents, in their final order."""
        if question.sort != "relevance" or not question.signals:
            return in_order(question.sort, collection.leaders(end)).take(slice(end))
        leaders = collection.leaders(max(end, CANDIDATES))
        candidates = self._reinforced(run, question, leaders.foremost(CANDIDATES))
        if end <= len(candidates.docs):
            return candidates.foremost(end).ordered()
        return joined([candidates.ordered(), leaders.ordered().take(slice(CANDIDATES, None))])

    def _reinforced(self, run: Run, question: EngineQuery, leaders: Leaders) -> Leaders:
        """The candidates, with the signals added to their scores."""
        leaders = leaders.take(np.argsort(leaders.docs))
        scores = leaders.scores.copy()
        for segment, reader in enumerate(self.snapshot.segments):
            low, high = np.searchsorted(leaders.docs, (reader.base, reader.base + reader.size))
            if low < high and not run.expired():
                docs = (leaders.docs[low:high] - reader.base).astype(np.uint32)
                extra = reinforcement(run, self._sequences, segment, docs, question.signals)
                scores[low:high] += extra * gain(reader, docs, question.recency)
        return leaders._replace(scores=scores)


class Collection:
    """What is gathered from the matches of each segment."""

    def __init__(self, lexicon: Lexicon, question: EngineQuery, collapse: Collapse | None) -> None:
        self._collapse = collapse
        self._segments = lexicon.snapshot.segments
        self._question = question
        self._articles = 0
        self._chosen: list[tuple[SegmentReader, Docs, Scores]] = []
        self._facets = [FacetCounter(lexicon, name) for name in question.facets]
        self._days = DayCounter(lexicon) if question.histogram else None

    def add(self, segment: int, matches: Matches) -> None:
        """Take in the matches of a segment."""
        reader, question = self._segments[segment], self._question
        chosen = select(reader, matches.docs, question.filters, question.days)
        self._articles += len(chosen.all)
        for facet in self._facets:
            facet.add(segment, reader, chosen.under(facet.name))
        if self._days is not None:
            self._days.add(reader, chosen.all)
        if self._collapse is not None:
            self._collapse.add(reader, chosen.all)
        scores = matches.scores
        if question.sort == "relevance":
            scores = scores[chosen.rows] * gain(reader, chosen.all, question.recency)
        self._chosen.append((reader, chosen.all, scores))

    def leaders(self, wanted: int) -> Leaders:
        """The documents that come first in the first stage, not in order; by date, so many of each segment."""
        if self._question.sort == "relevance":
            return joined([lead(*chosen, wanted) for chosen in self._chosen]).foremost(wanted)
        newest = self._question.sort == "newest"
        return joined([lead_by_date(reader, docs, wanted, newest=newest) for reader, docs, _ in self._chosen])

    def answer(self, ranked: Leaders, run: Run) -> Answer:
        """The answer, given the leaders in their order."""
        question = self._question
        page = ranked.take(slice(question.offset, question.offset + question.limit))
        return Answer(
            docs=page.docs.astype(np.int32),
            scores=page.scores,
            total=self._articles if self._collapse is None else self._collapse.groups,
            articles=self._articles,
            facets={facet.name: facet.result() for facet in self._facets},
            days=self._days.result() if self._days is not None else None,
            complete=not run.expired(),
            capped=tuple(run.capped),
        )


def in_order(sort: Sort, leaders: Leaders) -> Leaders:
    """The leaders in the order of the first stage; documents of an unknown time come last by date."""
    if sort == "relevance":
        return leaders.ordered()
    times = leaders.published if sort == "newest" else reversed_time(leaders.published)
    return leaders.take(np.lexsort((leaders.docs, -times.astype(np.float64))))


def gain(reader: SegmentReader, docs: Docs, recency: Recency | None) -> Scores | np.float32:
    """What recency multiplies the score of each document by; 1 where it is left out."""
    if recency is None:
        return np.float32(1)
    days = reader.numbers("day")[docs]
    age = np.maximum(recency.today - days, 0) / np.float32(recency.half_life)
    gains: Scores = np.where(days < 0, 1, 1 + recency.weight * np.exp2(-age)).astype(np.float32)
    return gains
