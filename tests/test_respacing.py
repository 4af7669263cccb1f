"""Words of a query that lost a half-space no table knows are read by what the archive has."""

from __future__ import annotations

import pytest

from search.engine.document import Document
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.engine.writer import IndexWriter
from search.persian import Tables
from search.respacing import Respacing

ARTICLES = (
    "نعیم‌آبادی و زیگنال‌پارک در خبر امروز",
    "سخنان نعیم آبادی دربارهٔ پی‌سی‌ورلد",
    "نعیم بدون نام خانوادگی؛ آبادی دور",
    "نوریچ سبز و نور یچ",
    "نوریچ آبی",
    "ورلدنعیم تنها یک واژه است و ورلد نعیم دو واژه",
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Respacing:
    """Reads queries for an index of a few articles, whose names no table knows."""
    home = tmp_path_factory.mktemp("index")
    with IndexWriter(home, tables=Tables.shipped) as writer:
        for number, text in enumerate(ARTICLES):
            writer.add(Document(key=str(number), title="", lead="", body=text))
        writer.commit()
    index = Index.open(home)
    return Respacing(index.analyzer, SnapshotSearcher(index.snapshot))


def forms(reader: Respacing, text: str) -> list[str]:
    """The forms that a query is read as."""
    return [token.form for token in reader.analyze(text)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("نعیمآبادی", "نعیم‌آبادی"),
        ("زیگنالپارک", "زیگنال‌پارک"),
        ("پیسیورلد", "پی‌سی‌ورلد"),
    ],
)
def test_a_missing_word_is_parted_where_the_archive_has_its_parts(reader: Respacing, typed: str, meant: str) -> None:
    """A name without its half-spaces gives the tokens of the name with them, up to their places in the query."""
    assert [token[3:] for token in reader.analyze(typed)] == [token[3:] for token in reader.analyze(meant)]
    assert len(reader.analyze(typed)) == meant.count("\u200c") + 1


def test_the_parts_stand_at_the_place_of_the_word(reader: Respacing) -> None:
    """Positions count on over the parts, and each marks the whole word."""
    found = [(token.position, token.start, token.end) for token in reader.analyze("خبر نعیمآبادی امروز")]
    assert found == [(0, 0, 3), (1, 4, 13), (2, 4, 13), (3, 14, 19)]


def test_parts_side_by_side_win(reader: Respacing) -> None:
    """Of two ways to part a word, the one that articles have side by side; they have نور, یچ and سبز only apart."""
    assert forms(reader, "نوریچسبز") == ["نوریچ", "سبز"]


@pytest.mark.parametrize("word", ["ورلدنعیم", "زیگنالنعیم", "نعیمابادان", "سیورلدانه", "covidnews", "خوب"])
def test_other_words_stay(reader: Respacing, word: str) -> None:
    """A word that the archive has stays whole, as do words whose parts stand nowhere side by side, and Latin ones."""
    assert len(reader.analyze(word)) == 1


def test_a_hundred_missing_words_are_read(reader: Respacing) -> None:
    """A long query is read; only the first eight missing words are looked into."""
    assert forms(reader, "زیگنالپارک " * 10) == ["زیگنال", "پارک"] * 8 + ["زیگنالپارک"] * 2
