"""Damaged, hostile and enormous input: articles or a rejection, never an exception, never long."""

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.article import Article
from search.errors import RejectedInput
from search.sources import FORMATS, Profile, read
from tests.sources.golden import FIXTURES

PAGES = sorted(path for folder in ("text", "html") for path in (FIXTURES / folder).iterdir() if path.suffix != ".json")
TEXT = "این یک جمله بلند است که چند واژه دارد و در هر صفحه خبری می‌تواند بیاید."
RECORDS = "".join(
    json.dumps({"title": f"خبر {n}", "body": TEXT, "date": "1400/04/24"}, ensure_ascii=False) + "\n" for n in range(20)
).encode()


NAMES = st.sampled_from(["title", "body", "date", "tags", "author", "متن", "x"]) | st.text(max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


def check(path: Path, data: bytes, format: str | None = None) -> list[Article | RejectedInput]:
    """What a file with this content gives; each an Article with text, or a rejection with a reason."""
    path.write_bytes(data)
    results = list(read(path, Profile(), format))
    for found in results:
        if isinstance(found, Article):
            assert found.title
            assert found.lead or any(found.body)
            json.dumps([found.title, *found.body]).encode("utf-8")
        else:
            assert found.reason
            assert found.source.startswith(str(path))
            assert "\n" not in str(found)
    return results


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that is written again and again."""
    return tmp_path_factory.mktemp("damaged") / "file"


@given(data=st.binary(max_size=2000), format=st.sampled_from([None, *FORMATS]))
@settings(max_examples=200, deadline=None)
def test_no_bytes_crash(place: Path, data: bytes, format: str | None) -> None:
    """Any bytes, under any format, give articles or a rejection."""
    check(place, data, format)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_pages_and_records(place: Path, data: st.DataObject) -> None:
    """Whole pages and records with bytes flipped, cut out, repeated or cut off."""
    whole = data.draw(
        st.sampled_from([RECORDS, gzip.compress(RECORDS, mtime=0), *(page.read_bytes() for page in PAGES)])
    )
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        start, length = data.draw(st.integers(0, len(damaged))), data.draw(st.integers(0, 40))
        damaged[start : start + length] = data.draw(st.binary(max_size=40))
    check(place, bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@given(value=JSON)
@settings(max_examples=200, deadline=None)
def test_json_of_any_shape(place: Path, value: object) -> None:
    """Any JSON in place of a record, and any value in place of a field's text."""
    line = json.dumps(value).encode() + b"\n"
    assert check(place, RECORDS[: RECORDS.index(b"\n") + 1] + line, "jsonl")[0].source == f"{place}:1"
    check(place, line, "json")


HOSTILE = {
    "deep elements": "<html><body>" + "<div>" * 100_000 + TEXT,
    "deep inline elements": "<html><body>" + "<b>" * 100_000 + TEXT,
    "lists in lists": "<html><body><h1>عنوان صفحه خبر</h1>" + ("<ul><li>" * 100 + TEXT) * 100,
    "long attribute": f"<html><body><div class='{'news ' * 1_000_000}'><p>{TEXT}</p></div>",
    "many attributes": "<html><body><p " + " ".join(f"a{n}=1" for n in range(50_000)) + f">{TEXT}</p>",
    "many elements": "<html><body><h1>عنوان صفحه خبر</h1>" + f"<p>{TEXT}</p>" * 30_000,
    "unclosed comment": f"<html><body><p>{TEXT}</p><!--" + "x" * 1_000_000,
    "deep JSON-LD": "<html><script type='application/ld+json'>" + '{"@graph":[' * 50_000 + f"</script><p>{TEXT}</p>",
    "many short lines": "کلمه\n" * 500_000,
    "many headlines": "این یک تیتر است که چند واژه دارد\n" * 15_000 + TEXT,
    "many date lines": "۱۴۰۰/۰۴/۲۴ - ۱۴:۲۷\n" * 15_000 + TEXT,
    "line of dots": TEXT + "\n" + "." * 2_000_000 + "x",
    "line of spaces": TEXT + "\nx" + " " * 2_000_000 + "x",
    "line of labels": TEXT + "\n" + "تاریخ : " * 100_000,
    "line of crumbs": TEXT + "\n" + "خانه / " * 100_000,
    "deep JSON": '{"a":' * 100_000,
    "deep JSON line": '{"title": "x", "body": "y"}\n' + "[" * 100_000 + "\n",
    "open quote": 'title,body\n"' + "x,y\n" * 100_000,
    "right-to-left overrides": ("\u202e\u2067" * 50 + TEXT + "\n") * 100,
    "too long": "کلمه " * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_ends(tmp_path: Path, name: str) -> None:
    """Input made to be deep, long or ambiguous takes work in proportion to its size, and bounded memory."""
    check(tmp_path / "file", HOSTILE[name].encode())


def test_limits_are_named(tmp_path: Path) -> None:
    """What is rejected for its size says which limit it broke."""
    for name, reason in (
        ("many elements", "more than 20,000 lines, the limit of one page; split it"),
        ("many short lines", "more than 20,000 lines, the limit of one page; split it"),
        ("too long", "longer than 8 MB, the limit of one document; split it"),
    ):
        (rejection,) = check(tmp_path / "file", HOSTILE[name].encode())
        assert isinstance(rejection, RejectedInput)
        assert rejection.reason == reason


def test_entities_are_not_expanded_and_files_not_read(tmp_path: Path) -> None:
    """A bomb of entities stays small, and an external entity brings nothing in."""
    secret = tmp_path / "secret"
    secret.write_text("راز مگو", encoding="utf-8")
    lols = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "لول"><!ENTITY x SYSTEM "{secret.as_uri()}">{lols}]>'
        f"<html><body><h1>عنوان صفحه خبر</h1><p>{TEXT} &l12; &x;</p></body></html>"
    )
    (article,) = check(tmp_path / "file", page.encode())
    assert isinstance(article, Article)
    assert article.title == "عنوان صفحه خبر"
    assert len(" ".join(article.body)) < 200
    assert "راز" not in " ".join((article.title, *article.body))


def test_null_bytes_in_a_page_do_not_cut_it(tmp_path: Path) -> None:
    """A few null bytes, which end a text for some parsers, cost nothing."""
    (article,) = check(tmp_path / "file", f"<html><body><h1>عنوان\0 خبر روز</h1><p>{TEXT}</p></body></html>".encode())
    assert isinstance(article, Article)
    assert (article.title, article.body) == ("عنوان خبر روز", (TEXT,))


def test_random_files_are_rejected(tmp_path: Path) -> None:
    """Noise is no article, under any name."""
    for seed in range(20):
        (rejection,) = check(tmp_path / "file.html", random.Random(seed).randbytes(5000))
        assert isinstance(rejection, RejectedInput)
