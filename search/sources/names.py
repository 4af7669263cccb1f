"""Names that a facet counts (sections, tags): one for all spellings of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from search.persian.letters import fold


def name_key(name: str) -> str:
    """What all spellings of a name share: its folded letters and digits, without spaces and half-spaces."""
    return "".join(filter(str.isalnum, fold(name)))


class Names:
    """Gives the canonical spelling of a name.

    It is the archive's own where `archive.toml` maps the spelling, else the well-known one, else the one met first.

    Args:
        names: spelling -> canonical name, as in `archive.toml`; all spellings of the left side are meant.
        met: names that the archive has already, which keep their spelling.
        known: key -> well-known spelling.
    """

    def __init__(
        self, names: Mapping[str, str] | None = None, met: Iterable[str] = (), known: Mapping[str, str] | None = None
    ) -> None:
        self._names = {name_key(name): name for name in met} | dict(known or {})
        own = {name_key(left): right for left, right in (names or {}).items()}
        self._names.update({name_key(right): right for right in own.values()})
        self._names.update(own)
        self._spelled: dict[str, str] = {}

    def canonical(self, name: str) -> str:
        """The one spelling of a name, however it is spelled; "" for a name without letters."""
        known = self._spelled.get(name)
        if known is None:
            key = name_key(name)
            known = self._names.setdefault(key, " ".join(name.split())) if key else ""
            self._spelled[name] = known
        return known
