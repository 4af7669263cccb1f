"""Corrections of queries: each kind of error, what is kept, what is left alone, and how many come out right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.persian import Analyzer, Tables
from search.suggest import SpellChecker, Vocabulary
from tests.suggest.conftest import pairs, vocabulary


@pytest.mark.parametrize(
    ("typed", "meant", "kind"),
    [
        ("استغلال", "استقلال", "spelling"),
        ("تهرانن", "تهران", "spelling"),
        ("وزرات", "وزارت", "spelling"),
        ("بیمارستلن", "بیمارستان", "spelling"),
        ("محیط زیصت", "محیط زیست", "spelling"),
        ("انتخا بات", "انتخابات", "spacing"),
        ("ورزشگاهدانشگاه", "ورزشگاه دانشگاه", "spacing"),
        ("hdvhk", "ایران", "layout"),
        ("nhka'hi jivhk", "دانشگاه تهران", "layout"),
        ("فثاقشد", "تهران", "layout"),
        ("tehran", "تهران", "finglish"),
        ("daneshgahe", "دانشگاه", "finglish"),
        ("entekhabat", "انتخابات", "finglish"),
        ("varzeshgahdaneshgah", "ورزشگاه دانشگاه", "finglish"),
    ],
)
def test_each_kind_of_error(checker: SpellChecker, typed: str, meant: str, kind: str) -> None:
    """The first correction is what was meant, as a reader writes it, and tells what went wrong."""
    first = checker.corrections(typed)[0]
    assert (first.query, first.kind) == (meant, kind)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('"مجلص شورا" -فوتبتل', '"مجلس شورا" -فوتبتل'),
        ("عنوان:استغلال", "عنوان:استقلال"),
        ("title:hdvhk", "title:ایران"),
        ("(استغلال یا تهران) تحریمم*", "(استقلال یا تهران) تحریمم*"),
        ("استغلال OR تهران", "استقلال OR تهران"),
        ("استغلال~ مزاکره ۱۴۰۰/۰۴/۲۴", "استغلال~ مذاکره ۱۴۰۰/۰۴/۲۴"),
        ("آموزش حفاضت", "آموزش حفاظت"),
    ],
)
def test_the_rest_of_the_query_stays(checker: SpellChecker, typed: str, meant: str) -> None:
    """Quotes, fields, operators, patterns, excluded words, numbers and right words stay as they were typed."""
    assert checker.corrections(typed)[0].query == meant


@pytest.mark.parametrize(
    "typed",
    ["", " ", "تهران", "دانشگاه‌های تهران", "۱۴۰۰", "*", '"', "-", "؟!", "🙂", "\ud800", "OR", "از به در", "x"],
)
def test_what_looks_right_is_left_alone(checker: SpellChecker, typed: str) -> None:
    """Right words, numbers, signs and function words are not corrected."""
    assert checker.corrections(typed) == []


def test_frequent_words_are_never_doubted(analyzer: Analyzer) -> None:
    """A word of fifty articles, or of one in a thousand, stays however frequent its neighbour is; a rarer one goes."""
    for size, frequency, corrected in (
        (40_000, 50, []),
        (40_000, 49, ["استقلال"]),
        (90_000, 89, ["استقلال"]),
        (90_000, 90, []),
    ):
        words = vocabulary({"استقلال": size, "استغلال": frequency})
        checker = SpellChecker(words, analyzer)
        assert [correction.query for correction in checker.corrections("استغلال")] == corrected


def test_latin_words_of_the_archive_stay(analyzer: Analyzer) -> None:
    """A Latin word that articles have is not taken for Finglish."""
    checker = SpellChecker(vocabulary({"بنک": 80, "bank": 60}), analyzer)
    assert checker.corrections("bank") == []


def test_words_met_once_correct_nothing(analyzer: Analyzer) -> None:
    """A word of a single article may be a misprint itself."""
    assert SpellChecker(vocabulary({"استقلال": 1}), analyzer).corrections("استغلال") == []


def test_an_empty_archive_corrects_nothing(analyzer: Analyzer) -> None:
    """Without words there are no corrections, and no error."""
    checker = SpellChecker(vocabulary({}), analyzer)
    assert [checker.corrections(typed) for typed in ("استغلال", "hdvhk", "tehran")] == [[], [], []]


def test_best_prefers_words_seen_together(analyzer: Analyzer) -> None:
    """Of two corrections, that which finds articles as a whole wins over the one whose word is more frequent."""
    checker = SpellChecker(vocabulary({"بازار": 5000, "قیمت": 900, "غیبت": 300}), analyzer)
    assert [correction.query for correction in checker.corrections("بازار غیمت")] == ["بازار قیمت", "بازار غیبت"]
    for found, meant in (({"بازار قیمت": 400}, "بازار قیمت"), ({"بازار قیمت": 1, "بازار غیبت": 250}, "بازار غیبت")):
        best = checker.best("بازار غیمت", 0, lambda query, found=found: found.get(query, 0))  # type: ignore[misc]
        assert best is not None
        assert best.query == meant


def test_best_finds_more_than_was_found(checker: SpellChecker) -> None:
    """A correction that finds no more articles than the typed query is not offered."""
    assert checker.best("استغلال", 3, lambda query: 3) is None
    best = checker.best("استغلال", 3, lambda query: 4000)
    assert best is not None
    assert best.query == "استقلال"


def test_misspellings_floor(checker: SpellChecker, analyzer: Analyzer) -> None:
    """Of 130 misspellings, nine in ten come out right at the first correction."""
    listed = list(pairs("misspellings.tsv"))
    assert _right(checker, analyzer, listed) >= 0.9 * len(listed)


def test_finglish_floor(checker: SpellChecker, analyzer: Analyzer) -> None:
    """Of 292 Finglish words, nearly nine in ten come out right at the first correction."""
    listed = list(pairs("finglish.tsv"))
    assert _right(checker, analyzer, listed) >= 0.88 * len(listed)


def _right(checker: SpellChecker, analyzer: Analyzer, listed: list[tuple[str, str]]) -> int:
    def forms(query: str) -> list[str]:
        return [token.form for token in analyzer.analyze(query)]

    corrections = ((checker.corrections(typed, 1), meant) for typed, meant in listed)
    return sum(bool(offered) and forms(offered[0].query) == forms(meant) for offered, meant in corrections)


@given(st.text(st.sampled_from("ابتهرانقغ ‌-\"():*~abtehrn;['\\0۱") | st.characters(), max_size=30))
def test_any_text_is_survived(text: str) -> None:
    """Whatever is typed, there is an answer, and a correction is another query than the typed one."""
    words = vocabulary({"تهران": 100, "ایران": 900, "ابر": 20, "tehran": 5, "رهبر": 60})
    checker = SpellChecker(words, Analyzer(Tables.shipped()))
    assert all(correction.query != text for correction in checker.corrections(text))


def test_frequency_and_span() -> None:
    """A vocabulary finds a word, the range of a beginning, and the commonest words of a range."""
    words: Vocabulary = vocabulary({"اب": 5, "ابر": 9, "ابرو": 2, "باد": 7})
    assert (words.frequency("ابر"), words.frequency("ا"), words.frequency("باران"), len(words)) == (9, 0, 0, 4)
    assert words.span("اب") == (0, 3)
    assert words.span("ت") == (4, 4)
    assert [words.terms[place] for place in words.commonest(0, 4, 2)] == ["ابر", "باد"]
    assert words.commonest(2, 2, 5) == []
