"""Lines and paragraphs."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from search.sources.paragraphs import one_line, paragraphs, without_controls

PARAGRAPHS = [
    "کتابخانه سیار کانون پرورش فکری از آغاز سال به صد روستا رفته و شمار عضوهایش از پنج هزار کودک گذشته است و "
    "همچنان بیشتر می‌شود.",
    "خودرو تازه کتابخانه با هزار جلد کتاب در جاده‌های کوهستانی می‌گردد و در هر روستا یک روز می‌ماند تا کودکان "
    "کتاب‌های تازه بگیرند و کتاب‌های خوانده را پس بدهند.",
    "امیدواریم تا پایان سال دومین خودرو هم راه بیفتد.",
]


def test_lines_are_paragraphs() -> None:
    """Where lines were not wrapped, each is a paragraph; blank ones and outer white space go."""
    assert paragraphs("یک\n\n  دو \r\n\tسه\r\u00a0") == ["یک", "دو", "سه"]


def test_wrapped_lines_are_joined_again() -> None:
    """Text wrapped at a width gives its paragraphs back, parted by blank lines or by lines that are not full."""
    for width in (70, 90, 110):
        wrapped = [textwrap.fill(text, width) for text in PARAGRAPHS]
        assert paragraphs("\n\n".join(wrapped)) == PARAGRAPHS
        assert paragraphs("\n".join(wrapped).replace("\n", " \n")) == PARAGRAPHS


def test_short_sentences_and_verse_are_not_joined() -> None:
    """Lines of similar length that are whole sentences, and lines of verse, stay apart."""
    sentences = [
        f"این جمله شماره {n} است که به اندازه جمله‌های دیگر این متن کوتاه دراز است و تمام می‌شود." for n in range(5)
    ]
    verse = [
        "بشنو از نی چون حکایت می‌کند",
        "از جدایی‌ها شکایت می‌کند",
        "کز نیستان تا مرا ببریده‌اند",
        "در نفیرم مرد و زن نالیده‌اند",
    ]
    assert paragraphs("\n".join(sentences)) == sentences
    assert paragraphs("\n".join(verse)) == verse


def test_no_break_space_stays() -> None:
    """Old pages write half-spaces so; within a line it is text."""
    assert one_line(" مي\u00a0كنم\n\t و ") == "مي\u00a0كنم و"
    assert paragraphs("مي\u00a0كنم  و") == ["مي\u00a0كنم  و"]


def test_control_characters_go() -> None:
    """What is neither text nor white space is dropped, halves of surrogate pairs are marked."""
    assert without_controls("a\0b\x1fc\x7fd\ud800e\tf\n") == "abcd\ufffde\tf\n"


@given(st.text(alphabet=st.sampled_from("اب. \n\r\t\u200c؟"), max_size=300))
def test_no_letter_is_lost(text: str) -> None:
    """Whatever the line ends, the letters of the text are the letters of its paragraphs, in order."""
    joined = "".join(paragraphs(text))
    assert "".join(joined.split()) == "".join(text.split())
