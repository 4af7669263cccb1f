"""The one record that every part of Bayegan passes on: an article as it was published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of a news agency.

    Text fields hold the original spelling; nothing in them is folded or escaped. An absent text is "".

    Attributes:
        title: the headline; where none was found, the first words of the text (then `notes` says so).
        body: the paragraphs, without the kicker and the lead.
        kicker: روتیتر, the line above the headline.
        lead: لید, the summary paragraph under the headline.
        agency: the name of the agency or newspaper.
        code: کد خبر, the agency's own number of the article.
        section: the canonical name of the section (service, category).
        tags: keywords given by the agency.
        author: the reporter or writer.
        published: an aware datetime in Asia/Tehran; or a date, where no time is known; or None, where neither is.
        url: where the article was published.
        captured: when the page was saved, where the source tells (a web archive does); aware; no date of the article.
        source: the file it was read from and the place in it, as `path` or `path:line` or `path!member`.
        notes: what the reader of the source could not tell and had to assume, one sentence each.
    """

    title: str
    body: tuple[str, ...] = ()
    kicker: str = ""
    lead: str = ""
    agency: str = ""
    code: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    published: datetime | date | None = None
    url: str = ""
    captured: datetime | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The (Gregorian) day of publication in Tehran, or None where it is unknown."""
        return self.published.date() if isinstance(self.published, datetime) else self.published

    @property
    def key(self) -> str:
        """The identity: (agency, code), else the URL, else a hash of the text.

        The same article read twice has the same key; a changed one replaces the old under it.
        """
        if self.code:
            return f"{self.agency}/{self.code}"
        return self.url or f"sha256:{self.digest(self.title, *self.body)}"

    @property
    def fingerprint(self) -> int:
        """A 64-bit hash of all that a reader can see of the article; `captured`, `source` and `notes` do not count."""
        published = self.published.isoformat() if self.published else ""
        digest = self.digest(
            self.title, self.kicker, self.lead, *self.body, "\x1f", self.agency, self.code,
            self.section, self.author, published, self.url, "\x1f", *self.tags,
        )  # fmt: skip
        return int(digest[:16], 16)

    @staticmethod
    def digest(*parts: str) -> str:
        """SHA-256, in hexadecimal, of the parts; lone surrogates count as they are."""
        # Part by part, since a text that was encoded before, to be stored, keeps its bytes.
        return hashlib.sha256(b"\x1e".join([part.encode("utf-8", "surrogatepass") for part in parts])).hexdigest()
