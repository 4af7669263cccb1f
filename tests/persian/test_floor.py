"""A floor under the quality of ranking: judged topics over the sample archive, through the product's own path.

The topics and judgements in `floor/` were written for this test, by reading the sample. They are few and easy: they
show that something broke, not which of two good rankings is better (`tests.benchmarks.relevance` does that).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import ir_measures
import pytest

import search
from search.archive import Archive
from search.engine.index import Index
from tests.benchmarks.relevance import AP, R, Ranker, nDCG, topics

FLOOR = Path(__file__).parent / "floor"
SAMPLE = Path(search.__file__).parent / "sample"
ZWNJ = "\u200c"


@pytest.fixture(scope="module")
def ranker(tmp_path_factory: pytest.TempPathFactory) -> Ranker:
    """Answers topics from the sample archive."""
    archive = Archive(tmp_path_factory.mktemp("floor"))
    shutil.copy(SAMPLE / "archive.toml", archive.directory)
    archive = Archive(archive.directory)
    archive.index([SAMPLE])
    return Ranker(Index.open(archive.index_directory))


def test_ranking_stays_above_its_floor(ranker: Ranker) -> None:
    """Average precision, the first page, and what is found at all do not fall below what was reached."""
    qrels = list(ir_measures.read_trec_qrels(str(FLOOR / "qrels.txt")))
    run = list(ranker.run(topics(FLOOR / "topics.tsv")))
    found = ir_measures.calc_aggregate([AP, nDCG @ 10, R @ 100], qrels, run)
    assert found[AP] >= 0.98
    assert found[nDCG @ 10] >= 0.985
    assert found[R @ 100] == 1.0


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(lambda text: text.replace(ZWNJ, " "), id="spaced"),
        pytest.param(lambda text: text.replace(ZWNJ, ""), id="lost"),
        pytest.param(lambda text: text.translate(str.maketrans("یک", "يك")), id="Arabic letters"),
    ],
)
def test_every_spelling_has_the_same_answer(ranker: Ranker, spell: Callable[[str], str]) -> None:
    """The same articles in the same order with the same scores, however the topics are spelled."""
    asked = topics(FLOOR / "topics.tsv")
    assert list(ranker.run([(number, spell(text)) for number, text in asked])) == list(ranker.run(asked))
