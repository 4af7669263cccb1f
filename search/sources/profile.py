"""What `archive.toml` says of an archive's sources: the agency, the names of its fields, the names of its sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from search.errors import InvalidSettings
from search.sources.names import Names
from search.sources.sections import Sections

FIELDS = (
    "title", "kicker", "lead", "body", "agency", "code", "section", "tags", "author", "published", "url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one field of an Article is found in a record.

    Attributes:
        names: of the record's fields; `a.b` is field `b` of the object `a`.
        pattern: what to take of their text: its groups, or the whole match where it has none.
    """

    names: tuple[str, ...]
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Profile:
    """How the sources of one archive are read.

    Attributes:
        agency: of articles that name none.
        fields: field of Article -> where it is found in a record; fields that are not here are found by common names.
        sections, tags: the one spelling of each name.
    """

    KEYS: ClassVar[tuple[str, ...]] = ("agency", "fields", "sections")

    agency: str = ""
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    sections: Sections = field(default_factory=Sections, compare=False)
    tags: Names = field(default_factory=Names, compare=False)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], *, sections: Iterable[str] = (), tags: Iterable[str] = ()) -> Self:
        """The profile that `archive.toml` describes with its key `agency` and its tables `[fields]` and `[sections]`.

        Args:
            table: these keys and nothing else.
            sections, tags: names that the archive has already; other spellings of them become theirs.

        Raises:
            InvalidSettings: a key is unknown or a value cannot be used; the message names it.
        """
        _check_known(table, cls.KEYS, "")
        fields = _table(table, "fields")
        _check_known(fields, FIELDS, "fields.")
        rules = {name: _rule(value, f"fields.{name}") for name, value in fields.items()}
        _check_date_groups(rules.get("published"))
        names = {name: _text(value, f"sections.{name}") for name, value in _table(table, "sections").items()}
        return cls(
            agency=_text(table.get("agency", ""), "agency"),
            fields=rules,
            sections=Sections(names, sections),
            tags=Names(met=tags),
        )


def _check_known(table: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
    for name in table:
        if name not in known:
            raise InvalidSettings(f"archive.toml: unknown key {prefix}{name}; known are {', '.join(known)}")


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, Mapping):
        raise InvalidSettings(f"archive.toml: {name} must be a table, [{name}], not {value!r}")
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidSettings(f"archive.toml: {key} must be a text, not {value!r}")
    return value.strip()


def _rule(value: object, key: str) -> FieldRule:
    """A name, a list of names, or a table of `from` (either of these) and `pattern`."""
    if not isinstance(value, Mapping):
        return FieldRule(_names(value, key))
    _check_known(value, ("from", "pattern"), f"{key}.")
    if "from" not in value:
        raise InvalidSettings(f"archive.toml: {key} lacks `from`, the name of the record's field")
    pattern = _text(value["pattern"], f"{key}.pattern") if "pattern" in value else ""
    try:
        return FieldRule(_names(value["from"], f"{key}.from"), re.compile(pattern) if pattern else None)
    except re.error as error:
        raise InvalidSettings(f"archive.toml: {key}.pattern is no regular expression: {error}") from error


def _check_date_groups(rule: FieldRule | None) -> None:
    groups = rule.pattern.groups if rule and rule.pattern else 0
    if groups == 2:
        raise InvalidSettings(
            "archive.toml: fields.published.pattern has 2 groups; "
            "it needs year, month and day, or one group for the whole date"
        )


def _names(value: object, key: str) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise InvalidSettings(f"archive.toml: {key} must be the name of a field or a list of names, not {value!r}")
    return tuple(names)
