"""How far a typed word is from the words of an archive, in errors that a writer of Persian makes.

The measure is the optimal string alignment distance (Damerau 1964: a letter too many, one missing, one for another,
two neighbours exchanged) with a price for each error: letters of one sound, of one shape but for dots, and of
neighbouring keys are taken for each other more easily than others; a letter is doubled more easily than added.

`Neighbours` measures a word against the whole vocabulary with array operations: a filter on the letters of each
word, one pass of a few operations on 64-bit integers over n words, leaves some hundred to some thousand words, and
the alignment is computed for those together, column by column: O(n + c·l) for c words left and l letters. On 100,000
words it takes 2 to 5 ms. An index of deletions (Garbe's SymSpell) answers faster, but it would take 30 entries a word
for two errors, seconds to build, and gives candidates without their order; this needs 0.1 s and 40 bytes a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from search.persian import keyboard

LONGEST = 24
"""Letters of the longest word that is compared."""

_PERSIAN = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_LETTERS = _PERSIAN + _LATIN
_OTHER = len(_LETTERS) + 1  # digits and letters of other alphabets; 0 stands behind the last letter

_SAME_SOUND = ("زذضظ", "سصث", "تط", "هح", "قغ", "اع")
_SAME_SHAPE = ("بپتثنی", "جچحخ", "دذ", "رزژ", "سش", "صض", "طظ", "عغ", "فق", "کگ")

_SOUND, _KEY, _SHAPE, _REPLACED = 0.4, 0.65, 0.75, 1.15
_DOUBLED, _MISSED_VOWEL, _MISSED, _ADDED = 0.4, 0.6, 0.7, 0.9
_EXCHANGED = 0.6
_AT_START = 0.25  # more for an error in the first letter, which writers rarely miss

Codes = NDArray[np.uint8]
Costs = NDArray[np.float32]


def encode(words: Sequence[str]) -> Codes:
    """Words as rows of letter codes, (n, LONGEST) uint8, 0 behind the end; longer words are cut."""
    points = np.array(words, dtype=f"<U{LONGEST}").view(np.uint32).reshape(len(words), LONGEST)
    table = np.full(0x700, _OTHER, dtype=np.uint8)
    table[0] = 0
    table[[ord(letter) for letter in _LETTERS]] = np.arange(1, _OTHER)
    return table[np.minimum(points, len(table) - 1)]


class Neighbours:
    """Words ready to be measured against a typed one.

    Args:
        words: folded words, of at most `LONGEST` letters each.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._codes = encode(words)
        self._lengths = np.count_nonzero(self._codes, axis=1).astype(np.int8)
        self._letters = _letter_sets(self._codes)

    def near(self, word: str, errors: int, limit: float) -> tuple[NDArray[np.intp], Costs]:
        """Find the words within reach of a typed one.

        Args:
            word: folded, of at most `LONGEST` letters.
            errors: how many letters may be added or dropped; letters of one sound are not counted.
            limit: the highest cost.

        Returns:
            The indices of the words and their costs, in no order; the word itself has cost 0.
        """
        typed = encode([word])
        ours = _letter_sets(typed)[0]
        found = np.flatnonzero(
            (np.abs(self._lengths - np.int8(len(word))) <= errors)
            & (np.bitwise_count(self._letters & ~ours) <= errors)
            & (np.bitwise_count(ours & ~self._letters) <= errors)
        )
        costs = distances(typed[0, : len(word)], self._codes[found], self._lengths[found])
        near = costs <= limit
        return found[near], costs[near]


def distances(typed: Codes, words: Codes, lengths: NDArray[np.int8]) -> Costs:
    """The weighted distance of one typed word (m,) to each of the words (n, LONGEST) of the given lengths (n,).

    Row i of the classical table, for all words at once, is kept as (columns, n); two former rows serve exchanges.
    """
    columns = int(lengths.max(initial=0))
    words = np.ascontiguousarray(words[:, :columns].T)
    dropped = _dropped_costs(words)
    earlier: Costs | None = None
    row = np.zeros((columns + 1, len(lengths)), dtype=np.float32)
    np.cumsum(dropped, axis=0, out=row[1:])
    for i in range(len(typed)):
        earlier, row = row, _next_row(typed, i, words, dropped, row, earlier)
    return row[lengths, np.arange(len(lengths))]


def _next_row(typed: Codes, i: int, words: Codes, dropped: Costs, above: Costs, earlier: Costs | None) -> Costs:
    """Row i + 1 of the table, from the one above it and the one before that."""
    replaced = _replacement_costs()[typed[i]][words]
    if i == 0:
        replaced[:1] += _AT_START * (words[:1] != typed[0])
    added = np.float32(_DOUBLED if i and typed[i] == typed[i - 1] else _ADDED)
    row = above + added
    np.minimum(row[1:], above[:-1] + replaced, out=row[1:])
    if earlier is not None:
        exchanged = (words[:-1] == typed[i]) & (words[1:] == typed[i - 1])
        np.minimum(row[2:], np.where(exchanged, earlier[:-2] + np.float32(_EXCHANGED), np.inf), out=row[2:])
    for j in range(len(words)):
        np.minimum(row[j + 1], row[j] + dropped[j], out=row[j + 1])
    return row


def _dropped_costs(words: Codes) -> Costs:
    """What it costs to have missed each letter of the words, (columns, n)."""
    costs = _letter_costs()[words]
    costs[1:][words[1:] == words[:-1]] = _DOUBLED
    costs[:1] += _AT_START
    return costs


@cache
def _letter_costs() -> Costs:
    """The cost of missing a letter, by code: written vowels and the silent he are missed more easily."""
    costs = np.full(_OTHER + 1, _MISSED, dtype=np.float32)
    costs[[_code(letter) for letter in "اویهعaeiou"]] = _MISSED_VOWEL
    return costs


@cache
def _replacement_costs() -> Costs:
    """The cost of typing one letter for another, (codes, codes)."""
    costs = np.full((_OTHER + 1, _OTHER + 1), _REPLACED, dtype=np.float32)
    for one in _LETTERS:
        for other in keyboard.neighbours(one) & set(_LETTERS):
            costs[_code(one), _code(other)] = _KEY
    for groups, price in ((_SAME_SHAPE, _SHAPE), (_SAME_SOUND, _SOUND)):
        for group in groups:
            codes = [_code(letter) for letter in group]
            costs[np.ix_(codes, codes)] = np.minimum(costs[np.ix_(codes, codes)], price)
    np.fill_diagonal(costs, 0)
    return costs


def _code(letter: str) -> int:
    return _LETTERS.index(letter) + 1


def _letter_sets(codes: Codes) -> NDArray[np.uint64]:
    """The letters of each word (n, LONGEST), by sound, as bits: low 32 for one occurrence, high 32 for a second.

    Adding, dropping or replacing a letter sets and clears at most one bit each; letters that share a bit (there are
    more letters than bits) only make the filter let more words through.
    """
    once = np.zeros(len(codes), dtype=np.uint64)
    twice = np.zeros(len(codes), dtype=np.uint64)
    for column in codes.T:
        bit = _sound_bits()[column]
        twice |= once & bit
        once |= bit
    return once | twice << np.uint64(32)


@cache
def _sound_bits() -> NDArray[np.uint64]:
    """The bit of each letter code in the low 32; none for the end of the word."""
    places = np.arange(_OTHER + 1) % 32
    for group in _SAME_SOUND:
        for letter in group:
            places[_code(letter)] = _code(group[0]) % 32
    bits = np.uint64(1) << places.astype(np.uint64)
    bits[0] = 0
    return bits
