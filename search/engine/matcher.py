"""ArrayMatcher: the postings of one term as Whoosh's matchers walk them, one document after another."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from whoosh.matching import LeafMatcher, ReadTooFar

from search.engine.schema import TEXT
from search.engine.segment import SegmentReader


class ArrayMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh is untyped
    """Walks the documents of a term, deleted ones included; Whoosh's reader filters those.

    All postings form one block, so that the quality of a block bounds the score of every document.

    Args:
        scorer: of Whoosh; None where nothing is scored.
    """

    def __init__(self, segment: SegmentReader, field: str, ordinal: int, text: bytes, scorer: Any) -> None:
        self._segment = segment
        self._field = field
        self._ordinal = ordinal
        self._text = text
        self.scorer = scorer
        postings = segment.postings(field, ordinal)
        self._docs: NDArray[np.uint32] = postings.docs
        self._freqs: NDArray[np.uint8] = postings.freqs
        self._at = 0

    def term(self) -> tuple[str, bytes]:
        """The field and the term."""
        return self._field, self._text

    def is_active(self) -> bool:
        """Whether it stands on a document."""
        return self._at < len(self._docs)

    def reset(self) -> None:
        """Back to the first document."""
        self._at = 0

    def copy(self) -> Self:
        """A matcher of its own at the same place."""
        twin = type(self)(self._segment, self._field, self._ordinal, self._text, self.scorer)
        twin._at = self._at
        return twin

    def id(self) -> int:
        """The document."""
        return int(self._docs[self._at])

    def all_ids(self) -> Any:
        """All documents."""
        return iter(self._docs.tolist())

    def next(self) -> bool:
        """On to the next document."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return not self.is_active()

    def skip_to(self, docnum: int) -> None:
        """On to the first document that is not below `docnum`."""
        if not self.is_active():
            raise ReadTooFar
        self._at += int(np.searchsorted(self._docs[self._at :], docnum))

    def weight(self) -> float:
        """How often the term is in the document; 255 means at least that."""
        return float(self._freqs[self._at])

    def supports(self, astype: str) -> bool:
        """Whether `value_as` knows it."""
        return astype in ("frequency", "weight") or (astype == "positions" and self._has_positions)

    def value(self) -> bytes:
        """Nothing is encoded here."""
        return b""

    def value_as(self, astype: str) -> Any:
        """`frequency`, `weight` or (of a field with positions) `positions` in the document."""
        if astype == "positions":
            _, positions = self._segment.positions(self._field, self._ordinal, self._at, self._at + 1)
            return positions.tolist()
        return int(self._freqs[self._at]) if astype == "frequency" else self.weight()

    def skip_to_quality(self, minquality: float) -> int:
        """To the end, where no document can score above `minquality`."""
        if self.block_quality() > minquality:
            return 0
        self._at = len(self._docs)
        return 1

    def block_min_length(self) -> int:
        """The length of the shortest document."""
        return int(self._lengths.min()) if self._field in TEXT else 1

    def block_max_length(self) -> int:
        """The length of the longest document."""
        return int(self._lengths.max()) if self._field in TEXT else 1

    def block_max_weight(self) -> float:
        """The largest weight."""
        return float(self._freqs.max())

    @property
    def _has_positions(self) -> bool:
        return self._field in TEXT and TEXT[self._field].positions

    @property
    def _lengths(self) -> NDArray[np.uint32]:
        return self._segment.lengths(self._field)[self._docs]
