"""What archive.toml may say of sources, and how it is told what is wrong."""

from typing import Any

import pytest

from search.errors import InvalidSettings
from search.sources import Profile
from search.sources.profile import FIELDS

KNOWN = ", ".join(FIELDS)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"feilds": {}},
            "unknown key feilds; known are agency, fields, sections, profiles, agencies; did you mean fields?",
        ),
        ({"agency": 3}, "agency must be a text, not 3"),
        ({"fields": []}, "fields must be a table, [fields], not []"),
        ({"fields": {"titel": "x"}}, f"unknown key fields.titel; known are {KNOWN}; did you mean fields.title?"),
        ({"fields": {"title": 5}}, "fields.title must be the name of a field or a list of names, not 5"),
        ({"fields": {"title": []}}, "fields.title must be the name of a field or a list of names, not []"),
        ({"fields": {"title": ["a", 1]}}, "fields.title must be the name of a field or a list of names, not ['a', 1]"),
        ({"fields": {"title": ""}}, "fields.title must be the name of a field or a list of names, not ''"),
        ({"fields": {"code": {"pattern": "x"}}}, "fields.code lacks `from`, the name of the record's field"),
        (
            {"fields": {"code": {"from": "a", "patern": "x"}}},
            "unknown key fields.code.patern; known are from, pattern; did you mean fields.code.pattern?",
        ),
        ({"fields": {"code": {"from": 1}}}, "fields.code.from must be the name of a field or a list of names, not 1"),
        ({"fields": {"code": {"from": "a", "pattern": 1}}}, "fields.code.pattern must be a text, not 1"),
        (
            {"fields": {"code": {"from": "a", "pattern": "(\\d"}}},
            "fields.code.pattern is no regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            {"fields": {"published": {"from": "a", "pattern": "(\\d)(\\d)"}}},
            "fields.published.pattern has 2 groups; it needs year, month and day, or one group for the whole date",
        ),
        ({"sections": {"ورزش": 1}}, "sections.ورزش must be a text, not 1"),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, Any], message: str) -> None:
    """Each mistake gives one line that names the key at fault and what can stand there."""
    with pytest.raises(InvalidSettings) as caught:
        Profile.from_toml(table)
    assert str(caught.value) == f"archive.toml: {message}"


def test_empty_table_is_the_default() -> None:
    """An archive without a word about its sources has the profile without settings."""
    assert Profile.from_toml({}) == Profile()


def test_keys_are_those_of_the_table() -> None:
    """`KEYS` names what the table may hold, for whoever shares archive.toml with it."""
    assert Profile.KEYS == ("agency", "fields", "sections", "profiles", "agencies")
    assert Profile.from_toml({"agency": " فارس ", "fields": {}, "sections": {}}).agency == "فارس"
