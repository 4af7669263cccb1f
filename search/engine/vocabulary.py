"""What is collected while documents come in: token types -> terms, and exact values, both as small numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

#: Where the rank of a term stands in the key of an occurrence; and what stands for no term.
RANK_SHIFT = np.uint64(40)
NONE = np.uint64(2**64 - 1)


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

    def encode(self, text: str) -> list[int]: ...  # noqa: D102

    def forget(self) -> None: ...  # noqa: D102


def to_term(value: str) -> bytes:
    """The term of an exact value."""
    return value.encode("utf-8", "surrogatepass")


class Vocabulary:
    """Token types -> term numbers, for one attribute of the types; grows with the analyzer's types.

    Attributes:
        terms: by number.
        tables: the first term of each type, the second, and so on; -1 where it has none.
    """

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self.terms: list[bytes] = []
        self.tables = [array("i")]
        self._numbers: dict[str, int] = {}

    def update(self, types: Sequence[TokenType]) -> None:
        """Take in the types that came since the last time."""
        for kind in types[len(self.tables[0]) :]:
            value = getattr(kind, self._attribute)
            numbers = [self._number(term) for term in ((value,) if isinstance(value, str) else dict.fromkeys(value))]
            while len(numbers) > len(self.tables):
                self.tables.append(array("i", [-1]) * len(self.tables[0]))
            for i, table in enumerate(self.tables):
                table.append(numbers[i] if i < len(numbers) else -1)

    def ranked(self, used: NDArray[np.bool_]) -> tuple[list[bytes], list[NDArray[np.uint64]]]:
        """The terms of the types used, sorted; and, like `tables`, their ranks as they stand in keys, or NONE."""
        tables = [np.array(table, np.int32) for table in self.tables]
        wanted = np.zeros(len(self.terms) + 1, np.bool_)
        for table in tables:
            wanted[table[used]] = True
        order = sorted(np.flatnonzero(wanted[:-1]).tolist(), key=self.terms.__getitem__)
        heads = np.full(len(self.terms) + 1, NONE)
        heads[order] = np.arange(len(order), dtype=np.uint64) << RANK_SHIFT
        return [self.terms[number] for number in order], [heads[table] for table in tables]

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(to_term(term))
        return number


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
