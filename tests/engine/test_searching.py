"""What a search answers: filters, facets, days, order, pages, signals, limits; worked out again without arrays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query

from search.engine import evaluate, expand, searching
from search.engine.answer import Answer, EngineQuery, Recency
from search.engine.document import Document
from search.engine.index import Index
from search.engine.ranking import BM25, Signal
from tests.engine.conftest import OpenWriter

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon"]
EVERY = query.Every()


def documents() -> Iterator[Document]:
    """Documents with values missing here and there; many share a time."""
    rng = random.Random(3)
    for number in range(150):
        day = rng.choice([None, *range(730_000, 730_012)])
        yield Document(
            key=str(number),
            title=rng.choice(WORDS),
            body=" ".join(rng.choices(WORDS, weights=(8, 4, 2, 1, 1), k=rng.randint(1, 9))),
            keywords={
                "section": tuple(rng.choices(["politics", "sport", "art"], k=rng.randint(0, 1))),
                "year": tuple(rng.choices(["1400", "1401"], k=rng.randint(0, 1))),
                "tag": tuple(sorted(set(rng.choices("abcd", k=rng.randint(0, 3))))),
            },
            day=day,
            published=None if day is None else day * 10,
        )


DOCUMENTS = list(documents())
DELETED = {"3", "77", "140"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, open_writer: OpenWriter) -> Index:
    """Two segments; three documents are deleted. Document numbers are keys."""
    directory: Path = tmp_path_factory.mktemp("index")
    for part in (DOCUMENTS[:90], DOCUMENTS[90:]):
        with open_writer(directory) as writer:
            for document in part:
                writer.add(document)
            writer.commit()
    with open_writer(directory) as writer:
        for key in DELETED:
            writer.delete(key)
        writer.commit()
    opened = Index.open(directory)
    assert [segment.size for segment in opened.snapshot.segments] == [90, 60]
    return opened


def live(accepts: Callable[[Document], bool] = lambda document: True) -> list[Document]:
    """Documents that are not deleted, in the order of their numbers."""
    return [document for document in DOCUMENTS if document.key not in DELETED and accepts(document)]


def holds(document: Document, word: str) -> bool:
    """Whether the word is in the document."""
    return word in f"{document.title} {document.body}".split()


def selected(document: Document, filters: Mapping[str, frozenset[str]], but: str = "") -> bool:
    """Whether the document passes all filters, but one."""
    return all(values & set(document.keywords[name]) for name, values in filters.items() if name != but)


filters = st.fixed_dictionaries(
    {},
    optional={
        "section": st.frozensets(st.sampled_from(["politics", "sport", "opera"])),
        "year": st.frozensets(st.sampled_from(["1400", "1401"])),
        "tag": st.frozensets(st.sampled_from("abz")),
    },
)
ends = st.none() | st.integers(729_998, 730_013)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.sampled_from([*WORDS, ""]), filters=filters, days=st.tuples(ends, ends))
def test_total_facets_and_days_are_counted_exactly(
    index: Index, word: str, filters: dict[str, frozenset[str]], days: tuple[int | None, int | None]
) -> None:
    """OR inside a column, AND among them and with the days; each facet counts under all filters but its own."""
    tree = query.Term("form", word) if word else EVERY
    columns = ("section", "year", "tag")
    answer = index.search(EngineQuery(tree=tree, filters=filters, days=days, facets=columns, histogram=True, limit=200))

    def inside(document: Document) -> bool:
        day = -1 if document.day is None else document.day
        first, last = days
        known = days == (None, None) or day >= 0
        return known and (first is None or day >= first) and (last is None or day <= last)

    matching = live(lambda document: (not word or holds(document, word)) and inside(document))
    chosen = [document for document in matching if selected(document, filters)]
    assert sorted(answer.docs.tolist()) == [int(document.key) for document in chosen]
    assert answer.total == len(chosen)
    for name in columns:
        counted = [document for document in matching if selected(document, filters, but=name)]
        wanted = Counter(value for document in counted for value in document.keywords[name])
        facet = answer.facets[name]
        assert dict(zip(facet.values, facet.counts.tolist(), strict=True)) == wanted
        assert facet.missing == sum(not document.keywords[name] for document in counted)
    assert answer.days is not None
    by_day = {answer.days.first + i: count for i, count in enumerate(answer.days.counts.tolist()) if count}
    assert by_day == Counter(document.day for document in chosen if document.day is not None)
    assert answer.days.missing == sum(document.day is None for document in chosen)


@pytest.mark.parametrize("newest", [True, False])
def test_sorted_by_date_unknown_dates_come_last(index: Index, newest: bool) -> None:
    """Newest or oldest first, the unknown last either way, the lower number first among equals; nothing is scored."""
    answer = index.search(EngineQuery(tree=EVERY, sort="newest" if newest else "oldest", limit=200))
    sign = -1 if newest else 1
    wanted = sorted(live(), key=lambda d: (d.published is None, sign * (d.published or 0), int(d.key)))
    assert answer.docs.tolist() == [int(document.key) for document in wanted]
    assert not answer.scores.any()


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("signals", [(), (Signal("title", ("al",), weight=2.0),)])
def test_pages_fit_together(
    index: Index, sort: Any, signals: tuple[Signal, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are slices of one order, across the edge of the candidates, too, and past the end are empty."""
    monkeypatch.setattr(searching, "CANDIDATES", 25)
    question = EngineQuery(tree=query.Term("form", "alpha"), sort=sort, signals=signals, limit=200)
    whole = index.search(question)
    pages = [index.search(replace(question, offset=offset, limit=7)) for offset in range(0, 160, 7)]
    assert [doc for page in pages for doc in page.docs.tolist()] == whole.docs.tolist()
    assert {page.total for page in pages} == {whole.total}
    assert len(whole.docs) == whole.total
    np.testing.assert_allclose(np.concatenate([page.scores for page in pages]), whole.scores)


