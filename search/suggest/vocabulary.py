"""The archive's own words with the number of articles that hold them: what corrections and completions come from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BEHIND_ALL_LETTERS = "\U0010ffff"


class Vocabulary:
    """Words in the order of their code points, each with its document frequency.

    Lookups are binary searches (about 2 µs in 300,000 words), so that nothing is built beside the two columns that
    the index gives.

    Args:
        terms: folded words as the index holds them, ascending, without repetition.
        frequencies: uint32, as long as `terms`: in how many articles each occurs.
    """

    def __init__(self, terms: Sequence[str], frequencies: NDArray[np.uint32]) -> None:
        self.terms = terms
        self.frequencies = frequencies

    def __len__(self) -> int:
        return len(self.terms)

    def frequency(self, term: str) -> int:
        """In how many articles a word occurs; 0 if in none."""
        place = bisect_left(self.terms, term)
        return int(self.frequencies[place]) if place < len(self.terms) and self.terms[place] == term else 0

    def span(self, prefix: str) -> tuple[int, int]:
        """The half-open range of indices whose words begin with `prefix`."""
        low = bisect_left(self.terms, prefix)
        return low, bisect_left(self.terms, prefix + _BEHIND_ALL_LETTERS, low)

    def commonest(self, low: int, high: int, count: int) -> list[int]:
        """The indices of the `count` most frequent words of a range, the most frequent first."""
        frequencies = self.frequencies[low:high]
        if len(frequencies) > count:
            leading = np.argpartition(frequencies, -count)[-count:]
        else:
            leading = np.arange(len(frequencies))
        order = leading[np.lexsort((leading, -frequencies[leading].astype(np.int64)))]
        return [low + int(place) for place in order]
