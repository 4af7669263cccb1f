"""One table of settings: each has a name, a default and a sentence of help, and nothing else configures Bayegan.

A value is taken from the first of: a command line flag, the environment (`BAYEGAN_` and the name in capitals),
the table `[settings]` of the archive's `archive.toml`, the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from search.errors import InvalidSettings, StorageFailure


def setting(default: int | str, text: str, *, low: int = 0, high: int = 2**31, secret: bool = False) -> Any:
    """A field of `Settings`: its default, its help, and for numbers the lowest and highest value allowed.

    A secret is not taken from `archive.toml`, which is read and copied with the archive, and not shown with the others.
    """
    return field(default=default, repr=not secret, metadata={"help": text, "low": low, "high": high, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its value; immutable once made."""

    archive: str = setting("archive", "Name of an archive under indexes/, or a folder that holds one.")
    host: str = setting("127.0.0.1", "Address that `bayegan serve` listens on.")
    port: int = setting(8000, "Port that `bayegan serve` listens on.", low=0, high=65535)
    threads: int = setting(8, "Requests that the server answers side by side.", low=1, high=256)
    memory_mb: int = setting(512, "Memory that indexing may use for postings, in MB.", low=16, high=1_000_000)
    workers: int = setting(0, "Processes that analyse text while indexing; 0 means one for each core.", high=256)
    time_limit_ms: int = setting(2000, "A search that takes longer returns what it has, in ms; 0 means no limit.")
    learn_from: int = setting(10_000, "Articles that the spelling tables of a new index are learned from.", high=10**6)
    admin_token: str = setting("", "Opens the admin page and its API, which do not exist without it.", secret=True)
    admin_token_file: str = setting("", "File that holds the admin token.")
    quiet_seconds: int = setting(2, "Seconds that a file must not have changed before `--watch` reads it.", high=3600)
    commit_articles: int = setting(100_000, "Articles after which a run makes durable what it has.", low=1)
    commit_seconds: int = setting(60, "Seconds after which it does so, too: what a killed run loses at most.", low=1)

    @classmethod
    def resolve(
        cls,
        flags: Mapping[str, object] | None = None,
        table: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Settings from flags (None values count as not given), the environment and `[settings]`, in that order.

        Raises:
            InvalidSettings: a name is unknown or a value unusable.
        """
        environment = os.environ if environment is None else environment
        known = {f.name: f for f in fields(cls)}
        for name in table or {}:
            if name not in known:
                raise InvalidSettings(f"unknown setting {name!r} in archive.toml; known are {', '.join(known)}")
            if known[name].metadata["secret"]:
                raise InvalidSettings(f"{name} cannot stand in archive.toml; set BAYEGAN_{name.upper()} or {name}_file")
        values: dict[str, Any] = {}
        for name, spec in known.items():
            candidates = (
                (flags or {}).get(name),
                environment.get(f"BAYEGAN_{name.upper()}"),
                (table or {}).get(name),
            )
            given = next((c for c in candidates if c is not None), None)
            if given is not None:
                values[name] = _checked(name, given, spec.default, spec.metadata)
        return cls(**values)

    @classmethod
    def describe(cls) -> list[tuple[str, object, str]]:
        """(name, default, help) of every setting, in the order of the table."""
        return [(f.name, None if f.default is MISSING else f.default, f.metadata["help"]) for f in fields(cls)]


def _checked(name: str, given: object, default: object, metadata: Mapping[str, Any]) -> object:
    if isinstance(default, str):
        if isinstance(given, str) and given:
            return given
        raise InvalidSettings(f"setting {name} must be a text that is not empty, not {given!r}")
    low, high = metadata["low"], metadata["high"]
    try:
        number = int(str(given))
    except ValueError:
        number = low - 1
    if not low <= number <= high or isinstance(given, bool):
        raise InvalidSettings(f"setting {name} must be a whole number from {low} to {high}, not {given!r}")
    return number


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The tables of a TOML file, and its text; nothing where there is none.

    Raises:
        InvalidSettings: it is not TOML; the message has the line.
        StorageFailure: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text
    except FileNotFoundError:
        return {}, ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"{path} is not TOML: {error}; mend that line") from error
    except OSError as error:
        raise StorageFailure(f"cannot read {path}: {error.strerror}; check its permissions") from error
