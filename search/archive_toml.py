"""What the archivist wrote in `archive.toml`: read once, and checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from search.errors import InvalidSettings
from search.settings import Settings, read_toml
from search.sources import Profile
from search.sources.toml_table import Table

KEYS = ("title", "description", *Profile.KEYS, "settings")


@dataclass(frozen=True, slots=True)
class ArchiveToml:
    """What it says.

    Attributes:
        title, description: of the archive; "" where nothing is said.
        settings: the table of that name.
        sources: the keys of `Profile`, which checks them further when sources are read.
    """

    title: str
    description: str
    settings: Mapping[str, Any]
    sources: Table

    @classmethod
    def read(cls, path: Path) -> Self:
        """What the file at `path` says; nothing, where there is none.

        Raises:
            InvalidSettings: it is not TOML, a key is unknown or a value cannot be used; the message has the line, and
                the known name that is nearest to an unknown one.
            StorageFailure: it cannot be read.
        """
        values, text = read_toml(path)
        top = Table(values, str(path), toml=text)
        top.check_known(KEYS)
        settings = top.table("settings")
        settings.check_known(tuple(field.name for field in fields(Settings)))
        for name in settings:
            _check_setting(settings, name)
        sources = {key: value for key, value in values.items() if key in Profile.KEYS}
        return cls(top.text("title"), top.text("description"), settings.values, Table(sources, str(path), toml=text))


def _check_setting(settings: Table, name: str) -> None:
    """The value alone, since a flag or the environment may hide it now and not next time."""
    try:
        Settings.resolve(table={name: settings.values[name]}, environment={})
    except InvalidSettings as error:
        raise InvalidSettings(f"{settings.place(name)}: {error}") from error
