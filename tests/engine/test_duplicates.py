"""Clusters of near-duplicates: what they are by definition, and that nothing but the texts and times decides them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engine.document import Document
from search.engine.duplicates import RESEMBLANCE, SHARED, Clusters, find_clusters
from search.engine.index import Index
from search.engine.signature import BINS
from search.engine.snapshot import Snapshot
from tests.engine.conftest import OpenWriter

LETTERS = "bcdfghjklmnpqrstvwz"


def words(rng: random.Random, count: int) -> list[str]:
    """Words of two letters, none of them a stopword of the model."""
    return ["".join(rng.choices(LETTERS, k=2)) for _ in range(count)]


def story(rng: random.Random, number: int, kind: str, text: Sequence[str], published: int | None = None) -> Document:
    """A document of that text; published at random, or at no known time, unless told."""
    time = rng.choice([None, *range(100)]) if published is None else published
    return Document(key=f"{kind}/{number}", title=kind, lead=text[0], body=" ".join(text[1:]), published=time)


def stories(state: int, count: int = 12) -> list[Document]:
    """Texts with copies of some of them: equal, cut, reordered, reworded, continued by another."""
    rng = random.Random(state)
    found = []
    for number in range(count):
        text = words(rng, rng.randint(10, 150))
        found.append(story(rng, number, "text", text))
        changes = {
            "copy": text,
            "half": text[: len(text) // 2],
            "turned": text[len(text) // 2 :] + text[: len(text) // 2],
            "reworded": [rng.choice(text) if rng.random() < 0.1 else word for word in text],
            "continued": text + words(rng, len(text)),
        }
        found += [story(rng, number, kind, changes[kind]) for kind in rng.sample(sorted(changes), rng.randint(0, 3))]
    return found


def by_key(snapshot: Snapshot, clusters: Clusters) -> list[list[str]]:
    """The clusters, each as the keys of its members in order."""
    keys = {}
    for segment in snapshot.segments:
        dictionary = segment.dictionary("key")
        for ordinal in range(len(dictionary)):
            for doc in segment.postings("key", ordinal).docs.tolist():
                keys[segment.base + doc] = dictionary.term(ordinal).decode()
    firsts = range(1, len(clusters) + 1)
    return sorted([keys[d] for d in clusters.docs[clusters.first[c] : clusters.first[c + 1]].tolist()] for c in firsts)


def write(open_writer: OpenWriter, directory: Path, batches: Sequence[Sequence[Document]], **options: Any) -> Snapshot:
    """A snapshot of what was committed batch by batch."""
    with open_writer(directory, **options) as writer:
        for batch in batches:
            for document in batch:
                writer.add(document)
            writer.commit()
    return Index.open(directory).snapshot


def _plain(snapshot: Snapshot) -> list[list[int]]:
    """The clusters by their definition: every two documents that share a band are compared."""
    found = []
    for segment in snapshot.segments:
        for local in range(segment.size):
            bytes_of = segment.signatures[local].tolist()
            if any(bytes_of) and (segment.live is None or segment.live[local]):
                published, identity, shingles = (
                    int(segment.numbers(name)[local]) for name in ("published", "identity", "shingles")
                )
                time = float("inf") if published == -(2**63) else published
                found.append((time, identity, segment.base + local, shingles, bytes_of))
    found.sort()
    common: dict[tuple[int, int], float] = {}
    for (low, a), (high, b) in combinations(enumerate(found), 2):
        same = [x == y for x, y in zip(a[4], b[4], strict=True)]
        if any(same[i] and same[(i + 11) % BINS] and same[(i + 29) % BINS] for i in range(BINS)):
            resemblance = max((sum(same) / BINS - 1 / 256) / (1 - 1 / 256), 0)
            shared = resemblance / (1 + resemblance) * (a[3] + b[3])
            if resemblance >= RESEMBLANCE and shared >= SHARED * min(a[3], b[3]):
                common[low, high] = shared
    clusters: dict[int, list[int]] = {}
    for high in range(len(found)):
        firsts = [(-common[low, high], low) for low in clusters if (low, high) in common]
        clusters.setdefault(min(firsts)[1] if firsts else high, []).append(high)
    return sorted([found[i][2] for i in members] for members in clusters.values() if len(members) > 1)


@pytest.mark.parametrize("state", range(3))
def test_definition(open_writer: OpenWriter, tmp_path: Path, state: int) -> None:
    """The clusters are those that plain Python finds, pair by pair, in segments, some documents replaced or deleted."""
    documents = stories(state, 30)
    with open_writer(tmp_path) as writer:
        for start in range(0, len(documents), 25):
            for document in documents[start : start + 25]:
                writer.add(document)
            writer.commit()
        writer.add(documents[0])
        writer.delete(documents[3].key)
        writer.commit()
    snapshot = Index.open(tmp_path).snapshot
    clusters = find_clusters(snapshot)
    found = [clusters.docs[clusters.first[c] : clusters.first[c + 1]].tolist() for c in range(1, len(clusters) + 1)]
    assert sorted(found) == _plain(snapshot)
    assert len(found) > 5
    for doc in range(snapshot.size):
        own = next((members for members in found if doc in members), [doc])
        assert clusters.members(doc) == own
        assert clusters.others(doc) == len(own) - 1


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.integers(0, 10), order=st.randoms(use_true_random=False), size=st.integers(1, 60))
def test_order_does_not_matter(
    open_writer: OpenWriter, tmp_path_factory: pytest.TempPathFactory, state: int, order: random.Random, size: int
) -> None:
    """Articles indexed in any order, in segments of any size, are in the same clusters, in the same order."""
    documents = stories(state)
    wanted = write(open_writer, tmp_path_factory.mktemp("once"), [documents])
    shuffled = list(documents)
    order.shuffle(shuffled)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    found = write(open_writer, tmp_path_factory.mktemp("shuffled"), batches)
    assert by_key(found, find_clusters(found)) == by_key(wanted, find_clusters(wanted))


def test_workers_do_not_matter(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Processes that build segments of their own give the same clusters as one alone."""
    documents = [document for state in range(60) for document in stories(state)]
    documents = [
        Document(key=f"{n}/{d.key}", lead=d.lead, body=d.body, published=d.published) for n, d in enumerate(documents)
    ]
    assert len(documents) > 1000
    one = write(open_writer, tmp_path / "one", [documents], workers=1, tables=None)
    two = write(open_writer, tmp_path / "two", [documents], workers=2, tables=None)
    assert len(two.segments) > 1
    assert by_key(one, find_clusters(one)) == by_key(two, find_clusters(two))


