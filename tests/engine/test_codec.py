"""Whoosh's own index, searcher and queries work on what the writer wrote."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query, scoring
from whoosh.index import FileIndex, open_dir
from whoosh.reading import TermNotFound
from whoosh.sorting import FieldFacet

from search.engine.document import Document
from search.engine.schema import TEXT, whoosh_schema
from tests.engine.conftest import OpenWriter
from tests.engine.model import Contents, expected

WORDS = ["ab", "abc", "abd", "xyz", "xab", "و", "سلام", "سلامت", "b"]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
documents = st.builds(
    Document,
    key=st.integers(0, 30).map(str),
    title=texts,
    lead=texts,
    body=texts,
    keywords=st.fixed_dictionaries({}, optional={"tag": st.lists(st.sampled_from("abc"), max_size=2).map(tuple)}),
    day=st.none() | st.integers(1, 60),
)
terms = st.builds(query.Term, st.just("form"), st.sampled_from(WORDS)) | st.builds(
    query.Term, st.sampled_from(["stem", "title", "lead"]), st.sampled_from(["ab", "xy", "yz", "سل", "none"])
)
phrases = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: query.Phrase("form", words))
days = st.integers(0, 61)
ranges = st.tuples(days, days).map(lambda pair: query.NumericRange("day", *sorted(pair)))
patterns = st.sampled_from(
    [
        query.Prefix("form", "ab"),
        query.Prefix("form", "سلا"),
        query.Wildcard("form", "*b*"),
        query.FuzzyTerm("form", "abe"),
        query.TermRange("form", "abc", "b"),
        query.Every(),
        query.Every("tag"),
        query.Term("tag", "a"),
    ]
)
leaves = terms | phrases | ranges | patterns
trees = st.recursive(
    leaves,
    lambda inner: (
        st.builds(query.And, st.lists(inner, min_size=1, max_size=3))
        | st.builds(query.Or, st.lists(inner, min_size=1, max_size=3))
        # Not Whoosh's AndNot: its matcher overlooks what is to be excluded where that begins before the rest.
        | st.builds(lambda wanted, other: query.And([wanted, query.Not(other)]), inner, inner)
    ),
    max_leaves=6,
)


def matches(tree: Any, held: Contents, keys: frozenset[str]) -> frozenset[str]:
    """The keys of the documents that match a query, by looking at each."""
    if isinstance(tree, query.And):
        return frozenset.intersection(*(matches(part, held, keys) for part in tree))
    if isinstance(tree, query.Or):
        return frozenset[str]().union(*(matches(part, held, keys) for part in tree))
    if isinstance(tree, query.Not):
        return keys - matches(tree.query, held, keys)
    if isinstance(tree, query.Phrase):
        return frozenset(key for key in keys if _has_phrase(held, key, [word.encode() for word in tree.words]))
    if isinstance(tree, query.Every) and tree.fieldname is None:
        return keys
    if isinstance(tree, query.NumericRange):
        return frozenset(
            key for key in keys if held.numbers[key][0] > 0 and tree.start <= held.numbers[key][0] <= tree.end
        )
    accepts = _accepts(tree)
    found = (keys_of for term, keys_of in held.postings[tree.fieldname].items() if accepts(term.decode()))
    return frozenset(key for keys_of in found for key in keys_of)


def _accepts(tree: Any) -> Callable[[str], bool]:
    if isinstance(tree, query.Every):
        return lambda term: True
    if isinstance(tree, query.Prefix):
        return lambda term: term.startswith(tree.text)
    if isinstance(tree, query.Wildcard):
        return lambda term: "b" in term
    if isinstance(tree, query.FuzzyTerm):
        return lambda term: term in {"ab", "abc", "abd"}
    if isinstance(tree, query.TermRange):
        return lambda term: tree.start <= term <= tree.end
    return lambda term: term == tree.text


def _has_phrase(held: Contents, key: str, words: list[bytes]) -> bool:
    places = [set(held.postings["form"].get(word, {}).get(key, ())) for word in words]
    return any(all(start + i in place for i, place in enumerate(places)) for start in places[0])


def test_stock_searcher(open_writer: OpenWriter) -> None:
    """Any query tree, through stock matchers over segments with deletions, finds just the documents that match."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(documents, max_size=25), st.lists(trees, min_size=1, max_size=6), st.integers(1, 9))
    def check(added: list[Document], queries: list[Any], every: int) -> None:
        held = {document.key: document for document in added}
        with tempfile.TemporaryDirectory() as folder:
            with open_writer(Path(folder)) as writer:
                for number, document in enumerate(added, 1):
                    writer.add(Document(**_fields(document) | {"stored": document.key.encode()}))
                    if number % every == 0:
                        writer.commit()
                writer.commit()
            model, keys = expected(held.values()), frozenset(held)
            with open_dir(folder).searcher(weighting=scoring.BM25F()) as searcher:
                for tree in queries:
                    found = [hit["stored"].decode() for hit in searcher.search(tree, limit=None)]
                    assert sorted(found) == sorted(matches(tree, model, keys)), tree

    check()


