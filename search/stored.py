"""Article <-> what the index keeps of it: the text to analyse, the exact values, and the record itself."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple

import msgspec

from search import jalali
from search.article import Article
from search.engine.document import Document


class _Record(msgspec.Struct, array_like=True, frozen=True):
    """The stored form: the fields of `Article`, those that came later at the end, the dates as ISO 8601 text."""

    title: str
    body: tuple[str, ...]
    kicker: str
    lead: str
    agency: str
    code: str
    section: str
    tags: tuple[str, ...]
    author: str
    published: str
    url: str
    source: str
    notes: tuple[str, ...]
    captured: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Record).decode


def to_bytes(article: Article) -> bytes:
    """The article as msgpack; `from_bytes` gives it back equal."""
    return _encode(
        _Record(
            article.title, article.body, article.kicker, article.lead, article.agency, article.code, article.section,
            article.tags, article.author, article.published.isoformat() if article.published else "",
            article.url, article.source, article.notes, article.captured.isoformat() if article.captured else "",
        )
    )  # fmt: skip


def from_bytes(data: bytes) -> Article:
    """The article that `to_bytes` made `data` from."""
    record = _decode(data)
    values = msgspec.structs.asdict(record)
    captured = datetime.fromisoformat(record.captured) if record.captured else None
    return Article(**{**values, "published": jalali.from_iso(record.published), "captured": captured})


def to_document(article: Article) -> Document:
    """What the engine indexes: `lead` is the kicker and the lead, paragraphs are lines of `body`."""
    stored = to_bytes(article)
    published = article.published
    date = _date_of(article.day) if published else _UNDATED
    return Document(
        key=article.key,
        fingerprint=article.fingerprint,
        title=article.title,
        lead=f"{article.kicker}\n{article.lead}" if article.kicker and article.lead else article.kicker or article.lead,
        body="\n".join(article.body),
        keywords=_keywords(article, date),
        day=date.ordinal,
        published=int(published.timestamp()) if isinstance(published, datetime) else date.midnight,
        stored=stored,
    )


class _Date(NamedTuple):
    """What is indexed of a day: its number, the second that it begins at in Tehran, its Jalali year and month."""

    ordinal: int | None
    midnight: int | None
    columns: dict[str, tuple[str, ...]]


_UNDATED = _Date(None, None, {})


@lru_cache(maxsize=1 << 14)
def _date_of(day: date) -> _Date:
    month = jalali.value_of(day, "month")
    midnight = datetime.combine(day, time(tzinfo=jalali.tehran()))
    return _Date(day.toordinal(), int(midnight.timestamp()), {"year": (month[:4],), "month": (month,)})


def _keywords(article: Article, date: _Date) -> dict[str, tuple[str, ...]]:
    found = dict(date.columns)
    if article.section:
        found["section"] = (article.section,)
    if article.agency:
        found["agency"] = (article.agency,)
    if article.author:
        found["author"] = (article.author,)
    if article.code:
        found["code"] = (article.code,)
    if tags := tuple(dict.fromkeys(filter(None, article.tags))):
        found["tag"] = tags
    return found