def test_equal_scores_go_by_date_then_number(index: Index) -> None:
    """Among equals the newer comes first, then the lower number: always the same order."""
    answer = index.search(EngineQuery(tree=EVERY, limit=30))
    wanted = sorted(live(), key=lambda d: (d.published is None, -(d.published or 0), int(d.key)))
    assert answer.docs.tolist() == [int(document.key) for document in wanted[:30]]


def _scores(answer: Answer) -> dict[int, float]:
    return dict(zip(answer.docs.tolist(), answer.scores.tolist(), strict=True))


def test_a_signal_adds_what_its_own_query_scores(index: Index) -> None:
    """A term signal adds, to the documents that hold the term, weight times the score that a query for it gives."""
    tree = query.Term("form", "alpha")
    plain = _scores(index.search(EngineQuery(tree=tree, limit=200)))
    added = _scores(index.search(EngineQuery(tree=query.Term("title", "al"), limit=200)))
    signal = Signal("title", ("al", "nowhere"), weight=0.5)
    found = _scores(index.search(EngineQuery(tree=tree, signals=(signal,), limit=200)))
    for doc, score in found.items():
        assert score == pytest.approx(plain[doc] + 0.5 * added.get(doc, 0.0), rel=1e-5)
    assert any(added.get(doc) for doc in found)


def _neighbours(document: Document, first: str, second: str) -> int:
    words = [*document.title.split(), "|", *document.body.split()]
    return sum(pair == (first, second) for pair in pairwise(words))


@pytest.mark.parametrize("kind", ["pair", "phrase"])
def test_a_pair_scores_as_if_it_were_a_term(index: Index, kind: Any) -> None:
    """Two words side by side, as often as they are so, in as many documents as hold them so."""
    model = BM25(2.0, 0.0)
    signal = Signal("form", ("alpha", "beta"), kind, weight=3.0, model=model)
    found = _scores(index.search(EngineQuery(tree=EVERY, signals=(signal,), limit=200)))
    frequency = sum(_neighbours(document, "alpha", "beta") > 0 for document in DOCUMENTS)
    idf = np.log1p((len(DOCUMENTS) - frequency + 0.5) / (frequency + 0.5))
    for document in live():
        times = _neighbours(document, "alpha", "beta")
        assert found[int(document.key)] == pytest.approx(1 + 3 * idf * times * 3 / (times + 2), rel=1e-5)


def test_pairs_are_each_two_neighbours_of_the_query(index: Index) -> None:
    """A pair signal of three terms is the sum of two; a term that is nowhere parts its neighbours."""

    def extra(*terms: str) -> np.ndarray[Any, Any]:
        signal = Signal("form", terms, "pair")
        found = _scores(index.search(EngineQuery(tree=EVERY, signals=(signal,), limit=200)))
        return np.array([found[int(document.key)] - 1 for document in live()])

    both = extra("alpha", "beta", "gamma")
    np.testing.assert_allclose(both, extra("alpha", "beta") + extra("beta", "gamma"), atol=1e-5)
    assert both.any()
    assert not extra("alpha", "nowhere", "beta").any()


