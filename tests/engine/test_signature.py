"""Signatures: what they are of, that they are the same everywhere, and that they tell the resemblance of texts."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import signature
from search.engine.document import Document
from search.engine.index import Index
from search.engine.signature import BINS, SHORTEST, Signatures, Signer
from tests.engine.conftest import OpenWriter
from tests.engine.model import Kind, WordAnalyzer

_MASK = 2**64 - 1
#: Of the hundred words that `_words` makes from the letters of the alphabet.
GOLDEN = (
    "20214ff5cb2df5d7c5313862d87bc59806389e9ecfbe91c1c3cf2cc5c0206fab"
    "6c8bba3ebdd13e02a8e34b428b12781b128b7b2d5e21123b2dedbb1b906ccdbb"
)


def _plain(stems: list[str]) -> list[int]:
    """The signature of one text, worked out in plain Python from its description."""

    def rotated(x: int, bits: int) -> int:
        return (x << bits | x >> (64 - bits)) & _MASK

    def shingle(a: int, b: int, c: int) -> int:
        x = (a + rotated(b, 21) + rotated(c, 42)) & _MASK
        x = ((x ^ x >> 33) * 0xFF51AFD7ED558CCD) & _MASK
        x = ((x ^ x >> 33) * 0xC4CEB9FE1A85EC53) & _MASK
        return x ^ x >> 33

    words = [int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little") for stem in stems]
    shingles = {shingle(*words[i : i + 3]) >> 7 for i in range(len(words) - 2)}
    if len(shingles) < SHORTEST:
        return [0] * BINS
    least = {i: min(inside) for i in range(BINS) if (inside := [x for x in shingles if x >> 51 == i])}

    def donor(i: int) -> int:
        at = i
        while at not in least:
            at = (at + 2 * (i * 37 % 32) + 1) % BINS
        return at

    return [least[donor(i)] & 255 for i in range(BINS)]


@pytest.fixture(params=["compiled", "sorting"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sorting":
        monkeypatch.setattr(signature, "compiled", None)
    elif signature.compiled is None:
        pytest.skip("not compiled")


@pytest.mark.usefixtures("_way")
@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=120), max_size=200))
def test_sign(texts: list[list[int]]) -> None:
    """Signatures are as plain Python gives them, whatever is empty, short, or a stopword."""
    types = [Kind(str(number), (), (f"stem{number}", "other") if number % 5 else ()) for number in range(41)]
    bounds = np.cumsum([0, *map(len, texts)])
    tokens = np.array([token for text in texts for token in text], np.int32)
    signatures, counts = Signer().sign(types, tokens, bounds[:-1], bounds[1:])
    stems = [[types[token].stems[0] for token in text if token % 5] for text in texts]
    assert signatures.tolist() == [_plain(text) for text in stems]
    assert counts.tolist() == [len({tuple(text[i : i + 3]) for i in range(len(text) - 2)}) for text in stems]


@pytest.mark.skipif(signature.compiled is None, reason="not compiled")
@pytest.mark.parametrize(("token", "stop"), [(1, 1), (-1, 1), (0, 2), (0, -1)])
def test_nothing_is_read_outside(token: int, stop: int) -> None:
    """Numbers that lead outside of an array are refused."""
    assert signature.compiled is not None
    tokens, starts, stops = np.array([token], np.int32), np.zeros(1, np.int64), np.array([stop], np.int64)
    with pytest.raises(ValueError, match="do not fit together"):
        signature.compiled.sign(
            tokens, starts, stops, np.ones(1, np.uint64), SHORTEST, np.zeros((1, BINS), np.uint8), np.zeros(1, np.int64)
        )


def _words(count: int, first: int = 0) -> list[str]:
    letters = "abcdefghij"
    return [f"{letters[i // 100 % 10]}{letters[i // 10 % 10]}{i}" for i in range(first, first + count)]


def _signed(*texts: list[str]) -> Signatures:
    """The signatures of texts of words, each its own stem."""
    analyzer = WordAnalyzer()
    encoded = [analyzer.encode(" ".join(text)) for text in texts]
    stops = np.cumsum(list(map(len, encoded)))
    tokens = np.array([token for text in encoded for token in text], np.int32)
    starts = stops - np.array(list(map(len, encoded)))
    types = [kind._replace(stems=(kind.form,)) for kind in analyzer.types]
    return Signer().sign(types, tokens, starts, stops)[0]


def test_golden() -> None:
    """The signature of a text is the same in every run and on every machine; a change of it raises FORMAT_VERSION."""
    assert _signed(_words(100))[0].tobytes().hex() == GOLDEN


def test_numbers_of_types_do_not_matter() -> None:
    """A text has one signature, whatever was read before it."""
    alone = _signed(_words(50, 300))
    assert _signed(_words(200), _words(50, 300))[1].tolist() == alone[0].tolist()


def test_short_texts() -> None:
    """A text that has too few shingles has no signature; the next longer one has."""
    short, long = _signed(_words(SHORTEST + 1), _words(SHORTEST + 2))
    assert not short.any()
    assert long.any()


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_resemblance(share: float) -> None:
    """Over many pairs of texts, the share of equal bytes is their resemblance, but for one byte in 256 by chance."""
    size, common = 300, round(300 * 2 * share / (1 + share))
    texts = []
    for pair in range(20):
        words = _words(1000, 1000 * pair)
        texts += [words[:size], [*words[size - common : size], *words[size : 2 * size - common]]]
    signed = _signed(*texts)
    agreed = float((signed[::2] == signed[1::2]).mean())
    expected = share + (1 - share) / 256
    assert abs(agreed - expected) < 4 * (expected * (1 - expected) / (20 * BINS)) ** 0.5


def _document(number: int) -> Document:
    words = [f"{'abcdefghijklmnopqrstuvw'[(number * i * i + i) % 23]}{'abcdefg'[i * number % 7]}" for i in range(40)]
    return Document(key=str(number), title="title", lead=" ".join(words[:9]), body=" ".join(words[9 : number % 40]))


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2}])
def test_column(open_writer: OpenWriter, tmp_path: Path, options: dict[str, int]) -> None:
    """Each document keeps the signature of its lead and body through segments, deletions and merges."""
    with open_writer(tmp_path, **options) as writer:
        for first in range(0, 90, 30):
            for number in range(first, first + 30):
                writer.add(_document(number))
            writer.delete(str(first + 3))
            writer.commit()
        writer.optimize()
    snapshot = Index.open(tmp_path).snapshot
    analyzer = WordAnalyzer()
    for number in set(range(90)) - {3, 33, 63}:
        document = _document(number)
        tokens = analyzer.encode(document.lead + " " + document.body)
        ends = np.zeros(1, np.int64), np.array([len(tokens)])
        segment, local = snapshot.locate(snapshot.lookup(str(number)) or 0)
        signatures, counts = Signer().sign(analyzer.types, np.array(tokens, np.int32), *ends)
        assert segment.signatures[local].tolist() == signatures[0].tolist()
        assert segment.numbers("shingles")[local] == counts[0]
