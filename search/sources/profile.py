"""What `archive.toml` says of an archive's sources: the agency, the names of fields and sections, page profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from search.sources.names import Names, name_key
from search.sources.page_profile import FIELDS as FIELDS
from search.sources.page_profiles import PageProfiles
from search.sources.sections import Sections
from search.sources.toml_table import Table


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
        agencies: the archive's own name of an agency, by the key of any other (see `name_key`).
        pages: what is known of the pages of single sites.
    """

    KEYS: ClassVar[tuple[str, ...]] = ("agency", "fields", "sections", "profiles", "agencies")

    agency: str = ""
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    sections: Sections = field(default_factory=Sections, compare=False)
    tags: Names = field(default_factory=Names, compare=False)
    agencies: Mapping[str, str] = field(default_factory=dict)
    pages: PageProfiles = field(default_factory=PageProfiles)

    def agency_name(self, name: str) -> str:
        """The name that the archive gives to an agency."""
        return self.agencies.get(name_key(name), name) if self.agencies else name

    @classmethod
    def from_toml(
        cls,
        table: Mapping[str, Any] | Table,
        *,
        folder: Path = Path(),
        sections: Iterable[str] = (),
        tags: Iterable[str] = (),
    ) -> Self:
        """The profile that `archive.toml` describes: `agency`, `profiles`, and tables of fields, sections and agencies.

        Args:
            table: these keys and nothing else.
            folder: of the archive, which the paths of `profiles` start from.
            sections, tags: names that the archive has already; other spellings of them become theirs.

        Raises:
            InvalidSettings: a key is unknown or a value cannot be used; the message names the file and the key.
        """
        top = table if isinstance(table, Table) else Table(table, "archive.toml")
        top.check_known(cls.KEYS)
        fields = top.table("fields")
        fields.check_known(FIELDS)
        names, agencies = top.table("sections"), top.table("agencies")
        return cls(
            agency=top.text("agency"),
            fields={name: _rule(fields, name) for name in fields},
            sections=Sections({name: names.text(name) for name in names}, sections),
            tags=Names(met=tags),
            agencies={name_key(name): agencies.text(name) for name in agencies},
            pages=PageProfiles.of_archive(top, folder),
        )


def _rule(fields: Table, name: str) -> FieldRule:
    """A name, a list of names, or a table of `from` (either of these) and `pattern`."""
    if not isinstance(fields.values[name], Mapping):
        return FieldRule(_names(fields, name))
    rule = fields.table(name)
    rule.check_known(("from", "pattern"))
    if "from" not in rule:
        raise fields.error(name, "lacks `from`, the name of the record's field")
    pattern = rule.date_pattern("pattern") if name == "published" else rule.pattern("pattern")
    return FieldRule(_names(rule, "from"), pattern)


def _names(table: Table, key: str) -> tuple[str, ...]:
    value = table.values[key]
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise table.error(key, f"must be the name of a field or a list of names, not {value!r}")
    return tuple(names)
