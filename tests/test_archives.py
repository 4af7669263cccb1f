"""Several archives side by side, and the archive.toml of each, checked."""

import json
import tomllib
from pathlib import Path

import pytest

from search.archive import Archive
from search.archive_toml import ArchiveToml
from search.archives import archives, init
from search.errors import InvalidSettings, UsageError
from search.request import SearchRequest
from tests.processes import bayegan

NEWS = [{"code": "1", "agency": "خبرگزاری برنا", "title": "یک", "body": "متن.", "date": "1400/04/24"}]


def test_every_archive_is_listed_with_what_it_is(tmp_path, monkeypatch, write_jsonl):
    """Title, articles and last change; one that was only begun, one that is damaged and one that is miswritten too."""
    monkeypatch.chdir(tmp_path)
    for name in ("news", "begun", "damaged", "wrong"):
        init(name, title=f"عنوان {name}")
    Path("indexes/no archive").mkdir()
    source = write_jsonl("a.jsonl", NEWS)
    Archive("news").index([source])
    Archive("damaged").index([source])
    toc = next(Path("indexes/damaged/index").glob("*.toc"))
    toc.write_bytes(toc.read_bytes()[:-1])
    Path("indexes/wrong/archive.toml").write_text("titel = 1")
    begun, damaged, news, wrong = archives()
    assert (begun.name, begun.title, begun.articles, begun.changed, begun.problem) == (
        "begun", "عنوان begun", 0, None, ""
    )  # fmt: skip
    assert (news.title, news.articles, news.problem) == ("عنوان news", 1, "")
    assert news.changed is not None
    assert toc.name in damaged.problem
    assert "did you mean title?" in wrong.problem
    done = bayegan("archives")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "begun (عنوان begun)", "damaged (عنوان damaged)", "news (عنوان news)", "wrong",
    ]  # fmt: skip
    assert json.loads(bayegan("archives", "--json").stdout)[2]["articles"] == 1


def test_no_archives_is_no_error(tmp_path, monkeypatch):
    """Where nothing was made yet, the way to begin is told."""
    monkeypatch.chdir(tmp_path)
    assert archives() == []
    assert "bayegan init" in bayegan("archives").stdout
    assert json.loads(bayegan("init", "news", "--json").stdout) == {"file": "indexes/news/archive.toml"}
    assert "indexes/other/archive.toml is made: " in bayegan("init", "other").stdout


def test_init_writes_a_toml_that_can_be_used_as_it_is_and_with_every_line(tmp_path, monkeypatch, write_jsonl):
    """The file that it makes is valid, and with all examples taken out of their comments; it is never replaced."""
    monkeypatch.chdir(tmp_path)
    path = init("news", title='خط\nاول "دوم" \\')
    assert path == Path("indexes/news/archive.toml")
    assert Archive("news").title == 'خط\nاول "دوم" \\'
    text = path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="is there already"):
        init("news")
    lines = [
        line[2:] if line.startswith("# ") and ("=" in line or line[2] == "[") else line for line in text.split("\n")
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert set(tomllib.loads("\n".join(lines))) == {
        "title", "description", "agency", "profiles", "fields", "sections", "agencies", "settings"
    }  # fmt: skip
    Path("indexes/news/profiles").mkdir()
    Path("indexes/news/profiles/x.toml").write_text('hosts = ["x.example"]\n')
    assert Archive("news").profile().agency == "برنا"


WRONG = [
    ("title = 1", "line 1: title must be a text, not 1"),
    ("\ntitel = 'x'", "line 2: unknown key titel; known are title, description, agency, fields, sections, profiles, "
     "agencies, settings; did you mean title?"),
    ("title = 'x'\n\n[settings]\nprot = 1", "line 4: unknown key settings.prot"),
    ("[settings]\n# port\nport = 'x'", "line 3: setting port must be a whole number from 0 to 65535, not 'x'"),
    ("[settings]\nadmin_token = 'x'", "line 2: admin_token cannot stand in archive.toml"),
    ("settings = 1", "line 1: settings must be a table, [settings], not 1"),
    ("title = ", "is not TOML"),
]  # fmt: skip
WRONG_SOURCES = [
    ("[fields]\ntitle = 'x'\ncode = 5", "line 3: fields.code must be the name of a field"),
    ("[fields.code]\nfrom = 'a'\npattern = '('", "line 3: fields.code.pattern is no regular expression"),
    ("[fields]\nbody = 'x'\ncode = { from = 'a', patern = 'x' }", "line 3: unknown key fields.code.patern; known are"),
    ('[sections]\n"ورزش" = 1', "line 2: sections.ورزش must be a text, not 1"),
    ("[agencies]\n'a.b' = 1", "line 2: agencies.a.b must be a text, not 1"),
    ("agency = ['x']", "line 1: agency must be a text"),
    ("profiles = 'absent'", "line 1: profiles name"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, message):
    """Unknown keys with the nearest known one, wrong types and unusable values, in the words of the file."""
    path = tmp_path / "archive.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSettings) as raised:
        ArchiveToml.read(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)
    with pytest.raises(InvalidSettings):
        Archive(tmp_path)


@pytest.mark.parametrize(("text", "message"), WRONG_SOURCES)
def test_what_sources_are_read_by_is_told_with_its_line(tmp_path, text, message):
    """The tables that only indexing needs are checked before it reads or writes anything."""
    (tmp_path / "archive.toml").write_text(text, encoding="utf-8")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InvalidSettings) as raised:
        Archive(tmp_path).index([tmp_path / "a.txt"])
    assert f"{tmp_path / 'archive.toml'}, {message}" in str(raised.value)
    assert not (tmp_path / "index").exists()


def test_an_agency_has_the_name_that_the_archive_gives_it(tmp_path, write_jsonl):
    """`[agencies]` names known agencies and unknown ones, however they are spelled; it holds for the default, too."""
    (tmp_path / "archive.toml").write_text(
        'agency = "فارس"\n[agencies]\n"برنا" = "خبرگزاری برنا"\n"فارس" = "خبرگزاری فارس"\n"كيهان نو" = "کیهان"\n',
        encoding="utf-8",
    )
    archive = Archive(tmp_path)
    agencies = ("خبرگزاری برنا", "برنا", "کیهان‌نو", "")
    archive.index([write_jsonl("a.jsonl", [{**NEWS[0], "code": str(n), "agency": a} for n, a in enumerate(agencies)])])
    found = archive.searcher().search(SearchRequest()).hits
    assert {hit.article.code: hit.article.agency for hit in found} == {
        "0": "خبرگزاری برنا", "1": "خبرگزاری برنا", "2": "کیهان", "3": "خبرگزاری فارس"
    }  # fmt: skip


def test_the_command_names_the_line(tmp_path):
    """A mistake in archive.toml ends any command with 2 and one line."""
    (tmp_path / "archive.toml").write_text("titel = 'x'\n")
    done = bayegan("search", "--archive", str(tmp_path), "x")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "archive.toml, line 1: unknown key titel" in done.stderr
