"""Records -> Articles: which field of a record is which field of an Article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from search.article import Article
from search.persian.letters import fold
from search.sources import exported
from search.sources.draft import Draft, split_tags
from search.sources.paragraphs import one_line, paragraphs
from search.sources.profile import Profile
from search.sources.published import moment, moment_in_match

# Names that say what they hold, the likelier first. Case, spaces, hyphens, underscores and spelling do not matter.
_NAMES = {
    "title": "title, headline, titr, عنوان, تیتر, عنوان خبر",
    "kicker": "kicker, rotitr, rutitr, overline, pretitle, روتیتر, رو تیتر",
    "lead": "lead, lede, abstract, summary, description, intro, لید, خلاصه, چکیده, خلاصه خبر",
    "body": "body, article body, text, full text, content, paragraphs, متن, متن خبر, متن کامل, بدنه, محتوا, شرح خبر",
    "agency": "agency, news agency, publisher, newspaper, source, خبرگزاری, رسانه, منبع, روزنامه",
    "code": "code, news code, news id, article id, id, doc id, کد, کد خبر, شناسه, شناسه خبر",
    "section": "section, category, cat, service, topic, subject, بخش, سرویس, گروه, دسته, دسته بندی, حوزه, موضوع",
    "tags": "tags, keywords, labels, tag, برچسب, برچسب ها, کلیدواژه, کلیدواژه ها, کلمات کلیدی",
    "author": "author, authors, writer, reporter, journalist, byline, نویسنده, خبرنگار",
    "published": "published, published at, date published, publish date, pub date, publication date, datetime, "
    "timestamp, date, created at, تاریخ انتشار, تاریخ, زمان انتشار",
    "url": "url, link, canonical url, permalink, address, لینک, نشانی, پیوند, آدرس",
    "time": "time, clock, publish time, ساعت, زمان",
}
_TOGETHER = frozenset({"body", "tags", "author", "published"})  # all names of a rule count; else the first with a value
_MARKUP = re.compile(r"</?(?:p|br|div|span|a|b|i|strong|em|h[1-6]|ul|li|img)\b[^<>]*>", re.I)
_MOST_PLANS = 1000  # shapes of records that are remembered
_NAMING = ("name", "title", "text", "value")  # what an object in place of a text calls its text


class _Step(NamedTuple):
    """How one field is filled from the records of one shape.

    Attributes:
        name: of the field of the record, where it is the only one.
        fill: puts the texts found into a draft.
    """

    field: str
    names: tuple[str, ...]
    name: str | None
    together: bool
    pattern: re.Pattern[str] | None
    fill: Callable[[Draft, list[str], _Step], None]


def _step(field: str, names: tuple[str, ...], pattern: re.Pattern[str] | None, *, together: bool = False) -> _Step:
    only = names[0] if len(names) == 1 else None
    return _Step(field, names, only, together, pattern, _FILL.get(field, _fill_text))


def _spelling(name: str) -> str:
    return "".join(filter(str.isalnum, fold(name)))


@cache
def _common_names() -> dict[str, tuple[str, int]]:
    """Spelling of a record's field -> the field of Article that it holds, and its rank among the names of that."""
    return {
        _spelling(name): (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names.split(","))
    }


