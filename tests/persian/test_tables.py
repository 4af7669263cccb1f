"""Tables: learned from an archive, frozen into bytes, and read back by the version that wrote them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.persian import Analyzer, Tables, TablesMismatch, learn
from search.persian.archive_counts import sample

# Invented words, which no list has: only this archive tells what their letters mean.
ARTICLES = (
    *["شهرداری گلمیرا از سامانه نورپاتی‌سبز رونمایی کرد و پرنوک‌ها را به باغ آورد."] * 6,
    *["پرنوک در باغ است و آن پرنوک سرخ را دیده‌اند؛ نورپاتی و سبز دو واژه‌اند."] * 6,
)


@pytest.fixture(scope="module")
def learned() -> Tables:
    """What the small archive has taught."""
    return learn(ARTICLES)


def forms(tables: Tables, text: str) -> list[str]:
    """The forms of a text."""
    return [token.form for token in Analyzer(tables).analyze(text)]


def stems(tables: Tables, text: str) -> list[tuple[str, ...]]:
    """The stems of a text."""
    return [token.stems for token in Analyzer(tables).analyze(text)]


def test_an_archive_teaches_its_own_half_spaces(learned: Tables) -> None:
    """A word that only this archive writes with a half-space is resolved where that was lost; others leave it whole."""
    assert forms(learned, "نورپاتیسبز") == ["نورپاتی", "سبز"]
    assert forms(learned, "نورپاتی سبز") == forms(learned, "نورپاتی‌سبز") == ["نورپاتی", "سبز"]
    assert forms(Tables.shipped(), "نورپاتیسبز") == ["نورپاتیسبز"]


def test_a_listed_word_keeps_its_spelling_under_an_ending() -> None:
    """An archive that writes گفت‌وگوی does not part the same letters where their half-space was lost."""
    tables = learn(["متن گفت‌وگوی تازه با مربی"] * 20)
    assert forms(tables, "گفتوگوی") == forms(tables, "گفت‌وگوی") == forms(tables, "گفت و گوی") == ["گفتگوی"]


def test_an_archive_teaches_its_own_nouns(learned: Tables) -> None:
    """The plural of an unknown noun meets the noun in every spelling."""
    expected = [("پرنوک",)]
    assert stems(learned, "پرنوک") == expected
    assert stems(learned, "پرنوک‌ها") == stems(learned, "پرنوک ها") == stems(learned, "پرنوکها") == expected


def test_tables_count_the_archive(learned: Tables) -> None:
    """Words are counted as pieces between half-spaces; what stands once is not kept."""
    assert (learned.counts["پرنوک"], learned.counts["نورپاتی"], learned.counts["باغ"]) == (18, 12, 12)
    assert Tables.shipped().counts == {}


def test_the_shipped_tables_resolve_common_words() -> None:
    """An archive of one page still finds the common words however their half-spaces are written."""
    tables = Tables.shipped()
    assert forms(tables, "نخستوزیر") == forms(tables, "نخست‌وزیر") == ["نخست", "وزیر"]
    assert stems(tables, "هستهای") == stems(tables, "هسته‌ای") == [("هسته",)]
    assert tables == learn(())


def test_the_same_archive_gives_the_same_bytes(learned: Tables) -> None:
    """Learning is deterministic: a rebuilt index has the terms of the old one."""
    assert learn(iter(ARTICLES)).to_bytes() == learned.to_bytes()


def test_bytes_come_back_as_equal_tables(learned: Tables) -> None:
    """Frozen and read back, the tables are equal, freeze to the same bytes, and give the same terms."""
    frozen = learned.to_bytes()
    again = Tables.from_bytes(frozen)
    assert again == learned
    assert again.to_bytes() == frozen
    text = "نورپاتیسبز و پرنوکها در گفت و گوهای نخستوزیر"
    assert Analyzer(again).analyze(text) == Analyzer(learned).analyze(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frozen: b"", "this is no file of Persian tables; rebuild the index"),
        (lambda frozen: b"NONE" + frozen[4:], "this is no file of Persian tables; rebuild the index"),
        (
            lambda frozen: frozen[:4] + b"\xff\x7f" + frozen[6:],
            "the Persian tables have format 32767, this version reads 1; rebuild the index",
        ),
    ],
)
def test_tables_of_another_version_are_refused(learned: Tables, change: Callable[[bytes], bytes], message: str) -> None:
    """Bytes that another version wrote, or that are no tables, are named as such, with what to do."""
    with pytest.raises(TablesMismatch) as caught:
        Tables.from_bytes(change(learned.to_bytes()))
    assert str(caught.value) == message


@pytest.mark.parametrize("cut", [6, 10, 1000, -1])
def test_damaged_tables_are_refused(learned: Tables, cut: int) -> None:
    """A file that lost its end is damaged, wherever it was cut."""
    with pytest.raises(TablesMismatch, match=r"^the Persian tables are damaged \(.+\); rebuild the index$"):
        Tables.from_bytes(learned.to_bytes()[:cut])


def test_tables_cannot_be_changed(learned: Tables) -> None:
    """Nothing can be put in the place of a table while an index relies on it."""
    with pytest.raises(AttributeError):
        learned.counts = {}  # type: ignore[misc]


@pytest.mark.parametrize(("count", "stride"), [(0, 1), (5, 1), (10, 1), (11, 2), (21, 4), (1000, 128)])
def test_a_sample_is_even(count: int, stride: int) -> None:
    """At most the limit is kept of any number of texts, at one distance, from the first on."""
    kept = sample(map(str, range(count)), limit=10)
    assert kept == [str(number) for number in range(0, count, stride)]
    assert len(kept) <= 10
