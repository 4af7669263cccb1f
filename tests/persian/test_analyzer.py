"""The analyzer: the same terms at the same positions for every spelling, and offsets into the original text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.persian import Analyzer, Tables, Token
from search.persian.analyzer import TokenType

ZWNJ = "\u200c"
HALF_SPACED = (
    *("کتاب‌های", "می‌رود", "نمی‌توان", "می‌خواهند", "نخست‌وزیر", "بین‌المللی", "هسته‌ای", "آمادگی‌هایشان", "گفت‌وگو"),
    *("گفت‌وگوهای", "جست‌وجو", "خانه‌ها", "دانش‌آموزان", "سازمان‌های", "رسانه‌ای", "مسئولان‌شان", "بزرگ‌ترین"),
    *("تازه‌ترین", "رئیس‌جمهور", "سیاست‌گذاری", "پیش‌بینی", "نمی‌شود", "آب‌وهوا"),
)
PLAIN = ("ایران", "تهران", "مردم", "امروز", "زندگی", "دانش", "قرآن", "علی", "۱٬۲۰۰", "covid", "،", "«", "؟")

TEXTS = st.builds(
    lambda words, blank: blank.join(words),
    st.lists(st.sampled_from(HALF_SPACED + PLAIN), min_size=1, max_size=8),
    st.sampled_from((" ", " ، ")),
)
PERSIAN = st.text("کتابهایمشودرنگز وآئيك\u200c\u200c  ًٔـ،.۱۲,ab😀\n", max_size=60)
ANY = st.text(st.characters(exclude_categories=()), max_size=60)
MIXED = st.lists(st.sampled_from((*HALF_SPACED, *PLAIN, "و", "ها", "می", "ای", "تر", "گفت", "گو", "وگو")), max_size=12)
CHUNKS = st.builds(lambda words, blank: blank.join(words), MIXED, st.sampled_from((" ", ZWNJ, "", "، ", "  \n")))


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """The analyzer of an archive that has taught it nothing."""
    return Analyzer(Tables.shipped())


def terms(analyzer: Analyzer, text: str) -> list[tuple[int, str, tuple[str, ...], tuple[str, ...]]]:
    """The tokens of a text without their places in it."""
    return [(token.position, token.form, token.lemmas, token.stems) for token in analyzer.analyze(text)]


def encoded(analyzer: Analyzer, text: str) -> list[TokenType]:
    """What the bulk path makes of a text."""
    return [analyzer.types[number] for number in analyzer.encode(text)]


# One meaning, one result


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(lambda text: text.replace(ZWNJ, " "), id="spaced"),
        pytest.param(lambda text: text.replace(ZWNJ, ""), id="lost"),
        pytest.param(lambda text: text.replace(ZWNJ, ZWNJ * 3), id="runs of half-spaces"),
        pytest.param(lambda text: text.replace(" ", f"{ZWNJ} {ZWNJ}"), id="half-spaces at edges"),
        pytest.param(lambda text: text.replace(ZWNJ, "\u00ac"), id="windows-1256"),
        pytest.param(lambda text: text.translate(str.maketrans("یکه", "يكہ")), id="Arabic and Urdu letters"),
        pytest.param(lambda text: text.translate(str.maketrans("آئ", "اي")), id="without hamza and madda"),
        pytest.param(lambda text: text.replace("ا", "ا\u064e").replace("ر", "ر\u0651"), id="diacritics"),
        pytest.param(lambda text: text.replace("ا", "ـاـ"), id="tatweel"),
        pytest.param(lambda text: text.replace("۱٬۲۰۰", "1,200").upper(), id="digits and capitals"),
    ],
)
@settings(max_examples=40)
@given(text=TEXTS)
def test_every_spelling_gives_the_same_terms(analyzer: Analyzer, spell: Callable[[str], str], text: str) -> None:
    """Known compounds and inflected words have the same forms, lemmas and stems at the same positions."""
    assert terms(analyzer, spell(text)) == terms(analyzer, text)


@pytest.mark.parametrize(
    "written", ["گفت‌وگو", "گفت و گو", "گفت وگو", "گفت و‌گو", "گفت‌و‌گو", "گفتوگو", "گفتگو", "گفت‌ و گو"]
)
def test_one_word_around_a_conjunction(analyzer: Analyzer, written: str) -> None:
    """All spellings of the conversation are one token with one stem."""
    assert terms(analyzer, written) == [(0, "گفتگو", ("گفتگو",), ("گفتگو",))]


@pytest.mark.parametrize("written", ["۱٬۲۰۰", "1,200", "1200", "۱،۲۰۰", "١٬٢٠٠"])
def test_numbers_with_any_separator_are_one(analyzer: Analyzer, written: str) -> None:
    """A number is one token without its separators, which its place in the text includes."""
    assert analyzer.analyze(written) == [Token(0, 0, len(written), "1200", ("1200",), ("1200",))]


@pytest.mark.parametrize(
    ("text", "form", "stem"),
    [
        ("می آید", "میاید", "امدن"),
        ("نمی‌توان", "نمیتوان", "توانستن"),
        ("بهترین", "بهترین", "بهتر"),
        ("آمادگی هایشان", "امادگیهایشان", "امادگی"),
        ("مسؤولان", "مسوولان", "مسوول"),
        ("انصاری", "انصاری", "انصاری"),
        ("ایران", "ایران", "ایران"),
        ("علی", "علی", "علی"),
        ("زندگی", "زندگی", "زندگی"),
        ("دانش", "دانش", "دانش"),
        ("قرآن", "قران", "قران"),
    ],
)
def test_words_that_simple_stemmers_lose(analyzer: Analyzer, text: str, form: str, stem: str) -> None:
    """Verbs keep their infinitive, and words whose end only looks like an affix keep it."""
    (token,) = analyzer.analyze(text)
    assert (token.form, token.stems) == (form, (stem,))


def test_ambiguous_words_carry_both_readings(analyzer: Analyzer) -> None:
    """زمینهای is "lands" and "of a ground": one token under both."""
    assert terms(analyzer, "زمینهای") == [(0, "زمینهای", ("زمین", "زمینه"), ("زمین", "زمینه"))]


# Places


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("در گفت و گوهای خوب", ["در", "گفت و گوهای", "خوب"]),
        ("كِتابـ های‌ِ ما", ["كِتابـ های", "ما"]),
        ("نخستوزیر", ["نخست", "وزیر"]),
        ("ویروسcovid", ["ویروس", "covid"]),
        ("«۱٬۲۰۰ خانه‌ها»", ["۱٬۲۰۰", "خانه‌ها"]),
        ("می روند.", ["می روند"]),
        ("مثلاً خانهٔ", ["مثلاً", "خانهٔ"]),
        ("کتاب، های", ["کتاب", "های"]),
        ("گفت، و گو", ["گفت", "و", "گو"]),
    ],
)
def test_offsets_slice_the_original(analyzer: Analyzer, text: str, slices: list[str]) -> None:
    """Each token marks all of its characters, its affixes, marks and inner blanks included, and nothing else."""
    assert [text[token.start : token.end] for token in analyzer.analyze(text)] == slices


def test_exact_tokens_of_a_sentence(analyzer: Analyzer) -> None:
    """Positions count stopwords, which have a form and no lemmas and stems; offsets are of the original text."""
    assert analyzer.analyze("از گفت و گوهای نخستوزیر") == [
        Token(0, 0, 2, "از", (), ()),
        Token(1, 3, 14, "گفتگوهای", ("گفتگو",), ("گفتگو",)),
        Token(2, 15, 19, "نخست", ("نخست",), ("نخست",)),
        Token(3, 19, 23, "وزیر", ("وزیر",), ("وزیر",)),
    ]


@given(PERSIAN | ANY | CHUNKS)
@example("\ud800\udfff")
@example("ها ها ها")
@example("گفت و گو و گو")
def test_any_text_has_ordered_tokens(analyzer: Analyzer, text: str) -> None:
    """Whatever the characters: positions count from 0, spans are not empty, ascend, and lie inside the text."""
    tokens = analyzer.analyze(text)
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert all(0 <= token.start < token.end <= len(text) and token.form for token in tokens)
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(tokens))
    assert all(bool(token.lemmas) == bool(token.stems) for token in tokens)
    assert all(len(token.lemmas) <= 2 and all(token.lemmas) and all(token.stems) for token in tokens)


# The two paths


@settings(max_examples=300)
@given(PERSIAN | ANY | CHUNKS)
@example("گفت و گو")
@example("می می رود")
@example("و گو گفت و\u200cگو")
def test_the_bulk_path_gives_the_same_tokens(analyzer: Analyzer, text: str) -> None:
    """`encode` and `analyze` agree on forms, lemmas and stems of any text."""
    assert encoded(analyzer, text) == [terms[1:] for terms in terms(analyzer, text)]


@given(st.lists(CHUNKS | PERSIAN, max_size=4))
def test_a_warm_memo_changes_nothing(analyzer: Analyzer, texts: list[str]) -> None:
    """Tokens do not depend on what was analysed before: a long-used analyzer equals one that forgot all."""
    warm = [(encoded(analyzer, text), analyzer.analyze(text)) for text in texts]
    analyzer.forget()
    assert [(encoded(analyzer, text), analyzer.analyze(text)) for text in texts] == warm


def test_types_are_shared(analyzer: Analyzer) -> None:
    """Spellings of one form are one type, so that numbers can stand for words in an index."""
    first, second, third, fourth = analyzer.encode("کتاب‌های ، كتابهاي ، کتاب های ، کتاب")
    assert first == second == third != fourth


def test_queries_do_not_grow_the_types(analyzer: Analyzer) -> None:
    """`analyze` leaves `types` alone: a server's memory does not grow with what it is asked."""
    before = len(analyzer.types)
    analyzer.analyze("واژه‌ای که هرگز کدگذاری نشده است")
    assert len(analyzer.types) == before


