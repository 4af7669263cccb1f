"""Patterns -> terms: which terms of the dictionaries a prefix, wildcard, fuzzy term or range stands for."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import singledispatch
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from search.engine.kernel import Array
from search.engine.lexicon import FIELDS, Lexicon, encode
from search.engine.terms import Dictionary

#: A pattern stands for at most so many terms: the most frequent ones of the archive.
MOST_TERMS = 1024
#: Terms of a dictionary that are looked at between two looks at the clock.
STRIDE = 8192

Ordinals = NDArray[np.int64]
Expired = Callable[[], bool]


def expand(pattern: query.Query, lexicon: Lexicon, expired: Expired) -> tuple[list[Ordinals], bool]:
    """The ordinals, by segment, of the terms that a MultiTerm query stands for, and whether there were too many.

    When `expired()` turns true, what was found so far is given.
    """
    field = pattern.field()
    segments = lexicon.snapshot.segments
    if field not in FIELDS:
        return [np.zeros(0, np.int64) for _ in segments], False
    dictionaries = [segment.dictionary(field) for segment in segments]
    found = [candidates(pattern, dictionary, expired) for dictionary in dictionaries]
    if sum(map(len, found)) <= MOST_TERMS:
        return found, False
    return _most_frequent(dictionaries, found)


def _most_frequent(dictionaries: list[Dictionary], found: list[Ordinals]) -> tuple[list[Ordinals], bool]:
    frequency: Counter[bytes] = Counter()
    terms = []
    for dictionary, ordinals in zip(dictionaries, found, strict=True):
        texts = [dictionary.term(ordinal) for ordinal in ordinals.tolist()]
        terms.append(texts)
        frequency.update(dict(zip(texts, dictionary.df[ordinals].tolist(), strict=True)))
    if len(frequency) <= MOST_TERMS:
        return found, False
    ranked = sorted(frequency, key=lambda term: (-frequency[term], term))
    kept = set(ranked[:MOST_TERMS])
    chosen = [
        ordinals[np.fromiter((text in kept for text in texts), np.bool_, len(texts))]
        for ordinals, texts in zip(found, terms, strict=True)
    ]
    return chosen, True


def expandable(tree: query.Query) -> bool:
    """Whether `expand` knows the query."""
    return type(tree) in (query.Prefix, query.Wildcard, query.FuzzyTerm, query.TermRange)


@singledispatch
def candidates(pattern: query.Query, dictionary: Dictionary, expired: Expired) -> Ordinals:
    """The ordinals of all terms of one dictionary that the pattern stands for."""
    raise TypeError(f"no expansion of {type(pattern).__name__}")


@candidates.register(query.Prefix)
def _(pattern: query.Prefix, dictionary: Dictionary, expired: Expired) -> Ordinals:
    return np.arange(*dictionary.prefix(encode(dictionary.field, pattern.text)))


@candidates.register(query.Wildcard)
def _(pattern: query.Wildcard, dictionary: Dictionary, expired: Expired) -> Ordinals:
    literal = "".join(takewhile(lambda letter: letter not in pattern.SPECIAL_CHARS, pattern.text))
    matches = re.compile(fnmatch.translate(pattern.text)).match
    found: list[int] = []
    start, stop = dictionary.prefix(encode(dictionary.field, literal))
    for low in range(start, stop, STRIDE):
        if expired():
            break
        terms = _texts(dictionary.slice(low, min(low + STRIDE, stop)))
        found += [low + i for i, term in enumerate(terms) if matches(term)]
    return np.array(found, np.int64)


@candidates.register(query.TermRange)
def _(pattern: query.TermRange, dictionary: Dictionary, expired: Expired) -> Ordinals:
    low = None if pattern.start is None else encode(dictionary.field, pattern.start)
    high = None if pattern.end is None else encode(dictionary.field, pattern.end)
    start, stop = dictionary.range(low, high)
    if low is not None and pattern.startexcl:
        start += dictionary.find(low) == start
    if high is not None and not pattern.endexcl:
        stop += dictionary.find(high) == stop
    return np.arange(start, max(start, stop))


@candidates.register(query.FuzzyTerm)
def _(pattern: query.FuzzyTerm, dictionary: Dictionary, expired: Expired) -> Ordinals:
    field, text, most = dictionary.field, str(pattern.text), int(pattern.maxdist)
    start, stop = dictionary.prefix(encode(field, text[: pattern.prefixlength]))
    found = [np.zeros(0, np.int64)]
    for low in range(start, stop, STRIDE):
        if expired():
            break
        terms = _texts(dictionary.slice(low, min(low + STRIDE, stop)))
        near = [i for i, term in enumerate(terms) if abs(len(term) - len(text)) <= most]
        close = distances(text, [terms[i] for i in near]) <= most
        found.append(low + np.array(near, np.int64)[close])
    return np.concatenate(found)


def _texts(terms: Iterable[bytes]) -> list[str]:
    return [term.decode("utf-8", "surrogatepass") for term in terms]


def distances(text: str, terms: list[str]) -> Array:
    """The Levenshtein distance of each of the terms from the text, as Whoosh's automaton counts it: int32[len(terms)].

    One row of the usual table a letter, for all terms at once. The first cell of the row is the count of letters of
    `text` read; insertions run along the row, so that each cell is the least of those before it plus the way.
    """
    lengths = np.array([len(term) for term in terms], np.int64)
    width = int(lengths.max(initial=0))
    letters = np.zeros((len(terms), width), np.uint32)
    for i, term in enumerate(terms):
        letters[i, : len(term)] = [ord(letter) for letter in term]
    way = np.arange(width + 1, dtype=np.int32)
    row = np.tile(way, (len(terms), 1))
    for read, letter in enumerate(text, start=1):
        changed = row[:, :-1] + (letters != ord(letter))
        row = row + 1
        row[:, 0] = read
        np.minimum(row[:, 1:], changed, out=row[:, 1:])
        row = np.minimum.accumulate(row - way, axis=1) + way
    return row[np.arange(len(terms)), lengths]
