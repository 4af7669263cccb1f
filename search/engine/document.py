"""Document: what the index is given for one article."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from search.engine.schema import KEYWORDS, MULTIPLE

#: The columns' marks of an unknown day and an unknown time of publication.
NO_DAY = -1
NO_TIME = -(2**63)


class Document(msgspec.Struct, frozen=True):
    """One article as the engine sees it: text to analyse, values to count, bytes to keep.

    A msgspec structure, since it goes from process to process and those are pickled fastest.

    Attributes:
        key: the identity; a document replaces an older one of the same key.
        fingerprint: 64-bit hash of the content (0 <= fingerprint < 2**64).
        title, lead, body: text; `lead` is kicker and lead together.
        keywords: exact values by column name (`schema.KEYWORDS`); only those of `schema.MULTIPLE` may hold several.
        day: Gregorian ordinal of the day of publication, or None.
        published: seconds since the epoch, or None.
        stored: what `Index.stored` gives back, unchanged.

    Raises:
        ValueError: a keyword column is unknown, or has several values where one is allowed.
    """

    key: str
    fingerprint: int = 0
    title: str = ""
    lead: str = ""
    body: str = ""
    keywords: Mapping[str, tuple[str, ...]] = {}
    day: int | None = None
    published: int | None = None
    stored: bytes = b""

    def __post_init__(self) -> None:
        for name, values in self.keywords.items():
            if name not in KEYWORDS:
                raise ValueError(f"no keyword column {name!r}; there are {', '.join(KEYWORDS)}")
            if len(values) > 1 and name not in MULTIPLE:
                raise ValueError(f"column {name!r} holds one value, not {len(values)}")
