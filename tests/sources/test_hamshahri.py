"""Hamshahri's collections: XML of both versions and text, as published and as damaged."""

import json
from pathlib import Path

import pytest

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read
from search.sources.hamshahri import AGENCY
from tests.sources.golden import FIXTURES, plain

FILES = sorted(path for path in (FIXTURES / "hamshahri").iterdir() if path.suffix != ".json")


def found(tmp_path: Path, text: str, profile: Profile | None = None, name: str = "ham.xml") -> list[Article]:
    """The articles of a file with this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    articles = list(read(path, profile or Profile()))
    assert all(isinstance(one, Article) for one in articles)
    return [one for one in articles if isinstance(one, Article)]


def doc(inner: str, number: str = "HAM2-830617-013") -> str:
    """A DOC with a number, a text and these elements."""
    return f"<DOC><DOCID>{number}</DOCID>{inner}<TITLE>عنوان</TITLE><TEXT><![CDATA[متن خبر.]]></TEXT></DOC>"


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_file_gives_exactly_its_articles(file: Path) -> None:
    """With and without a root, UTF-8 and windows-1256, CDATA open and closed, bare ampersands, rows of text."""
    expected = json.loads(file.with_name(file.name + ".json").read_text(encoding="utf-8"))
    assert [plain(one) for one in read(file, Profile())] == expected


def test_persian_date_counts_and_contradictions_are_told(tmp_path: Path) -> None:
    """Both calendars are compared; what no calendar has gives way, and is told, too."""
    western, persian = '<DATE calender="Western">{}</DATE>', '<DATE calender="Persian">{}</DATE>'
    same = western.format("2004-09-07") + persian.format("1383/06/17")
    other = western.format("2004-09-08") + persian.format("1383/06/17")
    impossible = western.format("2004-09-07") + persian.format("1383/06/32")
    alone, neither = western.format("2004-09-07"), persian.format("1383/06/32")
    articles = found(tmp_path, "".join(map(doc, (same, other, impossible, alone, neither))))
    assert {str(one.published) for one in articles} == {"2004-09-07"}
    assert [one.notes for one in articles] == [
        (),
        ("the dates contradict each other (1383/06/17 and 2004-09-08); 2004-09-07 was taken",),
        ("the dates contradict each other (1383/06/32 and 2004-09-07); 2004-09-07 was taken",),
        (),
        (),
    ]


def test_date_of_the_number(tmp_path: Path) -> None:
    """An article without a date has the day that its number begins with; a number without one leaves it unknown."""
    coded, other = found(tmp_path, doc("") + doc("", "HAM1-1"))
    assert str(coded.published) == "2004-09-07"
    assert (other.published, other.notes) == (None, ("the date of publication is unknown",))


def test_section_in_persian(tmp_path: Path) -> None:
    """The Persian category, its first level; else the English one by the archive's own mapping, else the common one."""
    cats = (
        '<CAT xml:lang="en">Sport</CAT><CAT xml:lang="fa">ورزشي.فوتبال</CAT>',
        '<CAT xml:lang="en">Sport.Football</CAT>',
        '<CAT xml:lang="en">Economy</CAT>',
        '<CAT xml:lang="en">Chess</CAT>',
        "<CAT>adabh</CAT>",
    )
    profile = Profile.from_toml({"sections": {"Economy": "اقتصاد کلان", "adabh": "ادب و هنر"}})
    articles = found(tmp_path, "".join(map(doc, cats)), profile)
    assert [one.section for one in articles] == ["ورزشی", "ورزشی", "اقتصاد کلان", "Chess", "ادب و هنر"]


def test_agency(tmp_path: Path) -> None:
    """Hamshahri's, in the spelling that the archive has for it."""
    (one,) = found(tmp_path, doc(""))
    assert one.agency == AGENCY == "همشهری"
    (two,) = found(tmp_path, doc(""), Profile(agency="روزنامه همشهری"))
    assert two.agency == "روزنامه همشهری"


def test_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    """The text of the collection is wrapped at a width; its lines are joined into paragraphs again."""
    sentence = "واژه‌های این متن در سطرهایی به پهنای هشتاد نویسه شکسته شده‌اند و باید دوباره به هم بپیوندند تا بند شوند"
    words = sentence.split()
    rows, row = [], ""
    for word in words * 4:
        if len(row) + len(word) > 80:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    text = "\n".join([*rows, row + ".", "", "بند دوم کوتاه است."])
    (one,) = found(tmp_path, f"<DOC><DOCID>1</DOCID><TITLE>ع</TITLE><TEXT><![CDATA[\n{text}\n]]></TEXT></DOC>")
    assert one.body == (" ".join(words * 4) + ".", "بند دوم کوتاه است.")


def test_text_without_a_title(tmp_path: Path) -> None:
    """A first line as long as a paragraph is text, and a single line is no title."""
    long = "واژه " * 40
    (one,) = found(tmp_path, f"{long}\nسطر دوم", name="a.ham")
    assert one.body == (long.strip(), "سطر دوم")
    (two,) = found(tmp_path, "تنها یک سطر.", name="b.ham")
    assert (two.title, two.body) == ("تنها یک سطر.", ("تنها یک سطر.",))


def test_name_counts_only_for_plain_text(tmp_path: Path) -> None:
    """A file named .ham that is something else is read as what it is; the name in an archive counts, too."""
    (one,) = found(tmp_path, '{"title": "الف", "body": "ب"}', name="x.ham")
    assert (one.title, one.agency) == ("الف", "")


def test_rows_of_any_length(tmp_path: Path) -> None:
    """An article over the limit is a rejection at its line; the next one is read."""
    path = tmp_path / "rows"
    row = ".DID\t{}\n.Date\t75\\04\\02\n.Cat\ta\nعنوان\n{}\n"
    path.write_text(row.format("1S1", "متن " * 3_000_000) + row.format("1S2", "متن."), encoding="utf-8")
    bad, good = read(path, Profile())
    assert isinstance(bad, RejectedInput)
    assert isinstance(good, Article)
    assert (bad.source, bad.reason) == (f"{path}:1", "an article longer than 8 MB, the limit; split it")
    assert (good.source, good.code, str(good.published)) == (f"{path}:6", "1S2", "1996-06-22")


def test_no_article_at_all(tmp_path: Path) -> None:
    """A file that is said to be Hamshahri's and holds no DOC is one rejection."""
    path = tmp_path / "x"
    path.write_text("<a>متن</a>", encoding="utf-8")
    (one,) = read(path, Profile(), "hamshahri")
    assert isinstance(one, RejectedInput)
    assert one.reason == "no DOC, which is what articles of Hamshahri's collections are in"
