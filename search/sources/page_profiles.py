"""The page profiles that an archive knows: its own, then those that ship with Bayegan; and which one a page is of."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urlsplit

from search.errors import InvalidSettings, UsageError
from search.sources.page_profile import PageProfile, compiled, profile_name
from search.sources.toml_table import Table

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class Choice(NamedTuple):
    """A profile, and what told that it is the one of a page."""

    profile: PageProfile
    reason: str


@dataclass(frozen=True)
class PageProfiles:
    """Profiles in the order in which they are asked.

    Attributes:
        own: of the archive; they come before the shipped ones, and hide those of the same name.
    """

    own: tuple[PageProfile, ...] = ()

    @classmethod
    def of_archive(cls, top: Table, folder: Path) -> Self:
        """The profiles that the key `profiles` of `archive.toml` names: files, or folders of them.

        Raises:
            InvalidSettings: one is not there or cannot be used.
        """
        own: dict[str, PageProfile] = {}
        for path in top.texts("profiles", "the path of a TOML file, or of a folder of them,"):
            for file in _files(top, folder / Path(path).expanduser()):
                profile = load_profile(file)
                if profile.name in own:
                    raise top.error("profiles", f"name two profiles {profile.name!r}: {own[profile.name].file}, {file}")
                own[profile.name] = profile
        return cls(tuple(own.values()))

    def __iter__(self) -> Iterator[PageProfile]:
        yield from self.own
        hidden = {profile.name for profile in self.own}
        yield from (profile for profile in shipped_profiles() if profile.name not in hidden)

    def named(self, name: str) -> PageProfile:
        """The profile of that name, or in the TOML file of that name.

        Raises:
            UsageError: there is none.
            InvalidSettings: the file cannot be used.
        """
        if name.endswith(".toml"):
            return load_profile(Path(name))
        found = next((profile for profile in self if profile.name == name), None)
        if found is None:
            known = ", ".join(profile.name for profile in self)
            raise UsageError(f"no profile {name!r}; there are {known}; or name a file that ends in .toml")
        return found

    def of_page(self, tree: HtmlElement, address: str) -> Choice | None:
        """The profile of a page: by the host of its address, else by an element that only one site's pages have.

        Args:
            tree: of the page.
            address: of the page, as far as it is known.
        """
        host = _host(address)
        for name in _domains(host):
            if profile := self._by_host.get(name):
                return Choice(profile, f"the host of its address, {host}")
        for profile, mark in self._marks:
            if compiled(mark)(tree):
                return Choice(profile, f"its mark {mark}")
        return None

    @cached_property
    def _by_host(self) -> dict[str, PageProfile]:
        return {host: profile for profile in reversed(list(self)) for host in profile.hosts}

    @cached_property
    def _marks(self) -> list[tuple[PageProfile, str]]:
        return [(profile, mark) for profile in self for mark in profile.marks]


def load_profile(file: Path) -> PageProfile:
    """The profile in a file.

    Raises:
        InvalidSettings: there is no such file, or it cannot be used; the message names it and the key at fault.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidSettings(f"cannot read the profile {file}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{file} is not UTF-8: {error.reason}; save it in UTF-8") from error
    return PageProfile.from_toml(_parsed(text, str(file)), profile_name(file), str(file))


def toml_of(profile: PageProfile) -> str:
    """The TOML that a profile was read from."""
    return Path(profile.file).read_text(encoding="utf-8-sig") if profile.file else _shipped_toml(profile.name)


def _shipped_toml(name: str) -> str:
    return (resources.files("search.sources") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")


@cache
def shipped_profiles() -> tuple[PageProfile, ...]:
    """The profiles that ship with Bayegan, by name."""
    folder = resources.files("search.sources") / "profiles"
    names = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple(
        PageProfile.from_toml(_parsed(_shipped_toml(name), f"{name}.toml"), name, f"{name}.toml", shipped=True)
        for name in names
    )


def _parsed(text: str, file: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(f"{file} is not TOML: {error}; mend that line") from error


def _files(top: Table, path: Path) -> list[Path]:
    """The file, or the TOML files of the folder."""
    if path.is_dir():
        found = sorted(path.glob("*.toml"))
        if not found:
            raise top.error("profiles", f"name {path}, a folder without a TOML file")
        return found
    if not path.is_file():
        raise top.error("profiles", f"name {path}, which does not exist")
    return [path]


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # such as an unclosed bracket of IPv6
        return ""


def _domains(host: str) -> Iterator[str]:
    """`www.example.ir`, `example.ir`, `ir`."""
    parts = host.split(".")
    return (".".join(parts[start:]) for start in range(len(parts)))
