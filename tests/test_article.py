"""Article: its identity, and what counts as a change."""

from dataclasses import replace
from datetime import date

from search.article import Article

ARTICLE = Article(title="عنوان", body=("متن",), agency="برنا", code="7", url="https://example.org/7")


def test_identity_is_agency_and_code_else_url_else_the_text():
    """The key falls back step by step, and the hash of the text ignores everything but the text."""
    assert ARTICLE.key == "برنا/7"
    assert replace(ARTICLE, code="").key == "https://example.org/7"
    bare = replace(ARTICLE, code="", url="")
    assert bare.key.startswith("sha256:")
    assert bare.key == replace(bare, section="ورزشی", source="other.txt").key
    assert bare.key != replace(bare, body=("متن دیگر",)).key


def test_parts_of_a_text_do_not_run_into_one_another():
    """Moving a word from the title to the body makes another text."""
    first = Article(title="یک", body=("دو",))
    assert first.key != Article(title="یکدو").key
    assert first.key != Article(title="یک", body=("", "دو")).key


def test_the_fingerprint_changes_with_what_a_reader_sees():
    """Any visible field changes it; where and how the article was read does not. It fits 64 bits, unsigned."""
    assert ARTICLE.fingerprint == replace(ARTICLE, source="elsewhere", notes=("a note",)).fingerprint
    changes = {
        "title": "دیگر", "body": (), "kicker": "ک", "lead": "ل", "section": "س", "tags": ("ب",), "author": "ن",
        "published": date(2021, 7, 15), "agency": "ایسنا", "code": "8", "url": "https://example.org/8",
    }  # fmt: skip
    prints = {replace(ARTICLE, **{name: value}).fingerprint for name, value in changes.items()}
    assert len(prints | {ARTICLE.fingerprint}) == len(changes) + 1
    assert all(0 <= value < 2**64 for value in prints)
