"""The queries that are not evaluated over arrays: Whoosh's own matchers, one document after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh import query
from whoosh.reading import MultiReader
from whoosh.reading import SegmentReader as StockReader
from whoosh.searching import Searcher

from search.engine.codec import ArrayCodec, ArrayDocumentReader, ArraySegment, ArrayTermsReader
from search.engine.kernel import Found
from search.engine.ranking import FieldWeighting
from search.engine.schema import whoosh_schema
from search.engine.segment import SegmentReader
from search.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from search.engine.evaluate import Run

#: Documents between two looks at the clock.
STRIDE = 256


def match(tree: query.Query, run: Run, segment: int) -> Found:
    """The documents of a segment that match, in order, and their scores."""
    searcher = run.lexicon.stock_searcher.leaf_searchers()[segment][0]
    matcher = tree.matcher(searcher, searcher.context())
    docs: list[int] = []
    scores: list[float] = []
    while matcher.is_active() and (len(docs) % STRIDE or not run.expired()):
        docs.append(matcher.id())
        scores.append(matcher.score())
        matcher.next()
    return np.array(docs, np.uint32), np.array(scores, np.float32)


def searcher_of(snapshot: Snapshot) -> Searcher:
    """A Whoosh searcher over the open segments, with the weighting of the first stage."""
    schema = whoosh_schema()
    readers = [
        StockReader(None, schema, ArraySegment(segment.name, segment.size, None, 0), codec=_OpenCodec(segment))
        for segment in snapshot.segments
    ]
    return Searcher(MultiReader(readers) if len(readers) > 1 else readers[0], weighting=FieldWeighting())


class _OpenCodec(ArrayCodec):
    """Gives the readers of a segment that is open already."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTermsReader:
        """The terms and postings of the open segment."""
        return ArrayTermsReader(self._segment)

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocumentReader:
        """What the open segment holds by document."""
        return ArrayDocumentReader(self._segment)