# Bad input


@pytest.mark.parametrize(
    "text", ["", " \n\t", "!؟ ...،«»", "😀 🎉👩‍👩‍👧", ZWNJ, f" {ZWNJ}{ZWNJ} ", "\ud800 \udfff", "ًٌٍ", "ـــ"]
)
def test_text_without_words_has_no_tokens(analyzer: Analyzer, text: str) -> None:
    """Nothing, blanks, punctuation, emoji, stray half-spaces, marks and surrogates: no token, no error."""
    assert analyzer.analyze(text) == []
    assert not analyzer.encode(text)


def test_stopwords_alone_have_forms_only(analyzer: Analyzer) -> None:
    """Words to drop keep their position and form, for phrases and for queries of nothing else."""
    assert terms(analyzer, "و از به در را") == [
        (0, "و", (), ()),
        (1, "از", (), ()),
        (2, "به", (), ()),
        (3, "در", (), ()),
        (4, "را", (), ()),
    ]


@pytest.mark.parametrize("letter", ["ا", "x", "۱", "ها", f"کتاب{ZWNJ}"])
def test_a_megabyte_without_a_blank_ends(analyzer: Analyzer, letter: str) -> None:
    """A text of 500,000 characters without a blank is analysed, and no form is longer than 64 letters."""
    text = letter * (500_000 // len(letter))
    tokens = analyzer.analyze(text)
    assert tokens
    assert max(len(token.form) for token in tokens) <= 64
    assert tokens[-1].end <= len(text)
