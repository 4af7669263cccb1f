"""Counting an archive: how often words stand alone, together, and in the same article."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from search.persian.chunks import PIECE_OF_FOLDED
from search.persian.encoder import Encoder, Joined, Understood
from search.persian.letters import ZWNJ, fold
from search.persian.variants import respell

_OPENS_CLOSED = re.compile(r"\u200c*[^\w\u200c]")
SAMPLE = 10_000  # articles; more do not change the tables enough to be worth the time

type Numbers = npt.NDArray[np.int64]


def sample(texts: Iterable[str], limit: int = SAMPLE) -> list[str]:
    """At most `limit` texts at even distances over all of them, in one pass."""
    kept: list[str] = []
    stride = 1
    for index, text in enumerate(texts):
        if index % stride:
            continue
        if len(kept) == limit:
            kept = kept[::2]
            stride *= 2
            if index % stride:
                continue
        kept.append(text)
    return kept


class ArchiveCounts:
    """Counts over the pieces (folded runs of letters) of a sample of an archive.

    Attributes:
        words: piece -> how often it stands in the archive, with or without a half-space beside it.
        half_spaced: pieces written with half-spaces between them -> how often.
        articles: how many texts were counted.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        numbering = _Numbering()
        coded = list(map(numbering.encode, sample(texts)))
        self.articles = len(coded)
        stream = np.frombuffer(b"".join(coded), np.int32).astype(np.int64)
        article = np.repeat(np.arange(len(coded)), [len(codes) // 4 for codes in coded])
        self._count_chunks(list(numbering.chunks), np.bincount(stream, minlength=len(numbering.chunks)))
        self._count_neighbours(stream, article)

    def _count_chunks(self, chunks: list[str], counts: Numbers) -> None:
        """Words and half-spaced sequences; the first and the last piece of each distinct chunk, -1 where closed."""
        self.words: Counter[str] = Counter()
        self.half_spaced: Counter[tuple[str, ...]] = Counter()
        self._numbers: dict[str, int] = {}
        self._first = np.full(len(chunks), -1, dtype=np.int64)
        self._last = np.full(len(chunks), -1, dtype=np.int64)
        folded = fold("\n".join(chunks)).split("\n") if chunks else []
        for index, (chunk, count) in enumerate(zip(folded, counts.tolist(), strict=True)):
            runs = [self._count_run(run, count) for run in PIECE_OF_FOLDED.findall(chunk)]
            if not runs:
                continue
            if not _OPENS_CLOSED.match(chunk):
                self._first[index] = runs[0][0]
            if chunk[-1].isalpha() or chunk.rstrip(ZWNJ)[-1:].isalpha():
                self._last[index] = runs[-1][1]

    def _count_run(self, run: str, count: int) -> tuple[int, int]:
        """Count the pieces of a run; the numbers of its first and its last."""
        numbers = self._numbers
        if ZWNJ not in run:
            piece = respell(run)
            self.words[piece] += count
            number = numbers.setdefault(piece, len(numbers))
            return number, number
        parts = tuple(respell(piece) for piece in run.split(ZWNJ) if piece)
        for piece in parts:
            self.words[piece] += count
        self.half_spaced[parts] += count
        return numbers.setdefault(parts[0], len(numbers)), numbers.setdefault(parts[-1], len(numbers))

    def _count_neighbours(self, stream: Numbers, article: Numbers) -> None:
        first, last = self._first[stream], self._last[stream]
        self._width = len(self._numbers) + 1
        together = (article[:-1] == article[1:]) & (last[:-1] >= 0) & (first[1:] >= 0)
        codes, counts = np.unique((last[:-1] * self._width + first[1:])[together], return_counts=True)
        self._pairs = np.append(codes, -1), np.append(counts, 0)  # an end that no pair is at
        postings = np.sort((first * (self.articles + 1) + article)[first >= 0])
        postings = postings[np.diff(postings, prepend=-1) > 0]
        self._posting_words, self._posting_articles = np.divmod(postings, self.articles + 1)

    def pair(self, a: str, b: str) -> int:
        """How often the words stand beside each other with a blank between."""
        first, second = self._numbers.get(a), self._numbers.get(b)
        if first is None or second is None:
            return 0
        codes, counts = self._pairs
        code = first * self._width + second
        place = codes[:-1].searchsorted(code)
        return int(counts[place]) if codes[place] == code else 0

    def followed_by(self, seconds: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """Each pair with one of `seconds` behind a blank: first, second, count."""
        names = list(self._numbers)
        wanted = np.array([self._numbers[word] for word in seconds if word in self._numbers], dtype=np.int64)
        codes, counts = self._pairs
        chosen = np.isin(codes % self._width, wanted)
        for code, count in zip(codes[chosen].tolist(), counts[chosen].tolist(), strict=True):
            yield names[code // self._width], names[code % self._width], count

    def articles_with(self, a: str, b: str) -> tuple[int, int, int]:
        """In how many articles the first word stands, the second, and both."""
        own, other = self._articles_of(a), self._articles_of(b)
        return len(own), len(other), len(np.intersect1d(own, other, assume_unique=True))

    def _articles_of(self, word: str) -> Numbers:
        number = self._numbers.get(word, self._width)
        low, high = np.searchsorted(self._posting_words, [number, number + 1])
        return self._posting_articles[low:high]


class _Numbering:
    """Distinct chunks of texts, numbered as they come.

    Attributes:
        chunks: each with its number.
    """

    def __init__(self) -> None:
        self.chunks: dict[str, int] = {}
        self._takes = bytearray()
        self._encoder = Encoder(self._number, _keep_apart, self._takes, sys.maxsize)
        self.encode = self._encoder.encode

    def _number(self, chunk: str) -> Understood:
        number = self.chunks.setdefault(chunk, len(self.chunks))
        if number == len(self._takes):
            self._takes.append(0)
        return Understood(0, 0, (number,))


def _keep_apart(before: tuple[int, ...], chunk: str) -> Joined:
    raise AssertionError("chunks that offer nothing are not joined")
