"""What is collected while documents come in: token types -> terms, and exact values, both as small numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class TokenType(Protocol):
    """What the engine needs to know of a kind of token."""

    @property
    def form(self) -> str: ...  # noqa: D102
    @property
    def lemmas(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def stems(self) -> tuple[str, ...]: ...  # noqa: D102


class BulkAnalyzer(Protocol):
    """The bulk side of `search.persian.Analyzer`: until `forget`, `types` only grows, and keeps its order."""

    @property
    def types(self) -> Sequence[TokenType]: ...  # noqa: D102

    def encode(self, text: str) -> Sequence[int]: ...  # noqa: D102

    def forget(self) -> None: ...  # noqa: D102


def to_term(value: str) -> bytes:
    """The term of an exact value."""
    return value.encode("utf-8", "surrogatepass")


class Vocabulary:
    """Token types -> term numbers, for several attributes of the types; grows with the analyzer's types.

    Terms are numbered as they are met, by one number whatever attribute they are of, so that all are sorted at once.

    Args:
        attributes: of a type, each one term or several.

    Attributes:
        terms: by number.
    """

    def __init__(self, attributes: Iterable[str]) -> None:
        self.terms: list[bytes] = []
        self._tables = {attribute: [array("i")] for attribute in attributes}
        self._numbers: dict[str, int] = {}
        self._order: list[int] = []

    def update(self, types: Sequence[TokenType]) -> None:
        """Take in the types that came since the last time."""
        for attribute, tables in self._tables.items():
            values = list(map(attrgetter(attribute), types[len(tables[0]) :]))
            if values and isinstance(values[0], str):
                tables[0].fromlist(list(map(self._number, values)))
            else:
                self._take(tables, values)
        self.terms += map(to_term, islice(self._numbers, len(self.terms), None))

    def tables(self, attribute: str) -> list[NDArray[np.int32]]:
        """The first term of each type, the second, and so on; -1 where it has none."""
        return [np.array(table, np.int32) for table in self._tables[attribute]]

    def ranks(self) -> NDArray[np.int64]:
        """The place of each term among all, sorted."""
        self._order += range(len(self._order), len(self.terms))
        self._order.sort(key=self.terms.__getitem__)
        ranks = np.empty(len(self._order), np.int64)
        ranks[self._order] = np.arange(len(self._order))
        return ranks

    def _take(self, tables: list[array[int]], values: list[tuple[str, ...]]) -> None:
        before = len(tables[0])
        tables[0].fromlist([self._number(terms[0]) if terms else -1 for terms in values])
        for table in tables[1:]:
            table.extend([-1] * len(values))
        for place, terms in enumerate(values, before):
            if len(terms) > 1:
                for i, term in enumerate(tuple(dict.fromkeys(terms))[1:], 1):
                    if i == len(tables):
                        tables.append(array("i", [-1]) * len(tables[0]))
                    tables[i][place] = self._number(term)

    def _number(self, term: str) -> int:
        return self._numbers.setdefault(term, len(self._numbers))


class Values:
    """The exact values of one field, as they come: numbers of distinct values, and the documents they are of."""

    def __init__(self) -> None:
        self.docs = array("i")
        self._numbers: dict[str | int, int] = {}
        self._given = array("i")

    def add(self, doc: int, value: str | int) -> None:
        """Note a value of a document; those of a document come together."""
        self._given.append(self._numbers.setdefault(value, len(self._numbers)))
        self.docs.append(doc)

    def ranked(self, as_term: Callable[[Any], bytes]) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.int64]]:
        """The distinct terms, sorted; and of each value given, once a document: its rank, its document."""
        terms = [as_term(value) for value in self._numbers]
        order = sorted(range(len(terms)), key=terms.__getitem__)
        rank = np.empty(len(terms), np.int64)
        rank[order] = np.arange(len(terms))
        pairs = np.unique(np.array(self.docs, np.int64) << 32 | rank[np.array(self._given, np.int64)])
        return [terms[i] for i in order], pairs & 0xFFFFFFFF, pairs >> 32
