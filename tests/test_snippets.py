"""Snippets and highlighting: what answers is marked on the original text, and the best piece of it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.query import And, AndNot, FuzzyTerm, Not, Or, Phrase, Prefix, Term, Wildcard

from search.persian import Analyzer, Tables
from search.snippets import SNIPPET_LENGTH, Highlighter, Wanted


@pytest.fixture(scope="module")
def analyzer():
    """The analyzer that knows no archive."""
    return Analyzer(Tables.shipped())


def marked(analyzer, tree, text):
    """The pieces of the text that are marked."""
    result = Highlighter(analyzer, Wanted.of(tree)).mark(text)
    assert result.text == text
    return [text[start:end] for start, end in result.marks]


def stem(analyzer, word):
    """A query for the stem of a word."""
    return Term("stem", analyzer.analyze(word)[0].stems[0])


def test_every_spelling_of_a_word_is_marked_whole(analyzer):
    """One query marks the word with its affixes in every spelling, at its own characters."""
    text = "كتاب‌هاي تازه، کتابها، کتاب ها و کتابِ من"
    assert marked(analyzer, stem(analyzer, "کتاب"), text) == ["كتاب‌هاي", "کتابها", "کتاب ها", "کتابِ"]
    assert marked(analyzer, stem(analyzer, "گفتگو"), "سه گفت و گوهای بلند") == ["گفت و گوهای"]


def test_excluded_words_are_not_marked(analyzer):
    """What stands under Not and on the right of AndNot is not what the reader looks for."""
    book, city = stem(analyzer, "کتاب"), stem(analyzer, "شهر")
    text = "کتاب شهر"
    assert marked(analyzer, And([book, Not(city)]), text) == ["کتاب"]
    assert marked(analyzer, AndNot(book, city), text) == ["کتاب"]
    assert marked(analyzer, Or([book, city]), text) == ["کتاب", "شهر"]


def test_a_phrase_is_marked_only_where_it_stands(analyzer):
    """Words of a phrase elsewhere are not marked; in a loose phrase (slop) each word is."""
    text = "شهر بزرگ است. تهران شهر بزرگ ایران"
    assert marked(analyzer, Phrase("form", ["شهر", "بزرگ", "ایران"]), text) == ["شهر بزرگ ایران"]
    assert marked(analyzer, Phrase("form", ["تهران", "ایران"], slop=5), text) == ["تهران", "ایران"]


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Prefix("form", "تحریم"), ["تحریم", "تحریم‌ها", "تحریمی"]),
        (Wildcard("form", "*حر?م"), ["تحریم"]),
        (FuzzyTerm("form", "تحرم", maxdist=1), ["تحریم"]),
    ],
)
def test_patterns_mark_the_forms_that_they_match(analyzer, tree, expected):
    """Prefix, wildcard and fuzzy queries mark by the form of a word, affixes joined."""
    assert marked(analyzer, tree, "تحریم و تحریم‌ها و تحریمی، حرم") == expected


def test_the_snippet_holds_the_telling_words_together(analyzer):
    """Of several places, the one with both words is shown, from the beginning of its sentence, with ellipses."""
    words = Or([stem(analyzer, "زلزله"), stem(analyzer, "کتاب")])
    filler = "این جمله چیزی ندارد و تنها جا می‌گیرد. " * 12
    text = f"زلزله آمد. {filler}کتاب زلزله را خواندم. {filler}"
    (snippet,) = Highlighter(analyzer, Wanted.of(words)).snippets([text], count=1)
    assert snippet.text.startswith("… کتاب زلزله را خواندم.")
    assert snippet.text.endswith(" …")
    assert [snippet.text[s:e] for s, e in snippet.marks] == ["کتاب", "زلزله"]


def test_a_second_snippet_shows_what_the_first_does_not(analyzer):
    """A second piece is chosen for the words that are missing in the first, in the order of the text."""
    words = Or([stem(analyzer, "زلزله"), stem(analyzer, "کتاب")])
    paragraphs = ["کتاب را خواندم.", "چیزی نیست.", "زلزله آمد و زلزله رفت."]
    shown = Highlighter(analyzer, Wanted.of(words)).snippets(paragraphs)
    assert [piece.text for piece in shown] == [paragraphs[0], paragraphs[2]]
    only = Highlighter(analyzer, Wanted.of(stem(analyzer, "زلزله"))).snippets([paragraphs[2]] * 2)
    assert len(only) == 1


def test_without_a_match_the_beginning_is_shown(analyzer):
    """A hit by its title alone, or a search for everything, shows how the text begins; no text, no snippet."""
    wanted = Wanted.of(stem(analyzer, "زلزله"))
    text = "واژه " * 200
    (piece,) = Highlighter(analyzer, wanted).snippets(["", text])
    assert piece.text.removesuffix(" …") == text[: len(piece.text) - 2]
    assert piece.marks == ()
    assert Highlighter(analyzer, wanted).snippets(["", " "]) == ()


@given(st.lists(st.text(alphabet="کتابها زلزله.\u200c\nab", max_size=600), max_size=4))
def test_marks_stay_inside_short_pieces(paragraphs):
    """Whatever the text, marks are ascending ranges inside a piece of bounded length, and each holds a word."""
    analyzer = Analyzer(Tables.shipped())
    wanted = Wanted(stems=frozenset({"کتاب"}), forms=frozenset({"زلزله"}))
    for piece in Highlighter(analyzer, wanted).snippets(paragraphs):
        assert len(piece.text) <= 2 * SNIPPET_LENGTH + 4
        edges = [edge for mark in piece.marks for edge in mark]
        assert edges == sorted(edges)
        assert all(piece.text[start:end].strip() for start, end in piece.marks)