def _fields(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in Document.__struct_fields__}


@pytest.fixture
def stock(open_writer: OpenWriter, tmp_path: Path) -> FileIndex:
    """A small index of two segments with a deletion, as Whoosh opens it."""
    with open_writer(tmp_path) as writer:
        for number, day in enumerate((30, 10, None, 20)):
            keywords = {"section": ("ورزشی" if number % 2 else "سیاسی",), "tag": ("a", "b")[:number]}
            body = "ab " * (number + 1) + "abc"
            writer.add(Document(key=f"k{number}", body=body, day=day, keywords=keywords, stored=b"%d" % number))
            if number == 2:
                writer.commit()
        writer.delete("k0")
        writer.commit()
    return open_dir(str(tmp_path))


def test_schema_comes_back(stock: FileIndex) -> None:
    """The table of contents gives Whoosh our schema and the live documents."""
    assert stock.schema.names() == whoosh_schema().names()
    assert stock.schema["stem"].format.supports("positions")
    assert (stock.latest_generation(), stock.doc_count()) == (2, 3)


def test_scores_count_frequencies(stock: FileIndex) -> None:
    """The weight of a posting is the frequency, so that any stock weighting has what it needs."""
    with stock.searcher(weighting=scoring.Frequency()) as searcher:
        hits = [(hit["stored"], hit.score) for hit in searcher.search(query.Term("form", "ab"))]
    assert hits == [(b"3", 4.0), (b"2", 3.0), (b"1", 2.0)]


def test_sorting_and_grouping(stock: FileIndex) -> None:
    """Columns serve Whoosh's sorting (unknown days last) and grouping."""
    with stock.searcher() as searcher:
        by_day = searcher.search(query.Every(), sortedby="day")
        assert [hit["stored"] for hit in by_day] == [b"1", b"3", b"2"]
        groups = searcher.search(query.Every(), groupedby=FieldFacet("section")).groups()
        assert {name: len(docs) for name, docs in groups.items()} == {"ورزشی": 2, "سیاسی": 1}


def test_reader(stock: FileIndex) -> None:
    """The reader tells terms, statistics and lengths as they were written; unknown terms are said to be unknown."""
    with stock.reader() as reader:
        assert list(reader.lexicon("form")) == [b"ab", b"abc"]
        assert (reader.frequency("form", "ab"), reader.doc_frequency("form", "ab")) == (10, 4)
        info = reader.term_info("form", "ab")
        assert (info.weight(), info.doc_frequency(), info.max_weight()) == (10.0, 4, 4.0)
        assert (info.min_length(), info.max_length(), info.min_id(), info.max_id()) == (2, 5, 0, 3)
        assert [reader.doc_field_length(doc, "form") for doc in range(4)] == [2, 3, 4, 5]
        assert (reader.field_length("form"), reader.min_field_length("form"), reader.max_field_length("form")) == (
            14,
            2,
            5,
        )
        assert reader.doc_frequency("form", "none") == 0
        assert ("form", "none") not in reader
        assert next(term for term in reader.all_terms() if term[0] in TEXT) == ("form", b"ab")
        assert list(reader.all_doc_ids()) == [1, 2, 3]
        assert [reader.leaf_readers()[0][0].is_deleted(doc) for doc in range(4)] == [True, False, False, False]
        with pytest.raises(TermNotFound):
            reader.postings("form", "none")


def test_matcher_moves(stock: FileIndex) -> None:
    """A matcher steps, skips, copies, resets and reads positions in its document."""
    with stock.reader() as reader:
        leaf = reader.leaf_readers()[0][0]
        matcher = leaf.postings("form", "ab")
        assert list(matcher.all_ids()) == [1, 2]
        assert (matcher.id(), matcher.weight(), matcher.value_as("positions")) == (1, 2.0, [20, 21])
        twin = matcher.copy()
        matcher.skip_to(2)
        assert (matcher.id(), twin.id(), matcher.value_as("frequency")) == (2, 1, 3)
        matcher.next()
        assert not matcher.is_active()
        matcher.reset()
        assert matcher.id() == 1
        assert not leaf.postings("lemma", "abc").supports("positions")
