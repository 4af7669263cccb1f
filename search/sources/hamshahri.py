"""The collections of Hamshahri, the newspaper, as the University of Tehran published them -> their articles.

XML (versions 1 and 2): each DOC has a DOCID, a DOCNO, one DATE for each calendar (`calender="Persian"`, "Western"), a
CAT in Persian and one in English, a TITLE and a TEXT of CDATA, between which an IMAGE may stand.
Text (version 1): each article begins with the lines `.DID`, `.Date` (75\\04\\02) and `.Cat`; its first line is the
title. A file without such lines, as those named `.ham`, is one article.

Sources: A. AleAhmad et al., "Hamshahri: A standard Persian text collection", Knowledge-Based Systems 22 (2009), and
the files themselves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from search.article import Article
from search.errors import RejectedInput
from search.sources.decode import decode, encoding_of
from search.sources.detect import text_head
from search.sources.draft import Draft
from search.sources.paragraphs import one_line, paragraphs, without_controls
from search.sources.profile import Profile
from search.sources.published import moment
from search.sources.stream import HEAD_BYTES, MAX_DOCUMENT, lines, whole
from search.sources.xml_records import Record, name_of, read_records, text_of

AGENCY = "همشهری"

_DAY_IN_CODE = re.compile(r"HAM2-(\d\d)(\d\d)(\d\d)-")
_HEADER = re.compile(r"\.(DID|Date|Cat)\b[ \t]*(.*)")
_LONGEST_TITLE = 30  # words
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PARTS_OF_DATE = re.compile(r"\s*[\\/]\s*")
# English names of sections -> Persian ones, for articles that give no Persian name.
_ENGLISH = {
    "economy": "اقتصادی", "politics": "سیاسی", "social": "اجتماعی", "society": "اجتماعی", "sport": "ورزشی",
    "sports": "ورزشی", "literature and art": "ادب و هنر", "science and culture": "علمی و فرهنگی",
    "natural environment": "محیط زیست", "environment": "محیط زیست", "tourism": "گردشگری", "miscellaneous": "گوناگون",
    "world": "بین‌الملل", "international": "بین‌الملل", "science": "علمی", "culture": "فرهنگی", "religion": "مذهبی",
    "tehran": "تهران", "health": "سلامت", "accidents": "حوادث",
}  # fmt: skip

Found = Iterator[Article | RejectedInput]


def read_hamshahri(stream: io.BufferedReader, source: str, profile: Profile) -> Found:
    """The articles of a file of the collections, in XML or as text.

    Raises:
        RejectedInput: it is not text.
    """
    head = text_head(stream.peek(HEAD_BYTES)[:HEAD_BYTES], source).lstrip()
    if head.startswith("<"):
        yield from _read_xml(stream, source, profile)
    elif _HEADER.match(head):
        yield from _read_rows(stream, source, profile)
    else:
        text, _, notes = decode(whole(stream, source, MAX_DOCUMENT), source)
        yield from _finished(_of_text(text, Draft(notes=list(notes))), profile, source)


def _read_xml(stream: io.BufferedReader, source: str, profile: Profile) -> Found:
    empty = True
    for record in read_records(stream, "DOC", source):
        empty = False
        if isinstance(record, RejectedInput):
            yield record
        else:
            yield from _finished(_of_record(record, profile), profile, record.place)
    if empty:
        yield RejectedInput(source, "no DOC, which is what articles of Hamshahri's collections are in")


def _finished(draft: Draft, profile: Profile, place: str) -> Found:
    draft.agency = draft.agency or AGENCY
    try:
        yield draft.finish(profile, place)
    except RejectedInput as rejection:
        yield rejection


def _of_record(record: Record, profile: Profile) -> Draft:
    draft = Draft(
        title=one_line(record.text("title")),
        body=[paragraph for text in record.children("text") for paragraph in _paragraphs(text)],
        code=one_line(record.text("docid", "docno")),
        section=_section(record, profile),
        notes=record.notes,
    )
    _date(draft, record)
    return draft


def _paragraphs(text: etree._Element) -> Iterator[str]:
    """The paragraphs of the text, without the paths of its images."""
    yield from paragraphs(text.text or "")
    for child in text:
        if name_of(child) != "image":
            yield from paragraphs(text_of(child))
        yield from paragraphs(child.tail or "")


def _section(record: Record, profile: Profile) -> str:
    """The first level of the Persian category, or else of the English one, in Persian where it is a known one."""
    names = {cat.get(_LANGUAGE, "").lower(): one_line(text_of(cat).split(".")[0]) for cat in record.children("cat")}
    persian = names.pop("fa", "")
    english = next(filter(None, names.values()), "")
    if persian or not english:
        return persian
    own = profile.sections.canonical(english)
    return own if own != english else _ENGLISH.get(english.lower(), english)


def _date(draft: Draft, record: Record) -> None:
    """The Persian date, else the Western one, else the one in the number; what contradicts it is noted."""
    stated = {_calendar(element): one_line(text_of(element)) for element in record.children("date")}
    texts = [stated[calendar] for calendar in sorted(stated, key=lambda calendar: calendar != "persian")]
    days = {text: _day(moment(text)) for text in texts if text}
    draft.published = next(filter(None, days.values()), None)
    if draft.published is None:
        coded = _DAY_IN_CODE.match(draft.code)
        draft.published = moment("/".join(coded.groups())) if coded else None
        draft.undated = "" if draft.published else next(iter(days), "")
        return
    if set(days.values()) != {draft.published}:
        draft.notes.append(f"the dates contradict each other ({' and '.join(days)}); {draft.published} was taken")


def _calendar(element: etree._Element) -> str:
    return (element.get("calender") or element.get("calendar") or "").lower()


def _day(moment: datetime | date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _read_rows(stream: io.BufferedReader, source: str, profile: Profile) -> Found:
    """The articles of a file in which each begins with a line `.DID`."""
    encoding = encoding_of(stream.peek(HEAD_BYTES)[:HEAD_BYTES], source)
    text = io.TextIOWrapper(stream, encoding, errors="replace")
    began, size, kept = 1, 0, list[str]()
    for number, line in lines(text, source):
        if isinstance(line, RejectedInput):
            yield line
            continue
        written = line if isinstance(line, str) else line.decode()
        if written.startswith(".DID") and kept:
            yield from _of_row(kept, size, f"{source}:{began}", profile)
            began, size, kept = number, 0, []
        size += len(written)
        if size <= MAX_DOCUMENT:
            kept.append(written)
    yield from _of_row(kept, size, f"{source}:{began}", profile)


def _of_row(kept: list[str], size: int, place: str, profile: Profile) -> Found:
    """The article of the lines from one `.DID` to the next."""
    if size > MAX_DOCUMENT:
        yield RejectedInput(place, f"an article longer than {MAX_DOCUMENT >> 20} MB, the limit; split it")
        return
    heads = {found[1]: found[2].strip() for line in kept if (found := _HEADER.match(line))}
    day = _PARTS_OF_DATE.sub("/", heads.get("Date", ""))
    draft = Draft(code=heads.get("DID", ""), section=heads.get("Cat", ""), published=moment(day) if day else None)
    draft.undated = "" if draft.published else heads.get("Date", "")
    yield from _finished(_of_text("".join(line for line in kept if not _HEADER.match(line)), draft), profile, place)


def _of_text(text: str, draft: Draft) -> Draft:
    """The first line as the title, unless it is as long as a paragraph, and the rest as the text."""
    title, _, rest = without_controls(text).strip().partition("\n")
    if rest and len(title.split()) <= _LONGEST_TITLE:
        draft.title, draft.body = one_line(title), paragraphs(rest)
    else:
        draft.body = paragraphs(text.strip())
    damaged = text.count("\ufffd")
    if damaged and not draft.notes:
        draft.notes = [f"{damaged} places are damaged; each shows as \ufffd"]
    return draft
