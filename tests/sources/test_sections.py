"""One name for all spellings of a section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.sources import Profile
from search.sources.names import Names, name_key
from search.sources.sections import KNOWN, Sections

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    "spelling", ["بین الملل", "بین‌الملل", "بینالملل", "بين الملل", " بین  الملل ", "بین-الملل", "بین‌المللّ"]
)
def test_spellings_of_one_section(spelling: str) -> None:
    """Spaces, half-spaces, Arabic letters and marks make no other section."""
    assert Sections().canonical(spelling) == "بین‌الملل"


def test_other_words_are_other_sections() -> None:
    """`ورزش` and `ورزشی` are two sections until an archive maps one to the other."""
    assert [Sections().canonical(name) for name in ("ورزش", "ورزشي")] == ["ورزش", "ورزشی"]
    mapped = Profile.from_toml({"sections": {"ورزش": "ورزشی"}}).sections
    assert [mapped.canonical(name) for name in ("ورزش", "ورزشي")] == ["ورزشی", "ورزشی"]


def test_archive_names_win() -> None:
    """A mapping holds for all spellings of its left side, and its right side is spelled as the archive does."""
    sections = Sections({"خارجی": "بین الملل"})
    assert [sections.canonical(name) for name in ("خارجي", "بینالملل")] == ["بین الملل", "بین الملل"]


def test_first_spelling_of_an_unknown_section_stays() -> None:
    """What nobody knows keeps the spelling it was met in, in this archive from then on."""
    sections = Sections()
    assert [sections.canonical(name) for name in ("صفحه  ویژه‌ها", "صفحه ویژه ها", "صفحهويژهها")] == ["صفحه ویژه‌ها"] * 3
    assert Sections(met=["صفحه ویژه ها"]).canonical("صفحه ویژه‌ها") == "صفحه ویژه ها"


def test_names_without_letters_are_no_sections() -> None:
    """Dashes and blanks, which exports have for `none`, give no section."""
    assert [Sections().canonical(name) for name in ("", " - ", "…", ZWNJ)] == [""] * 4


def test_known_names_are_each_of_their_own() -> None:
    """No two well-known names are spellings of one section, or the later would hide the earlier."""
    keys = [name_key(name) for name in KNOWN]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


@given(st.sampled_from(KNOWN), st.data())
def test_any_spacing_of_a_known_name_is_that_name(name: str, data: st.DataObject) -> None:
    """Wherever spaces and half-spaces are put in, the section is the same."""
    gaps = data.draw(st.lists(st.sampled_from(["", " ", ZWNJ, "\u00a0"]), min_size=len(name), max_size=len(name)))
    respaced = "".join(letter + gap for letter, gap in zip(name.replace(" ", "").replace(ZWNJ, ""), gaps, strict=False))
    assert Sections().canonical(respaced) == name


def test_tags_have_one_spelling_too() -> None:
    """A name that nobody knows is spelled as it was met first, in an article as in the archive before it."""
    tags = Names(met=["نخست‌وزیر"])
    assert [tags.canonical(tag) for tag in ("نخست وزير", "نخستوزیر", "گفتوگو", "گفت‌وگو")] == [
        *["نخست‌وزیر"] * 2,
        *["گفتوگو"] * 2,
    ]
    article = Profile.from_toml({}, tags=["نخست‌وزیر"]).tags.canonical("نخست وزير")
    assert article == "نخست‌وزیر"
