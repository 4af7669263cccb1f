"""What was added is what is read, however it was added, replaced, deleted, committed and merged."""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import interleave, inversion, inverter, signature
from search.engine.document import Document
from search.engine.index import Index, read_tables
from search.engine.manifest import SegmentEntry, read_manifest
from search.engine.policy import MERGE_FACTOR, plan
from search.engine.verify import verify
from search.errors import ArchiveLocked, ArchiveNotFound
from tests.engine.conftest import OpenWriter
from tests.engine.model import contents, expected

words = st.lists(st.sampled_from(["ab", "abc", "abd", "xyz", "xab", "و", "سلام", "سلامت", "b", "c1"]), max_size=12)
texts = st.builds(" ".join, words)
keywords = st.fixed_dictionaries(
    {},
    optional={
        "section": st.sampled_from(["ورزشی", "سیاسی"]).map(lambda value: (value,)),
        "tag": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple),
        "code": st.integers(0, 30).map(lambda value: (str(value),)),
        "month": st.sampled_from(["1400-01", "1399-12"]).map(lambda value: (value,)),
    },
)
documents = st.builds(
    Document,
    key=st.sampled_from([f"key{i}" for i in range(12)]),
    fingerprint=st.integers(0, 2**64 - 1),
    title=texts,
    lead=texts,
    body=texts,
    keywords=keywords,
    day=st.none() | st.integers(1, 800_000),
    published=st.none() | st.integers(-(2**40), 2**40),
    stored=st.binary(max_size=40),
)
steps = st.one_of(
    documents.map(lambda document: ("add", document)),
    st.sampled_from([f"key{i}" for i in range(12)]).map(lambda key: ("delete", key)),
    st.sampled_from([("commit", None), ("optimize", None), ("rollback", None)]),
)