def test_no_chains(open_writer: OpenWriter, tmp_path: Path) -> None:
    """A text that resembles only a later member of a cluster is not drawn into it; the second begins its own."""
    rng = random.Random(1)
    parts = [words(rng, 60) for _ in range(7)]
    documents = [
        story(rng, number, "text", [word for part in parts[number : number + 4] for word in part], number + 1)
        for number in range(4)
    ]
    snapshot = write(open_writer, tmp_path, [documents])
    assert by_key(snapshot, find_clusters(snapshot)) == [["text/0", "text/1"], ["text/2", "text/3"]]


def test_large_cluster(open_writer: OpenWriter, tmp_path: Path) -> None:
    """Hundreds of copies are one cluster, in the order of publication, the first one first."""
    rng = random.Random(1)
    text = words(rng, 80)
    documents = [story(rng, number, "text", text, number + 1) for number in range(300)]
    documents += [story(rng, number, "other", words(rng, 80), number + 1) for number in range(20)]
    rng.shuffle(documents)
    snapshot = write(open_writer, tmp_path, [documents])
    assert by_key(snapshot, find_clusters(snapshot)) == [[f"text/{number}" for number in range(300)]]


def test_empty(open_writer: OpenWriter, tmp_path: Path) -> None:
    """An index of nothing, or of short texts only, has no clusters."""
    snapshot = write(open_writer, tmp_path, [[]])
    assert len(find_clusters(snapshot)) == 0
    snapshot = write(open_writer, tmp_path, [[Document(key="1", body="ab"), Document(key="2", body="ab")]])
    clusters = find_clusters(snapshot)
    assert len(clusters) == 0
    assert clusters.members(1) == [1]
    assert clusters.others(1) == 0