class RecordMapper:
    """Makes Articles of records, by the profile's rules, and by common names where it has none."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        paths = [name for rule in profile.fields.values() for name in rule.names]
        self._mapped = {*paths, *(path.partition(".")[0] for path in paths)}
        self._plans: dict[tuple[str, ...], list[_Step]] = {}

    def is_column(self, name: str) -> bool:
        """Whether the profile or common sense knows what a column of that name holds."""
        return name.strip() in self._mapped or _spelling(name) in _common_names()

    def is_record(self, record: Mapping[str, Any]) -> bool:
        """Whether an object has the text of an article of its own, whatever else it holds."""
        steps = self._steps(record)
        return any(step.field == "body" and _values(record, step) for step in steps)

    def article(self, record: Mapping[str, Any], source: str, notes: Iterable[str] = ()) -> Article:
        """The article of one record.

        Args:
            record: names and values, free of control characters.
            source: of the record.
            notes: on how it was read.

        Raises:
            RejectedInput: it has no text.
        """
        if exported.MARK in record:
            return exported.from_record(record, source)
        draft = Draft(notes=list(notes))
        for step in self._steps(record):
            value = record.get(step.name) if step.name is not None else None
            # One text in one field is the rule; all else goes the long way.
            values = [value] if type(value) is str and value and not value.isspace() else _values(record, step)
            if values:
                step.fill(draft, values, step)
        return draft.finish(self._profile, source)

    def _steps(self, record: Mapping[str, Any]) -> list[_Step]:
        """How records with these names are read; worked out once for each shape."""
        shape = tuple(record)
        steps = self._plans.get(shape)
        if steps is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[shape] = steps = self._plan(shape)
        return steps

    def _plan(self, shape: tuple[str, ...]) -> list[_Step]:
        rules = self._profile.fields
        # What a rule takes whole holds nothing else; a link that a rule takes the date out of is still a link.
        taken = {name for rule in rules.values() if rule.pattern is None for name in rule.names}
        common = _by_field(name for name in shape if name not in taken)
        steps = [_step(field, names, None) for field, names in common.items() if field not in rules]
        steps += [_step(field, rule.names, rule.pattern, together=field in _TOGETHER) for field, rule in rules.items()]
        return sorted(steps, key=lambda step: step.field == "published")  # after `time`, which completes it


def _by_field(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Field of Article -> those of the names that commonly hold it, the likelier first."""
    ranked: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if found := _common_names().get(_spelling(name)):
            field, rank = found
            ranked.setdefault(field, []).append((rank, name))
    return {field: tuple(name for _, name in sorted(pairs)) for field, pairs in ranked.items()}


def _values(record: Mapping[str, Any], step: _Step) -> list[str]:
    """The texts of a step's fields: of all, or of the first that has any."""
    if len(step.names) == 1:
        return _texts(_inside(record, step.names[0]))
    values: list[str] = []
    for name in step.names:
        values += _texts(_inside(record, name))
        if values and not step.together:
            break
    return values


def _inside(record: Mapping[str, Any], path: str) -> object:
    """What a name means: the field, or for `a.b` field `b` of the object in field `a`; None where there is none."""
    if path in record or "." not in path:
        return record.get(path)
    value: object = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _texts(value: object) -> list[str]:
    """The texts in a value of JSON: itself, a number as written, those of a list, the name of an object."""
    if isinstance(value, str):
        return [value] if value and not value.isspace() else []
    if isinstance(value, list):
        return [text for item in value if type(item) is not list for text in _texts(item)]
    if isinstance(value, dict):
        return [text for name in _NAMING if isinstance(text := value.get(name), str) and text][:1]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return [str(value)] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text that may carry HTML tags."""
    if "<" in text and _MARKUP.search(text):
        from search.sources.blocks import markup_lines  # lxml is loaded for markup only

        return markup_lines(text)
    return paragraphs(text)


def _picked(text: str, step: _Step) -> str:
    """What a step takes of a text, on one line."""
    if step.pattern is None:
        return one_line(text)
    match = step.pattern.search(text)
    return one_line(match[1] or "" if match.re.groups else match[0]) if match else ""


def _fill_text(draft: Draft, values: list[str], step: _Step) -> None:
    setattr(draft, step.field, _picked(values[0], step))


def _fill_agency(draft: Draft, values: list[str], step: _Step) -> None:
    if "/" not in values[0]:  # a field `source` that holds a path or a URL
        draft.agency = _picked(values[0], step)


def _fill_body(draft: Draft, values: list[str], _: _Step) -> None:
    draft.body = [paragraph for value in values for paragraph in _paragraphs(value)]


def _fill_tags(draft: Draft, values: list[str], _: _Step) -> None:
    draft.tags = split_tags(values)


def _fill_author(draft: Draft, values: list[str], _: _Step) -> None:
    draft.author = "، ".join(map(one_line, values))


def _fill_time(draft: Draft, values: list[str], _: _Step) -> None:
    draft.clock = values[0]


def _fill_published(draft: Draft, values: list[str], step: _Step) -> None:
    """Fills in the time of publication, or what stands in its place."""
    text = one_line(" ".join(values))
    if step.pattern is not None:
        match = step.pattern.search(text)
        draft.published = moment_in_match(match) if match else None
    else:
        clock = draft.clock
        draft.published = moment(f"{text} {clock}" if clock and ":" not in text else text) or moment(text)
    draft.undated = text if draft.published is None else ""


_FILL = {
    "agency": _fill_agency,
    "body": _fill_body,
    "tags": _fill_tags,
    "author": _fill_author,
    "time": _fill_time,
    "published": _fill_published,
}
