"""Signature: 64 bytes of a text by which near-duplicates of it are found, whatever was cut, moved or respelled.

One-permutation MinHash (Li, Owen and Zhang, NIPS 2012). Each three words that stand side by side, stopwords left out,
are a shingle; its 64-bit hash chooses one of 64 bins by its upper six bits, and of each bin the least hash is kept,
of that its last byte (b-bit minwise hashing, Li and König, WWW 2010). A bin that no shingle fell into borrows from
another one, by steps of its own (densification, Shrivastava and Li, UAI 2014). Two texts agree in a byte with the
probability of their resemblance J = |A & B| / |A | B| over their sets of shingles, or else by chance, once in 256.

Words are hashed by their first stem, so that spelling, inflection and punctuation do not matter; and never with a seed
of the run, so that texts of all segments can be compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from search.engine.vocabulary import TokenType, to_term

#: Bytes of a signature.
BINS = 64
#: Words of a shingle.
SHINGLE = 3
#: A text of fewer shingles has no signature: all its bytes are 0.
SHORTEST = 16
_BIN_SHIFT = np.uint64(58)
_EMPTY = np.uint64(2**64 - 1)
#: Texts signed at a time, so that what is in between stays in the processor's cache.
_TEXTS = 128

Signatures = NDArray[np.uint8]


class Signer:
    """Token numbers -> signatures; grows with the analyzer's types."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def sign(
        self, types: Sequence[TokenType], tokens: NDArray[np.int32], starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> Signatures:
        """The signatures of the texts tokens[starts[i]:stops[i]]; uint8[len(starts), 64].

        Args:
            types: by token number; those of the last call, and more.
        """
        self._hashes.extend(_hash(kind) for kind in types[len(self._hashes) :])
        hashes = np.array(self._hashes, np.uint64)
        signatures = np.zeros((len(starts), BINS), np.uint8)
        for low in range(0, len(starts), _TEXTS):
            bounds = zip(starts[low : low + _TEXTS], stops[low : low + _TEXTS], strict=True)
            texts = [tokens[start:stop] for start, stop in bounds]
            signatures[low : low + len(texts)] = _signed(texts, hashes)
        return signatures


def _hash(kind: TokenType) -> int:
    """Of the first stem, never 0; 0 where there is none."""
    if not kind.stems:
        return 0
    return int.from_bytes(blake2b(to_term(kind.stems[0]), digest_size=8).digest(), "little") or 1


def _signed(texts: Sequence[NDArray[np.int32]], hashes: NDArray[np.uint64]) -> Signatures:
    words = hashes[np.concatenate(texts)]
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])[words != 0]
    words = words[words != 0]
    within = owners[SHINGLE - 1 :] == owners[: 1 - SHINGLE]
    owners, shingles = owners[SHINGLE - 1 :][within], _shingles(words)[within]
    least = np.full(len(texts) * BINS, _EMPTY)
    np.minimum.at(least, owners * BINS + (shingles >> _BIN_SHIFT).astype(np.int64), shingles)
    signatures = _lent(least.reshape(-1, BINS))
    signatures[np.bincount(owners, minlength=len(texts)) < SHORTEST] = 0
    return signatures


def _shingles(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each three neighbours in their order: the finalizer of MurmurHash3 over their sum, each rotated."""
    x = words[:-2] + _rotated(words[1:-1], 21) + _rotated(words[2:], 42)
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x = (x ^ x >> np.uint64(33)) * np.uint64(factor)
    return x ^ x >> np.uint64(33)


def _rotated(x: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    return x << np.uint64(bits) | x >> np.uint64(64 - bits)


def _lent(least: NDArray[np.uint64]) -> Signatures:
    """The last byte of each bin; an empty bin takes that of the first full one that its own steps lead to."""
    bins = np.arange(BINS)
    empty = least == _EMPTY
    lent = least.copy()
    for times in range(1, BINS):
        if not (lent == _EMPTY).any():
            break
        donors = (bins + times * (bins * 37 % 32 * 2 + 1)) % BINS
        lent = np.where((lent == _EMPTY) & ~empty[:, donors], least[:, donors], lent)
    return lent.astype(np.uint8)
