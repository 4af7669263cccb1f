"""What one site's pages look like, as a small TOML file says it: where each field of an article is found.

agency = "..."                     # the name that its articles get
hosts = ["example.ir"]             # of its addresses, without www
marks = ["#logo[alt='...']"]       # CSS selectors: a page that has such an element is of this site
drop = [".ads"]                    # CSS selectors of what is no part of an article

[fields]                           # field of an article = where it is
title = "h1.title"                 # a CSS selector
lead = [".lead", "p.summary"]      # several: the first that finds something
code = { select = ".code", pattern = "\\\\d+" }
url = { select = "link[rel=canonical]", attribute = "href" }
kicker = false                     # the site has none: the general reader need not guess

[sections]                         # the site's name = the name in the archive
sport = "ورزشی"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, cast, get_args

from search.sources.names import name_key
from search.sources.toml_table import Table

FIELDS = (
    "title", "kicker", "lead", "body", "agency", "code", "section", "tags", "author", "published", "url",
)  # fmt: skip
Take = Literal["first", "last", "all"]
_ALL_OF = frozenset({"body", "tags", "author"})  # fields that take all elements unless the rule says otherwise
_KEYS = ("agency", "hosts", "marks", "drop", "fields", "sections")
_RULE_KEYS = ("select", "attribute", "pattern", "take")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_A_SELECTOR = "a CSS selector"


@dataclass(frozen=True, slots=True)
class PageRule:
    """Where one field is found in a page.

    Attributes:
        select: a CSS selector.
        attribute: of the elements, that holds the value; their text where "".
        pattern: what to take of it: its groups, or the whole match where it has none.
        take: which of the elements count.
    """

    select: str
    attribute: str = ""
    pattern: re.Pattern[str] | None = None
    take: Take = "first"


@dataclass(frozen=True)
class PageProfile:
    """What the pages of one site look like.

    Attributes:
        name: of the profile: its file's, without `.toml`.
        file: where it stands; "" for one that ships with Bayegan.
        agency: of its articles, "" where the page is to say it.
        hosts: of its addresses; those below them (`www.`) are meant, too.
        marks: CSS selectors of elements that only this site's pages have.
        drop: CSS selectors of elements that are no part of an article.
        fields: field of Article -> its rules, of which the first that finds something counts; no rule at all says
            that the site has no such field.
        sections: folded name of a section -> its name in the archive.
    """

    name: str
    file: str = ""
    agency: str = ""
    hosts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    fields: Mapping[str, tuple[PageRule, ...]] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)

    @property
    def absent(self) -> tuple[str, ...]:
        """The fields that articles of this site never have."""
        return tuple(name for name, rules in self.fields.items() if not rules)

    @classmethod
    def from_toml(cls, values: Mapping[str, Any], name: str, file: str, *, shipped: bool = False) -> Self:
        """The profile that a TOML file describes; see the top of the module.

        Args:
            values: of the file.
            name: of the profile.
            file: where the values stand, for errors.
            shipped: whether the profile comes with Bayegan.

        Raises:
            InvalidSettings: a key is unknown or a value cannot be used; the message names the file and the key.
        """
        top = Table(values, file)
        top.check_known(_KEYS)
        fields, names = top.table("fields"), top.table("sections")
        fields.check_known(FIELDS)
        return cls(
            name=name,
            file="" if shipped else file,
            agency=top.text("agency"),
            hosts=_hosts(top),
            marks=_selectors(top, "marks"),
            drop=_selectors(top, "drop"),
            fields={name: _rules(fields, name) for name in fields},
            sections={name_key(name): names.text(name) for name in names},
        )


def profile_name(file: Path) -> str:
    """The name of the profile in a file."""
    return file.name.removesuffix(".toml")


@lru_cache(maxsize=1 << 10)
def compiled(select: str) -> Any:
    """What finds the elements of a CSS selector: a function of a tree that gives them in their order.

    Raises:
        ValueError: it is no CSS selector, or one that needs a browser.
    """
    from cssselect import HTMLTranslator, SelectorError
    from lxml.etree import XPath  # lxml is loaded for pages only

    try:
        # Not lxml's own translator: its `:contains` calls back into Python, and damages texts beyond ASCII.
        return XPath(HTMLTranslator().css_to_xpath(select))
    except SelectorError as error:
        raise ValueError(str(error)) from error


def _hosts(top: Table) -> tuple[str, ...]:
    hosts = tuple(host.lower().removeprefix("www.") for host in top.texts("hosts", "the host of a site"))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise top.error("hosts", f"must hold names of hosts such as `example.ir`, not {host!r}")
    return hosts


def _selectors(table: Table, key: str) -> tuple[str, ...]:
    return tuple(_selector(table, key, text) for text in table.texts(key, _A_SELECTOR))


def _selector(table: Table, key: str, text: str) -> str:
    try:
        compiled(text)
    except ValueError as error:
        raise table.error(key, f"is no CSS selector: {text!r}: {error}") from error
    return text


def _rules(fields: Table, name: str) -> tuple[PageRule, ...]:
    """The rules of one field: false, a selector, a table, or a list of selectors and tables."""
    value = fields.values[name]
    if value is False:
        return ()
    rules = value if isinstance(value, list) else [value]
    if not rules:
        raise fields.error(name, "must be a CSS selector, a table with `select`, a list of these, or false, not []")
    if len(rules) == 1:
        return (_rule(fields, name, name, rules[0]),)
    return tuple(_rule(fields, name, f"{name}[{number}]", rule) for number, rule in enumerate(rules, start=1))


def _rule(fields: Table, field: str, key: str, value: object) -> PageRule:
    take: Take = "all" if field in _ALL_OF else "first"
    if isinstance(value, str) and value.strip():
        return PageRule(_selector(fields, key, value.strip()), take=take)
    if not isinstance(value, Mapping):
        raise fields.error(
            key, f"must be a CSS selector, a table with `select`, a list of these, or false, not {value!r}"
        )
    rule = Table(value, fields.file, f"{fields.prefix}{key}.")
    rule.check_known(_RULE_KEYS)
    select = rule.text("select")
    if not select:
        raise fields.error(key, "lacks `select`, the CSS selector of its elements")
    return PageRule(
        select=_selector(rule, "select", select),
        attribute=rule.text("attribute"),
        pattern=rule.date_pattern("pattern") if field == "published" else rule.pattern("pattern"),
        take=_take(rule) if "take" in rule else take,
    )


def _take(rule: Table) -> Take:
    value = rule.text("take")
    if value not in get_args(Take):
        raise rule.error("take", f"must be one of {', '.join(get_args(Take))}, not {value!r}")
    return cast(Take, value)
