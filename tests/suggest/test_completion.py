"""Completions of words in any spelling, and the titles that are asked of the index."""

import pytest
from whoosh import query

from search.persian import Analyzer
from search.suggest import Completer, Completion
from tests.suggest.conftest import vocabulary

WORDS = {
    "ایران": 900, "ایرانی": 400, "ایراد": 30, "اموزش": 300, "اموزشهای": 40, "امریکا": 700, "کتاب": 500, "کتابهای": 80,
    "کتابخانه": 200, "که": 5000, "فوتبال": 600, "فولاد": 100, "استقلال": 300, "tehran": 3, "telegram": 9,
    "هزار": 3000, "میرود": 700, "گفتگو": 350, "گفتگوهای": 60, "گفتن": 20, "اموزان": 90,
}  # fmt: skip


class Titles:
    """Stands for the index: remembers what it was asked, and answers with given titles."""

    def __init__(self, *titles: str) -> None:
        self.titles = titles
        self.asked: list[query.Query] = []

    def __call__(self, tree: query.Query, count: int) -> list[str]:
        """The first titles."""
        self.asked.append(tree)
        return list(self.titles[:count])


def words(analyzer: Analyzer, text: str, size: int = 8) -> list[str]:
    """The completed queries, where no title is found."""
    return [one.query for one in Completer(vocabulary(WORDS), analyzer, Titles()).complete(text, size)]


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("ایر", ["ایران", "ایرانی", "ایراد"]),
        ("آمو", ["آموزش", "آموزان", "آموزش‌های"]),
        ("امو", ["آموزش", "آموزان", "آموزش‌های"]),
        ("آمر", ["آمریکا"]),
        ("كتاب", ["کتاب", "کتابخانه", "کتاب‌های"]),
        ("کتاب", ["کتابخانه", "کتاب‌های"]),
        ("کتاب‌ه", ["کتاب‌های"]),
        ("کتابه", ["کتاب‌های"]),
        ("کتاب ه", ["کتاب‌های", "کتاب هزار"]),
        ("می‌ر", ["می‌رود"]),
        ("می ر", ["می‌رود"]),
        ("تیم ملی فو", ["تیم ملی فوتبال", "تیم ملی فولاد"]),
        ('عنوان:"لیگ فوت', ['عنوان:"لیگ فوتبال']),
        ("گفت‌و", ["گفتگو", "گفتگو‌های"]),
        ("گفتوگ", ["گفتگو", "گفتگو‌های"]),
        ("گفت‌وگوها", ["گفتگو‌های"]),
        ("گفت", ["گفتگو", "گفتگو‌های", "گفتن"]),
        ("آموزا", ["آموزان"]),
        ("te", ["telegram", "tehran"]),
        ("TEH", ["tehran"]),
        ("hdv", ["ایران", "ایرانی", "ایراد"]),
        ("jdl t,", ["تیم فوتبال", "تیم فولاد"]),
        ("فوتبال ", []),
        ("ژ", []),
        ("", []),
        ("؟", []),
    ],
)
def test_words(analyzer: Analyzer, text: str, completed: list[str]) -> None:
    """The last word is completed, the most frequent first, however its beginning is spelled; the rest stays."""
    assert words(analyzer, text) == completed


def test_function_words_are_not_offered(analyzer: Analyzer) -> None:
    """که begins with ک, and is the most frequent, but tells nothing."""
    assert words(analyzer, "ک") == ["کتاب", "کتابخانه", "کتاب‌های"]


def test_size_bounds_words_and_titles(analyzer: Analyzer) -> None:
    """Titles take at most half of the places; counts are those of the words."""
    completer = Completer(vocabulary(WORDS), analyzer, Titles("فوتبال در ایران", "ایران و جهان", "صدای ایران"))
    assert completer.complete("ایر", 4) == [
        Completion("ایران", "word", 900),
        Completion("ایرانی", "word", 400),
        Completion("ایران و جهان", "title", 1),
        Completion("فوتبال در ایران", "title", 1),
    ]


def test_titles_have_all_words(analyzer: Analyzer) -> None:
    """The index is asked for titles with the words before, and one of the words that the last may become."""
    titles = Titles("آموزش فوتبال")
    found = Completer(vocabulary(WORDS), analyzer, titles).complete("آموزش‌های فوتب")
    assert found[-1] == Completion("آموزش فوتبال", "title", 1)
    assert titles.asked == [
        query.And([query.Or([query.Term("title", "اموزش")]), query.Or([query.Term("title", "فوتبال")])])
    ]


def test_after_a_blank_titles_only(analyzer: Analyzer) -> None:
    """A word followed by a blank is complete."""
    completer = Completer(vocabulary(WORDS), analyzer, Titles("فوتبال ایران"))
    assert completer.complete("فوتبال ") == [Completion("فوتبال ایران", "title", 1)]
