"""An article in the making: what a reader of a format found, and the steps that end every reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from search.article import Article
from search.errors import RejectedInput
from search.sources.agencies import agency_of_name, canonical_agency
from search.sources.paragraphs import one_line
from search.sources.profile import Profile

NO_TITLE = "no title was found: the first words of the text stand for it"
NO_DATE = "the date of publication is unknown"
ONLY_SUMMARY = "the feed holds only the summary of this article"
_TITLE_WORDS = 12
_BETWEEN_TAGS = re.compile(r"[,،؛;|\n]")


@dataclass(slots=True)
class Draft:
    """The fields of an Article as they were found (see there), what stood where the date should be, and its time."""

    title: str = ""
    kicker: str = ""
    lead: str = ""
    body: list[str] = field(default_factory=list)
    agency: str = ""
    code: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    published: datetime | date | None = None
    undated: str = ""
    clock: str = ""
    url: str = ""
    notes: list[str] = field(default_factory=list)

    def fill(self, other: Draft) -> None:
        """Takes from another draft what is still missing here; the notes of both count."""
        for name in self.__slots__:
            if name != "notes" and not getattr(self, name):
                setattr(self, name, getattr(other, name))
        self.notes += other.notes

    def finish(self, profile: Profile, source: str) -> Article:
        """The article, with what the profile adds, without repetitions, and with notes on what is missing.

        Raises:
            RejectedInput: there is no text.
        """
        body = self.body
        if body and self.lead and body[0] == self.lead:
            body = body[1:]
        if not body and not self.lead:
            raise RejectedInput(source, "no article text")
        title = self.title
        if not title:
            title = _first_words(self.lead or body[0])
            self.notes.append(NO_TITLE)
        if self.published is None:
            self.notes.append(f"{NO_DATE}: {self.undated!r} names no day" if self.undated else NO_DATE)
        return Article(
            title=title,
            kicker="" if self.kicker == title else self.kicker,
            lead=self.lead,
            body=tuple(body),
            agency=profile.agency_name(_agency(self.agency, profile.agency)),
            code=self.code,
            section=profile.sections.canonical(self.section) if self.section else "",
            tags=tuple(dict.fromkeys(filter(None, map(profile.tags.canonical, self.tags)))) if self.tags else (),
            author=self.author,
            published=self.published,
            url=self.url,
            source=source,
            notes=tuple(self.notes),
        )


@lru_cache(maxsize=1 << 10)
def _agency(found: str, default: str) -> str:
    """The known spelling of what was found; the profile's own spelling where it means the same agency."""
    name = (agency_of_name(found) or found) if found else ""
    return default if not name or name == canonical_agency(default) else name


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")


def split_tags(values: list[str]) -> tuple[str, ...]:
    """Tags without repetitions; a single text may hold several, with commas between or with `#` before each."""
    parts = _BETWEEN_TAGS.split(values[0].replace(" #", "\n")) if len(values) == 1 else values
    return tuple(dict.fromkeys(tag for part in parts if (tag := one_line(part).lstrip("#").strip())))
