"""A table of TOML that somebody wrote: read key by key; what cannot be used is told with its file and key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from search.errors import InvalidSettings


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and where it stands.

    Attributes:
        values: its keys and values.
        file: its name, for errors.
        prefix: the keys that lead to the table, such as `fields.`; "" at the top of the file.
        toml: text of the file, where the lines are to be told in errors.
    """

    values: Mapping[str, Any]
    file: str
    prefix: str = ""
    toml: str = ""

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, key: str, message: str) -> InvalidSettings:
        """The error that says what is wrong with the value of a key."""
        return InvalidSettings(f"{self.place(key)}: {self.prefix}{key} {message}")

    def place(self, key: str) -> str:
        """The file and, where it can be told, the line in which a key stands."""
        line = _line(self.toml, f"{self.prefix}{key}")
        return f"{self.file}, line {line}" if line else self.file

    def check_known(self, known: tuple[str, ...]) -> None:
        """Raises InvalidSettings where a key is none of these; the nearest of them is named."""
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, 1)
                meant = f"; did you mean {self.prefix}{near[0]}?" if near else ""
                told = f"unknown key {self.prefix}{key}; known are {', '.join(known)}{meant}"
                raise InvalidSettings(f"{self.place(key)}: {told}")

    def text(self, key: str) -> str:
        """The text of a key, without white space around it; "" where the key is not there."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.error(key, f"must be a text, not {value!r}")
        return value.strip()

    def texts(self, key: str, what: str) -> tuple[str, ...]:
        """A text or a list of texts, none of them empty; `what` says in an error what each of them is."""
        value = self.values.get(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise self.error(key, f"must be {what} or a list of them, not {value!r}")
        return tuple(text.strip() for text in texts)

    def table(self, key: str) -> Table:
        """The table of a key; an empty one where the key is not there."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.error(key, f"must be a table, [{self.prefix}{key}], not {value!r}")
        return Table(value, self.file, f"{self.prefix}{key}.", self.toml)

    def pattern(self, key: str) -> re.Pattern[str] | None:
        """The regular expression of a key; None where there is none."""
        text = self.text(key)
        try:
            return re.compile(text) if text else None
        except re.error as error:
            raise self.error(key, f"is no regular expression: {error}") from error

    def date_pattern(self, key: str) -> re.Pattern[str] | None:
        """The regular expression of a key, whose groups are the parts of a date, or one group the whole of it."""
        pattern = self.pattern(key)
        if pattern is not None and pattern.groups == 2:
            raise self.error(key, "has 2 groups; it needs year, month and day, or one group for the whole date")
        return pattern


_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w-]+(?:\.[\w-]+)*)\s*=""")


def _line(text: str, path: str) -> int:
    """The line of TOML that sets the keys of a path such as `fields.title`, or begins their table; 0 if none does.

    A key of a table on one line is found in the line of that table.
    """
    table, found, longest = "", 0, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            table = f"{_unquoted(header[1])}."
            name = table[:-1]
        elif key := _KEY.match(line):
            name = table + _unquoted(key[1])
        else:
            continue
        if len(name) > longest and f"{path}.".startswith(f"{name}."):
            found, longest = number, len(name)
    return found


def _unquoted(key: str) -> str:
    return key[1:-1] if key[0] in "\"'" else key
