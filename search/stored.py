"""Article <-> what the index keeps of it: the text to analyse, the exact values, and the record itself."""

from __future__ import annotations

from datetime import date, datetime, time

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
    day = article.day
    moment = article.published
    if moment is not None and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(tzinfo=jalali.tehran()))
    return Document(
        key=article.key,
        fingerprint=article.fingerprint,
        title=article.title,
        lead="\n".join(part for part in (article.kicker, article.lead) if part),
        body="\n".join(article.body),
        keywords=_keywords(article, day),
        day=day.toordinal() if day else None,
        published=int(moment.timestamp()) if moment else None,
        stored=to_bytes(article),
    )


def _keywords(article: Article, day: date | None) -> dict[str, tuple[str, ...]]:
    month = jalali.value_of(day, "month") if day else None
    values = {
        "section": (article.section,),
        "agency": (article.agency,),
        "author": (article.author,),
        "code": (article.code,),
        "tag": tuple(dict.fromkeys(article.tags)),
        "year": (month[:4],) if month else (),
        "month": (month,) if month else (),
    }
    return {name: kept for name, given in values.items() if (kept := tuple(filter(None, given)))}
