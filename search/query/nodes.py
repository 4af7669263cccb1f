"""What a reader means, as a tree of small records; `start` is where a text stands in the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Place = str  # "" for all the text of an article, else a field of text: "title"


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words that stand side by side."""

    text: str
    start: int
    place: Place = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as written: side by side, or (`near` above 1) within that many words of each other in any order."""

    text: str
    start: int
    near: int = 1
    place: Place = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with `*` in it (`distance` 0), or all words within that many edits of one."""

    text: str
    start: int
    distance: int = 0
    place: Place = ""


@dataclass(frozen=True, slots=True)
class Exact:
    """Articles that have this value in a field."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Days:
    """Articles published from `first` to `last` (Gregorian ordinals, both included); None leaves a side open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Articles that do not answer `node`."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """Articles that answer every node."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Articles that answer at least one of the nodes."""

    nodes: tuple[Node, ...]


Node = Words | Phrase | Pattern | Exact | Days | Excluded | All | Either


def positive(node: Node) -> Iterator[Words | Phrase]:
    """The words and phrases that are looked for, in the order of the query; not those that are excluded."""
    if isinstance(node, Words | Phrase):
        yield node
    elif isinstance(node, All | Either):
        for part in node.nodes:
            yield from positive(part)


def narrows(node: Node) -> bool:
    """Whether the node only says which articles may be looked at, as fields and dates do, and not what for."""
    if isinstance(node, All | Either):
        return all(narrows(part) for part in node.nodes)
    return isinstance(node, Exact | Days | Excluded)
