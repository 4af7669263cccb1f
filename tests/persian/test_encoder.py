"""The compiled encoder and its twin do the same, whatever the chunks are and whatever becomes of them."""

from __future__ import annotations

from array import array
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.persian.encoder import CONTINUES, LONGEST, Encoder, Joined, PortableEncoder, Understood

TYPES = 40
LIMIT = 12  # so that tests reach it
ALPHABET = "ab\u06a9\u200c\u062e\U0001f600 \u3000\x1c\n\u00a0\u2003\x85"
TEXTS = st.text(ALPHABET, max_size=80) | st.text(st.characters(exclude_categories=()), max_size=80)
LONG = st.builds(
    lambda letter, more, text: letter * (LONGEST + more) + text, st.sampled_from("a\u06a9"), st.integers(-1, 1), TEXTS
)

pytestmark = pytest.mark.skipif(issubclass(Encoder, PortableEncoder), reason="the extension was not built")


class Oracle:
    """Answers that look random, the same for the same question; counts what it is asked."""

    def __init__(self, encoder: type[Encoder] | type[PortableEncoder]) -> None:
        self.asked: list[object] = []
        self.encoder = encoder(
            self.understand, self.join, bytearray(crc32(bytes([i])) & 7 for i in range(TYPES)), LIMIT
        )

    def understand(self, chunk: str) -> Understood:
        """Up to three types, and any tail that so many can have."""
        self.asked.append(chunk)
        seed = crc32(repr(chunk).encode())
        types = tuple((seed >> shift) % TYPES for shift in (3, 7, 11)[: seed % 4])
        tail = CONTINUES if seed & 64 else (seed >> 9) % (len(types) + 1)
        return Understood(seed >> 20 & 7, tail, types)

    def join(self, before: tuple[int, ...], chunk: str) -> Joined:
        """Some of the words before taken, and at least as many given."""
        self.asked.append((before, chunk))
        seed = crc32(repr((before, chunk)).encode())
        taken = seed % (len(before) + 1)
        return Joined(taken, tuple((seed >> shift) % TYPES for shift in range(3, 4 + taken)))


@settings(max_examples=300)
@given(st.lists(TEXTS | LONG, max_size=6))
def test_both_give_the_same_and_ask_the_same(texts: list[str]) -> None:
    """Any text is cut at the same blanks, known chunks are not asked again, and all is forgotten at the limit."""
    compiled, portable = Oracle(Encoder), Oracle(PortableEncoder)
    assert [compiled.encoder.encode(text) for text in texts] == [portable.encoder.encode(text) for text in texts]
    assert compiled.asked == portable.asked


def test_joins_behind_two_words_depend_on_both() -> None:
    """What a chunk is behind (1, 0) is not remembered as what it is behind (1, 2): the words before are the key."""
    types = {"one": 1, "zero": 0, "two": 2, "it": 3}

    def join(before: tuple[int, ...], _: str) -> tuple[int, tuple[int, ...]]:
        return 0, (10 * before[-1],)

    for made in (Encoder, PortableEncoder):
        encoder = made(lambda chunk: (4, CONTINUES, (types[chunk],)), join, bytearray([4, 0, 4] + [0] * 20), LIMIT)
        found = [array("i", encoder.encode(text)).tolist() for text in ("one zero it", "one two it")]
        assert found == [[1, 0, 0], [1, 2, 20]]


def test_many_chunks_are_found_again() -> None:
    """The tables grow, and what is in them is asked once."""
    asked: list[str] = []

    def understand(chunk: str) -> tuple[int, int, tuple[int, ...]]:
        asked.append(chunk)
        return 0, 0, (int(chunk),)

    encoder = Encoder(understand, lambda _, __: (0, ()), bytearray(30_000), 1 << 20)
    text = " ".join(map(str, range(30_000)))
    assert encoder.encode(text) == encoder.encode(text) == array("i", range(30_000)).tobytes()
    assert len(asked) == 30_000


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Understood(0, 0, (TYPES,)), ValueError),
        (Understood(0, 0, (-1,)), ValueError),
        ((0, 0, ("word",)), TypeError),
        ((0, 0), TypeError),
    ],
)
def test_a_wrong_answer_is_an_error(answer: tuple[int, int, tuple[int, ...]], error: type[Exception]) -> None:
    """Types that are none are refused before they are an index into anything; the encoder can be used on."""
    answers = [answer, Understood(0, 0, (7,))]
    encoder = Encoder(lambda _: answers.pop(0), lambda _, __: (0, ()), bytearray(TYPES), LIMIT)
    with pytest.raises(error):
        encoder.encode("a")
    assert encoder.encode("a") == array("i", [7]).tobytes()


def test_too_many_words_taken_is_an_error() -> None:
    """No more words can be taken than there are."""
    encoder = Encoder(lambda _: Understood(1, CONTINUES, (0,)), lambda _, __: (2, (0,)), bytearray(b"\1"), LIMIT)
    with pytest.raises(ValueError, match="2 words taken of 1"):
        encoder.encode("a b")


def test_use_within_its_own_questions_is_refused() -> None:
    """An encoder that is at work, in this thread or another, says so and goes on."""
    encoder: Encoder

    def understand(chunk: str) -> Understood:
        if chunk == "a":
            encoder.encode("b")
        return Understood(0, 0, ())

    encoder = Encoder(understand, lambda _, __: (0, ()), bytearray(), LIMIT)
    with pytest.raises(RuntimeError, match="at once"):
        encoder.encode("a")
    assert encoder.encode("b") == b""