def test_recency_lifts_the_newer(index: Index) -> None:
    """(1 + weight * 2^(-age / half_life)) times the score; nothing for an unknown day, the whole for the future."""
    recency = Recency(today=730_008, weight=0.5, half_life=4)
    found = _scores(index.search(EngineQuery(tree=EVERY, recency=recency, limit=200)))
    for document in live():
        age = None if document.day is None else max(730_008 - document.day, 0)
        wanted = 1.0 if age is None else 1 + 0.5 * 2 ** (-age / 4)
        assert found[int(document.key)] == pytest.approx(wanted, rel=1e-5)


TREES = [
    query.Term("form", "alpha"), query.Or([query.Term("form", "beta"), query.Prefix("form", "a")]),
    query.And([query.Term("form", "alpha"), query.Not(query.Wildcard("form", "*t*"))]),
    query.AndNot(query.Term("form", "alpha"), query.FuzzyTerm("form", "beta")), query.Not(query.Term("form", "beta")),
    query.Phrase("form", ["alpha", "beta"]), query.Regex("form", "al.*"),
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES, ids=str)
@pytest.mark.parametrize("ticks", range(0, 12, 2))
def test_time_over_gives_a_true_part(index: Index, tree: Any, ticks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However early the clock ends a search, what is given does match, and the answer says that it is not all."""
    whole = set(index.search(EngineQuery(tree=tree, limit=200)).docs.tolist())
    moments = iter(range(1000))
    real = evaluate.Run
    monkeypatch.setattr(searching, "Run", lambda lexicon, limit: real(lexicon, limit, clock=lambda: next(moments)))
    answer = index.search(EngineQuery(tree=tree, limit=200, time_limit_ms=ticks * 1000))
    assert set(answer.docs.tolist()) <= whole
    assert answer.total == len(answer.docs)
    assert whole
    assert set(answer.docs.tolist()) == whole or not answer.complete
    assert answer.complete == (next(moments) <= ticks)


def test_no_time_at_all(index: Index) -> None:
    """A limit of nothing gives an empty answer that says so."""
    answer = index.search(EngineQuery(tree=EVERY, time_limit_ms=0, facets=("section",), histogram=True))
    assert (answer.total, answer.complete, answer.facets["section"].values) == (0, False, ())
    assert index.search(EngineQuery(tree=EVERY)).complete


def test_a_pattern_of_too_many_terms_is_cut_to_the_most_frequent(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The most frequent terms of the archive are looked up, and the answer names the pattern."""
    monkeypatch.setattr(expand, "MOST_TERMS", 2)
    frequency = Counter(word for d in DOCUMENTS for word in {*d.title.split(), *d.body.split()} if "l" in word)
    assert len(frequency) == 3
    kept = [word for word, _ in frequency.most_common(2)]
    answer = index.search(EngineQuery(tree=query.Wildcard("form", "*l*"), limit=200))
    assert answer.capped == ("form:*l*",)
    assert answer.complete
    assert sorted(answer.docs.tolist()) == [int(d.key) for d in live(lambda d: any(holds(d, word) for word in kept))]
    assert index.search(EngineQuery(tree=query.Wildcard("form", "al*a"))).capped == ()


def test_an_empty_index_answers(tmp_path: Path, open_writer: OpenWriter) -> None:
    """Nothing is found, nothing is wrong, whatever is asked."""
    with open_writer(tmp_path) as writer:
        writer.commit()
    empty = Index.open(tmp_path)
    for tree in (EVERY, *TREES):
        signals = (Signal("form", ("alpha", "beta"), "pair"),)
        answer = empty.search(EngineQuery(tree=tree, signals=signals, facets=("section", "tag"), histogram=True))
        assert (answer.total, len(answer.docs), answer.complete) == (0, 0, True)
        assert answer.days is not None
        assert len(answer.days.counts) == 0


def test_an_unknown_column_is_an_error(index: Index) -> None:
    """Facets and filters name columns that there are."""
    with pytest.raises(KeyError):
        index.search(EngineQuery(tree=EVERY, facets=("weather",)))


@given(words=st.lists(st.text("abcپژ", max_size=6), max_size=8, unique=True), text=st.text("abcپژ", max_size=6))
def test_distances_are_levenshtein(words: list[str], text: str) -> None:
    """The table over all terms at once gives what the textbook gives for each."""

    def distance(a: str, b: str) -> int:
        row = list(range(len(b) + 1))
        for i, letter in enumerate(a, 1):
            before, row[0] = row[0], i
            for j, other in enumerate(b, 1):
                before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
        return row[-1]

    assert expand.distances(text, words).tolist() == [distance(text, word) for word in words]
