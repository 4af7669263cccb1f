"""Collapsed answers against plain Python: the whole list without whatever has a near-duplicate before it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from whoosh import query

from search.engine import searching
from search.engine.answer import Answer, EngineQuery, Sort
from search.engine.document import Document
from search.engine.index import Index
from search.engine.ranking import Signal
from search.engine.searching import SnapshotSearcher
from tests.engine.conftest import OpenWriter
from tests.engine.test_duplicates import stories, words

SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")
AGENCIES = ("فارس", "ایرنا", "ایسنا")


def replace_time(document: Document, published: int) -> Document:
    """The document as published at another time."""
    return msgspec.structs.replace(document, published=published)


@pytest.fixture(scope="module")
def searcher(open_writer: OpenWriter, tmp_path_factory: pytest.TempPathFactory) -> SnapshotSearcher:
    """Some 400 articles, among them three with forty copies, in segments by time; some are deleted."""
    directory, rng = tmp_path_factory.mktemp("collapse"), random.Random(7)
    documents = []
    for state in range(10):
        copied = stories(state)
        copied += [replace_time(copied[0], rng.randrange(90, 110)) for _ in range(40 if state < 3 else 0)]
        for number, one in enumerate(copied):
            keywords = {"agency": (rng.choice(AGENCIES),)}
            document = Document(
                key=f"{state}/{number}", title=one.title, lead=one.lead, body=one.body, keywords=keywords,
                day=rng.choice([None, *range(700000, 700020)]), published=one.published,
            )  # fmt: skip
            documents.append(document)
    rng.shuffle(documents)
    documents.sort(key=lambda document: document.published or 0)
    with open_writer(directory) as writer:
        for start in range(0, len(documents), 70):
            for document in documents[start : start + 70]:
                writer.add(document)
            writer.commit()
        for number in range(0, 12, 5):
            writer.delete(f"3/{number}")
        writer.commit()
    return SnapshotSearcher(Index.open(directory).snapshot)


def _question(rng: random.Random, sort: Sort) -> EngineQuery:
    """Any of some words, filtered or not, with further signals or not; all answers on one page."""
    found = words(rng, 30)
    terms = [query.Term("stem", word) for word in found]
    return EngineQuery(
        tree=rng.choice([query.Every(), query.Or(terms), query.Or(terms[:5])]),
        signals=rng.choice([(), (Signal("form", tuple(found[3:9]), weight=2.0),)]),
        filters=rng.choice([{}, {"agency": frozenset(AGENCIES[:2])}]),
        days=rng.choice([(None, None), (700003, 700015)]),
        sort=sort,
        facets=("agency",),
        histogram=True,
        limit=1000,
    )


def _counts(answer: Answer) -> tuple[dict[str, int], list[int], int]:
    facet, days = answer.facets["agency"], answer.days
    assert days is not None
    return dict(zip(facet.values, facet.counts.tolist(), strict=True)), days.counts.tolist(), days.first


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("state", range(12))
def test_collapse(searcher: SnapshotSearcher, monkeypatch: pytest.MonkeyPatch, sort: Sort, state: int) -> None:
    """Collapsed, an answer is the plain one without the later members of each cluster, in every order, page by page;
    totals count groups and articles, facets and days count articles. Few candidates, so that pages go beyond.
    """
    monkeypatch.setattr(searching, "CANDIDATES", 8)
    monkeypatch.setattr(searching, "_SPARE", 2)
    question = _question(random.Random(state), sort)
    plain = searcher.search(question)
    groups: dict[int, int] = {}
    for doc in plain.docs.tolist():
        groups.setdefault(searcher.clusters.members(doc)[0], doc)
    collapsed = searcher.search(replace(question, collapse=True))
    assert collapsed.docs.tolist() == list(groups.values())
    assert (collapsed.total, collapsed.articles) == (len(groups), len(plain.docs))
    assert (plain.total, plain.articles) == (len(plain.docs), len(plain.docs))
    assert _counts(collapsed) == _counts(plain)
    scores = dict(zip(plain.docs.tolist(), plain.scores.tolist(), strict=True))
    assert collapsed.scores.tolist() == [scores[doc] for doc in collapsed.docs.tolist()]
    size = 7
    pages = [
        searcher.search(replace(question, collapse=True, offset=offset, limit=size)).docs.tolist()
        for offset in range(0, len(groups) + size, size)
    ]
    assert [doc for page in pages for doc in page] == collapsed.docs.tolist()
    assert not pages[-1]


def test_there_is_something_to_collapse(searcher: SnapshotSearcher) -> None:
    """The archive of these tests has clusters whose members are in several segments, and of several agencies."""
    segments = searcher.snapshot.segments
    assert len(segments) > 2
    spread = 0
    for number in range(1, len(searcher.clusters) + 1):
        docs = searcher.clusters.docs[searcher.clusters.first[number] : searcher.clusters.first[number + 1]]
        spread += len({searcher.snapshot.locate(doc)[0].name for doc in docs.tolist()}) > 1
    assert spread > 10
    answer = searcher.search(EngineQuery(tree=query.Every(), collapse=True))
    assert answer.total < answer.articles == searcher.snapshot.count


def test_counts_alone(searcher: SnapshotSearcher) -> None:
    """A question for no documents still counts the groups."""
    whole = searcher.search(EngineQuery(tree=query.Every(), collapse=True, limit=1000))
    answer = searcher.search(EngineQuery(tree=query.Every(), collapse=True, limit=0))
    assert (len(answer.docs), answer.total, answer.articles) == (0, len(whole.docs), searcher.snapshot.count)


def test_nothing_indexed(open_writer: OpenWriter, tmp_path: Path) -> None:
    """An empty archive collapses to nothing."""
    with open_writer(tmp_path) as writer:
        writer.commit()
    answer = SnapshotSearcher(Index.open(tmp_path).snapshot).search(EngineQuery(tree=query.Every(), collapse=True))
    assert (len(answer.docs), answer.total, answer.articles) == (0, 0, 0)