def test_read_back(open_writer: OpenWriter) -> None:
    """Any sequence of additions, replacements, deletions, commits, merges and rollbacks leaves exactly the documents
    that a dictionary by key would hold, with all their postings, positions, lengths, columns and stored bytes."""

    @settings(max_examples=60, deadline=None)
    @given(st.lists(steps, max_size=40))
    def check(sequence: list[tuple[str, object]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            committed: dict[str, Document] = {}
            current: dict[str, Document] = {}
            with open_writer(Path(folder)) as writer:
                for step, argument in [*sequence, ("commit", None)]:
                    if isinstance(argument, Document):
                        current[argument.key] = argument
                        writer.add(argument)
                    elif isinstance(argument, str):
                        assert writer.delete(argument) == (argument in current)
                        current.pop(argument, None)
                    elif step == "rollback":
                        writer.rollback()
                        current = dict(committed)
                    else:
                        writer.commit(optimize=step == "optimize")
                        committed = dict(current)
                    for key in ("key0", "key1"):
                        fingerprint = current[key].fingerprint if key in current else None
                        assert writer.fingerprint_of(key) == fingerprint
            index = Index.open(Path(folder))
            assert index.count == len(committed)
            assert contents(index.snapshot) == expected(committed.values())
            assert verify(Path(folder)).problems == []

    check()


def _document(number: int, **changes: object) -> Document:
    values = {"key": f"k{number}", "title": f"ab{number % 3}", "body": "abc و xyz abd", "stored": str(number).encode()}
    return Document(**values | changes)  # type: ignore[arg-type]


def test_many_commits_few_segments(open_writer: OpenWriter, tmp_path: Path) -> None:
    """After forty commits there are fewer segments than one merge takes, and optimize leaves one."""
    with open_writer(tmp_path) as writer:
        for number in range(40):
            writer.add(_document(number))
            writer.commit()
        assert len(read_manifest(tmp_path).segments) < MERGE_FACTOR
        writer.optimize()
    snapshot = Index.open(tmp_path).snapshot
    assert [segment.size for segment in snapshot.segments] == [40]
    assert contents(snapshot) == expected(map(_document, range(40)))


def test_optimize_drops_the_deleted(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Terms of deleted documents alone leave the dictionary with them, as in an index that never held them."""
    with open_writer(tmp_path) as writer:
        for number in range(10):
            writer.add(_document(number, title=f"title{number}"))
        writer.commit()
        assert writer.delete("k3")
        assert not writer.delete("k3")
        writer.optimize()
    segment = Index.open(tmp_path).snapshot.segments[0]
    assert (segment.size, segment.live) == (9, None)
    assert segment.dictionary("form").find(b"title3") == -1
    assert segment.dictionary("key").find(b"k3") == -1


def test_statistics(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Document and collection frequencies, lengths and documents add up over segments."""
    with open_writer(tmp_path) as writer:
        for number in range(5):
            writer.add(_document(number))
            writer.commit()
    snapshot = Index.open(tmp_path).snapshot
    assert len(snapshot.segments) == 5
    assert snapshot.doc_frequency("form", b"abc") == 5
    assert snapshot.collection_frequency("stem", b"ab") == 5 * 3
    assert snapshot.doc_frequency("form", b"none") == 0
    assert snapshot.field_length("stem") == 5 * 5  # ab?, abc, xyz twice, abd
    assert snapshot.average_length("form") == 5.0
    assert snapshot.stored(3) == b"3"
    assert snapshot.lookup("k4") == 4
    assert snapshot.lookup("k5") is None
    with pytest.raises(IndexError):
        snapshot.locate(-1)


def test_unchanged_commit(open_writer: OpenWriter, tmp_path: Path) -> None:
    """A commit without changes, or of changes undone, writes no generation; the first one does, even if empty."""
    with open_writer(tmp_path) as writer:
        assert writer.commit() == 1
        assert writer.commit() == 1
        writer.add(_document(1))
        assert writer.commit() == 2
        assert not writer.delete("other")
        writer.add(_document(2))
        assert writer.delete("k2")
        assert writer.commit() == 2
        writer.add(_document(2))
        assert writer.commit() == 3
    assert Index.latest_generation(tmp_path) == 3


def test_uncommitted_is_dropped(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Leaving the writer without a commit leaves the index, and its directory, as they were."""
    with open_writer(tmp_path) as writer:
        writer.add(_document(1))
        writer.commit()
    before = sorted(path.name for path in tmp_path.iterdir())
    with open_writer(tmp_path) as writer:
        writer.add(_document(2))
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert Index.open(tmp_path).count == 1


def test_fresh_replaces_everything(open_writer: OpenWriter, tmp_path: Path) -> None:
    """A fresh writer serves nothing of its own until it commits; then the old documents and files are gone, while an
    index opened before keeps reading its generation."""
    with open_writer(tmp_path) as writer:
        writer.add(_document(1))
        writer.commit()
    old = Index.open(tmp_path)
    with open_writer(tmp_path, fresh=True) as writer:
        writer.add(_document(2))
        assert Index.open(tmp_path).lookup("k1") == 0
        assert writer.commit() == 2
    new = Index.open(tmp_path)
    assert (new.generation, new.count, new.lookup("k1"), new.lookup("k2")) == (2, 1, None, 0)
    assert contents(old.snapshot) == expected([_document(1)])
    names = {path.name.split(".")[0] for path in tmp_path.iterdir()}
    assert names == {"_MAIN_2", "MAIN_WRITELOCK", new.snapshot.segments[0].name, read_manifest(tmp_path).tables[:-7]}  # type: ignore[index]


def test_open_while_generations_change(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Whoever opens the index while a writer commits again and again gets one whole generation each time."""
    with open_writer(tmp_path) as writer:
        writer.commit()
        seen: list[tuple[int, int]] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                index = Index.open(tmp_path)
                assert len(contents(index.snapshot).stored) == index.count
                seen.append((index.generation, index.count))

        with ThreadPoolExecutor(2) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            try:
                for number in range(30):
                    writer.add(_document(number))
                    writer.commit()
            finally:
                done.set()
            for reader in readers:
                reader.result()
    assert all(generation == count + 1 for generation, count in seen)
    assert len(set(seen)) > 1


def test_second_writer(open_writer: OpenWriter, tmp_path: Path) -> None:
    """A second writer is refused at once, by name of the reason; after the first has closed it may write."""
    with open_writer(tmp_path), pytest.raises(ArchiveLocked, match="another process is writing"):
        open_writer(tmp_path)
    open_writer(tmp_path).close()


def test_an_index_keeps_its_tables(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Tables are made for a new index and a fresh one alone; in between, all documents are analysed by the same."""

    class Others:
        def to_bytes(self) -> bytes:
            return b"others"

    for options, frozen in (
        ({}, b"no tables"),
        ({"tables": Others}, b"no tables"),
        ({"tables": Others, "fresh": True}, b"others"),
    ):
        with open_writer(tmp_path, **options) as writer:
            writer.commit()
        assert read_tables(tmp_path / str(read_manifest(tmp_path).tables)) == frozen


def test_no_index(tmp_path: Path) -> None:
    """An empty or missing directory is said to hold no index."""
    assert Index.latest_generation(tmp_path / "none") == -1
    with pytest.raises(ArchiveNotFound):
        Index.open(tmp_path)


def test_a_column_of_one_value_refuses_two() -> None:
    """Values beyond the first are never dropped silently, nor an unknown column."""
    with pytest.raises(ValueError, match="'section' holds one value"):
        _document(1, keywords={"section": ("a", "b")})
    with pytest.raises(ValueError, match="no keyword column"):
        _document(1, keywords={"sections": ("a",)})


def test_merge_policy() -> None:
    """Eight segments of a tier become one, others stay; a segment with a third deleted is written anew."""
    small = [SegmentEntry(f"s{i}", 900) for i in range(MERGE_FACTOR)]
    large = [SegmentEntry(f"l{i}", 10_000) for i in range(MERGE_FACTOR - 1)]
    worn = SegmentEntry("w", 9, "w.dead", 4)
    assert plan([*large, *small]) == [small]
    assert plan([*large, worn]) == [[worn]]
    assert plan([*large, SegmentEntry("l8", 12_000, "l8.dead", 3000)]) == [
        [*large, SegmentEntry("l8", 12_000, "l8.dead", 3000)]
    ]


def test_merge_policy_at_the_end_of_a_run() -> None:
    """Then a segment stays beside smaller ones only where it is four times as large as all of these together."""
    sizes = (31_000, 31_100, 30_900, 90, 230, 4_400, 2_200)
    entries = [SegmentEntry(f"s{i}", size) for i, size in enumerate(sizes)]
    assert [sorted(entry.name for entry in group) for group in plan(entries, last=True)] == [
        [f"s{i}" for i in range(len(sizes))]
    ]
    large, middle, small = (SegmentEntry(f"t{size}", size) for size in (100_000, 9_000, 2_000))
    assert plan([small, large, middle], last=True) == []
    again = SegmentEntry("u", 300)
    assert plan([small, large, middle, again], last=True) == [[middle, small, again]]
    assert plan([small, large, middle, again]) == []


@pytest.mark.parametrize("way", ["compiled", "numpy"])
def test_small_memory(open_writer: OpenWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Segments that end within a batch, merges of them, and an analyzer that starts anew in between change nothing,
    with the compiled passes and without."""
    monkeypatch.setattr(inverter, "MAX_DOCUMENTS", 7)
    monkeypatch.setattr(inverter, "_MAX_TYPES", 9)
    if way == "numpy":
        for module in (inversion, interleave, signature):
            monkeypatch.setattr(module, "compiled", None)
    many = [
        Document(
            key=f"key{number % 90}",
            title=f"x{number % 7}ab word{number % 31}",
            lead="ab b " * (number % 3),
            body=" ".join(f"term{i}" for i in range(number % 11)),
            keywords={"tag": (f"t{number % 4}",)},
            stored=bytes([number]) * number,
        )
        for number in range(100)
    ]
    with open_writer(tmp_path) as writer:
        for document in many:
            writer.add(document)
        writer.commit()
        held = expected({document.key: document for document in many}.values())
        assert len(Index.open(tmp_path).snapshot.segments) > 2
        assert contents(Index.open(tmp_path).snapshot) == held
        writer.optimize()
    assert contents(Index.open(tmp_path).snapshot) == held
