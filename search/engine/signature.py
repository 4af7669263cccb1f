"""Signature: 64 bytes of a text by which near-duplicates of it are found, whatever was cut, moved or respelled.

One-permutation MinHash (Li, Owen and Zhang, NIPS 2012). Each three words that stand side by side, stopwords left out,
are a shingle; its hash chooses one of 64 bins by its upper six bits, and of each bin the least hash is kept, of that
its last byte (b-bit minwise hashing, Li and König, WWW 2010). A bin that no shingle fell into borrows from
another one, by steps of its own (densification, Shrivastava and Li, UAI 2014). Two texts agree in a byte with the
probability of their resemblance J = |A & B| / |A | B| over their sets of shingles, or else by chance, once in 256.

Words are hashed by their first stem, so that spelling, inflection and punctuation do not matter; and never with a seed
of the run, so that texts of all segments can be compared. The number of distinct shingles is kept beside, since it
turns a resemblance into the share of the shorter text that is in the longer one.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from search.engine.vocabulary import TokenType, to_term

compiled: ModuleType | None
try:
    from search.engine import _signature as compiled
except ImportError:  # installed where there was no compiler
    compiled = None

#: Bytes of a signature.
BINS = 64
#: Words of a shingle.
SHINGLE = 3
#: A text of fewer distinct shingles has no signature: all its bytes are 0.
SHORTEST = 16
#: Texts signed at a time, so that what is in between stays in the processor's cache; and bits of a key that tell them.
_TEXT_BITS = 7
_TEXTS = 1 << _TEXT_BITS
_TEXT_SHIFT = np.uint64(64 - _TEXT_BITS)
_BIN_SHIFT = np.uint64(64 - _TEXT_BITS - 6)

Signatures = NDArray[np.uint8]
Counts = NDArray[np.uint16]


class Signer:
    """Token numbers -> signatures; grows with the analyzer's types."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def sign(
        self, types: Sequence[TokenType], tokens: NDArray[np.int32], starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> tuple[Signatures, Counts]:
        """The signatures of the texts tokens[starts[i]:stops[i]], and how many distinct shingles each has.

        Args:
            types: by token number; those of the last call, and more.

        Returns:
            uint8[len(starts), 64]; uint16[len(starts)], larger counts as 65,535.
        """
        self._hashes.extend(_hash(kind) for kind in types[len(self._hashes) :])
        hashes = np.array(self._hashes, np.uint64)
        signatures, counts = np.zeros((len(starts), BINS), np.uint8), np.zeros(len(starts), np.int64)
        if compiled is not None:
            starts, stops = starts.astype(np.int64), stops.astype(np.int64)
            compiled.sign(tokens, starts, stops, hashes, SHORTEST, signatures, counts)
        else:
            _sign(tokens, starts, stops, hashes, signatures, counts)
        return signatures, np.minimum(counts, 65535).astype(np.uint16)


def _sign(
    tokens: NDArray[np.int32], starts: NDArray[np.int64], stops: NDArray[np.int64], hashes: NDArray[np.uint64],
    signatures: Signatures, counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """What signature.c does, some texts at a time."""
    for low in range(0, len(starts), _TEXTS):
        bounds = zip(starts[low : low + _TEXTS], stops[low : low + _TEXTS], strict=True)
        texts = [tokens[start:stop] for start, stop in bounds]
        part = slice(low, low + len(texts))
        signatures[part], counts[part] = _signed(texts, hashes)


def _hash(kind: TokenType) -> int:
    """Of the first stem, never 0; 0 where there is none."""
    if not kind.stems:
        return 0
    return int.from_bytes(blake2b(to_term(kind.stems[0]), digest_size=8).digest(), "little") or 1


def _signed(texts: Sequence[NDArray[np.int32]], hashes: NDArray[np.uint64]) -> tuple[Signatures, NDArray[np.int64]]:
    """Sorts (text, shingle): equal ones come together, and those of a bin, the least first."""
    words = hashes[np.concatenate(texts)]
    held = np.flatnonzero(words != 0)
    owners = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(text) for text in texts])[held]
    words = words[held]
    within = owners[SHINGLE - 1 :] == owners[: 1 - SHINGLE]
    keys = np.sort((owners[SHINGLE - 1 :] << _TEXT_SHIFT | _shingles(words) >> np.uint64(_TEXT_BITS))[within])
    keys = keys[_changes(keys)]
    counts = np.bincount((keys >> _TEXT_SHIFT).astype(np.int64), minlength=len(texts))
    bins = keys >> _BIN_SHIFT
    first = _changes(bins)
    full = np.zeros(len(texts) * BINS, np.bool_)
    least = np.zeros(len(full), np.uint8)
    full[bins[first]] = True
    least[bins[first]] = keys[first].astype(np.uint8)
    signatures = _lent(least.reshape(-1, BINS), full.reshape(-1, BINS))
    signatures[counts < SHORTEST] = 0
    return signatures, counts


def _changes(values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where a value is not the one before it."""
    return np.concatenate((np.ones(min(len(values), 1), np.bool_), values[1:] != values[:-1]))


def _shingles(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each three neighbours in their order: the finalizer of MurmurHash3 over their sum, each rotated."""
    x = words[:-2] + _rotated(words[1:-1], 21) + _rotated(words[2:], 42)
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x = (x ^ x >> np.uint64(33)) * np.uint64(factor)
    return x ^ x >> np.uint64(33)


def _rotated(x: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    return x << np.uint64(bits) | x >> np.uint64(64 - bits)


def _lent(least: Signatures, full: NDArray[np.bool_]) -> Signatures:
    """Each bin that is not full takes the byte of the first full one that its own steps lead to."""
    bins = np.arange(BINS)
    lent, done = least.copy(), full.copy()
    for times in range(1, BINS):
        if done.all():
            break
        donors = (bins + times * (bins * 37 % 32 * 2 + 1)) % BINS
        given = ~done & full[:, donors]
        lent[given] = least[:, donors][given]
        done |= given
    return lent
