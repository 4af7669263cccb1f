"""Several archives side by side: which there are, and how a new one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from search.archive import HOME, JOURNAL, Archive, directory_of
from search.engine.manifest import committed, newest_manifest
from search.errors import ArchiveError, ArchiveNotFound, InvalidSettings, StorageFailure, UsageError
from search.keeping.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Listed:
    """An archive in the list: its folder's name, its title, its articles, when (UTC) it last changed, what is wrong."""

    name: str
    title: str
    articles: int = 0
    changed: datetime | None = None
    problem: str = ""


def archives(home: Path = HOME) -> list[Listed]:
    """The archives under `home`, by name (StorageFailure: it cannot be read)."""
    try:
        folders = sorted(path for path in home.iterdir() if path.is_dir() and not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageFailure(f"cannot read {home}: {error.strerror}; check its permissions") from error
    return [_listed(path) for path in folders if any((path / n).exists() for n in ("archive.toml", JOURNAL, "index"))]


def init(place: str, title: str = "") -> Path:
    """Begins an archive: its folder with an archive.toml that explains itself; where that is.

    Args:
        place: a name under `indexes/`, or a folder.
        title: of the archive; the folder's name where empty.

    Raises:
        UsageError: there is an archive.toml already. StorageFailure: it cannot be written.
    """
    path = directory_of(place) / "archive.toml"
    if path.exists():
        raise UsageError(f"{path} is there already; edit it, or name another archive")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailure(f"cannot make {path.parent}: {error.strerror}; check its permissions") from error
    with whole_file(path) as stream:
        stream.write(_TEMPLATE.replace("TITLE", _quoted(title or path.parent.name)).encode())
    return path


def _listed(folder: Path) -> Listed:
    try:
        archive = Archive(folder)
    except InvalidSettings as error:
        return Listed(folder.name, folder.name, problem=str(error))
    index = archive.index_directory
    try:
        manifest = newest_manifest(index)
    except ArchiveNotFound:
        return Listed(folder.name, archive.title)
    except ArchiveError as error:
        return Listed(folder.name, archive.title, problem=str(error))
    articles = sum(entry.size - entry.deleted for entry in manifest.segments)
    return Listed(folder.name, archive.title, articles, committed(index, manifest.generation))


def _quoted(text: str) -> str:
    """The text as a basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if ord(c) >= 32 and ord(c) != 127 else f"\\u{ord(c):04x}" for c in escaped) + '"'


_TEMPLATE = """\
# What is said of this archive; every line is optional. docs/formats.md explains the tables.

title = TITLE
# description = "اخبار سه خبرگزاری، از ۱۳۸۵"

# The agency of articles that name none, in the spelling that readers shall see.
# agency = "برنا"

# Page profiles of your own: a file, a folder, or a list of them, beside this file (bayegan profile try FILE).
# profiles = "profiles"

# Where a field of an article stands in your records, if its name is an unusual one.
# [fields]
# body = ["intro", "paragraphs"]
# published = { from = "link", pattern = "/(1[34]\\\\d\\\\d)(\\\\d\\\\d)(\\\\d\\\\d)" }

# Other names of a section and of an agency, each with the one that is shown.
# [sections]
# "ورزش" = "ورزشی"
# [agencies]
# "خبرگزاری برنا" = "برنا"

# Settings of this archive alone: see the table in README.md.
# [settings]
# time_limit_ms = 2000
"""
