"""What `bayegan export` writes is read back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from search import jalali
from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read
from search.sources.exported import to_line

# Texts as the readers let them through: without control characters and halves of surrogate pairs.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t<>/«» ‌"), max_size=30)
moments = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1), timezones=st.just(jalali.tehran())).map(
    lambda moment: moment.replace(fold=0)
)
articles = st.builds(
    Article,
    title=words, body=st.lists(words, max_size=3).map(tuple), kicker=words, lead=words, agency=words, code=words,
    section=words, tags=st.lists(words, max_size=3).map(tuple), author=words,
    published=st.none() | st.dates() | moments, url=words,
    captured=st.none() | st.datetimes(datetime(1800, 1, 1), timezones=st.just(UTC)), source=words,
    notes=st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
# A profile that would change most of it, were the records not marked.
PROFILE = Profile.from_toml({"agency": "ایوان", "fields": {"title": "code"}, "sections": {"ورزش": "ورزشی"}})


@given(st.lists(articles, min_size=1, max_size=4))
def test_every_field_comes_back_as_it_was(tmp_path_factory, exported):
    """Whatever an article holds, its line gives it back equal, whatever archive.toml says; its source is the line."""
    path: Path = tmp_path_factory.mktemp("exported") / "export.jsonl"
    path.write_bytes(b"".join(map(to_line, exported)))
    back = list(read(path, PROFILE))
    assert back == [replace(one, source=f"{path}:{number}") for number, one in enumerate(exported, start=1)]
    assert [one.fingerprint for one in back] == [one.fingerprint for one in exported]


def test_without_the_mark_it_is_a_record_like_any_other(tmp_path):
    """The names are those that any reader of JSONL knows; with the mark removed, archive.toml applies to them."""
    line = json.loads(to_line(Article(title="یک", body=("متن یک.",), section="ورزش", code="7")))
    del line["bayegan"]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    (article,) = read(path, Profile.from_toml({"agency": "ایوان", "sections": {"ورزش": "ورزشی"}}))
    assert (article.title, article.body, article.section, article.agency) == ("یک", ("متن یک.",), "ورزشی", "ایوان")


def test_a_changed_record_is_rejected_with_its_reason(tmp_path):
    """A field of another type, a date that is none and a later version are told with their line; the others go on."""
    line = json.loads(to_line(Article(title="یک", body=("متن",), code="7")))
    wrong = [{"title": 1}, {"body": "متن"}, {"published": "دیروز"}, {"bayegan": 2}]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line | change) + "\n" for change in [*wrong, {}]), encoding="utf-8")
    *rejected, article = read(path, Profile())
    assert all(isinstance(one, RejectedInput) for one in rejected)
    assert [one.source for one in rejected] == [f"{path}:{number}" for number in range(1, 5)]
    reasons = [one.reason for one in rejected]
    assert all(word in reason for word, reason in zip(("title", "body", "دیروز", "version 2"), reasons, strict=True))
    assert article.title == "یک"
