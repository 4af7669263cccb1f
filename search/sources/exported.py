"""The records that `bayegan export` writes: every field of an article as it is, so that reading them guesses nothing.

A record is an object with the names that any JSONL reader understands (`title`, `body`, `published` ...), and the mark
`"bayegan": 1`, which says that they hold: no name of archive.toml applies, no section is renamed, no paragraph joined.
Without the mark it is a record like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from search import jalali
from search.article import Article
from search.errors import RejectedInput

MARK = "bayegan"
VERSION = 1


class _Record(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The fields of `Article`, dates as ISO 8601; `source` is where the exporting archive had it from."""

    bayegan: int
    title: str
    kicker: str = ""
    lead: str = ""
    body: tuple[str, ...] = ()
    agency: str = ""
    code: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    published: str = ""
    url: str = ""
    captured: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode


def to_line(article: Article) -> bytes:
    """The article as a line of JSONL, without fields that are empty."""
    return b"%b\n" % _encode(
        _Record(
            bayegan=VERSION, title=article.title, kicker=article.kicker, lead=article.lead, body=article.body,
            agency=article.agency, code=article.code, section=article.section, tags=article.tags, author=article.author,
            published=article.published.isoformat() if article.published else "", url=article.url,
            captured=article.captured.isoformat() if article.captured else "", source=article.source,
            notes=article.notes,
        )
    )  # fmt: skip


def from_record(record: Mapping[str, Any], source: str) -> Article:
    """The article of a record that has the mark; equal to the one exported, but for its source.

    Raises:
        RejectedInput: another version wrote it, or a field is not what the mark promises.
    """
    if record[MARK] != VERSION:
        raise RejectedInput(source, f"an export of version {record[MARK]!r}; this Bayegan reads version {VERSION}")
    try:
        read = msgspec.convert(dict(record), _Record)
        published = jalali.from_iso(read.published)
        captured = datetime.fromisoformat(read.captured) if read.captured else None
    except (msgspec.ValidationError, ValueError) as error:
        raise RejectedInput(
            source, f"changed since it was exported: {error}; mend it, or remove its key {MARK!r}"
        ) from error
    values = {name: getattr(read, name) for name in _Record.__struct_fields__ if name != MARK}
    return Article(**{**values, "published": published, "captured": captured, "source": source})
