"""Bytes to text: UTF-8, windows-1256, wrong declarations and damage."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import RejectedInput
from search.sources.decode import decode, encoding_of

PERSIAN = "خبرگزاري فارس: گزارش روز پنجشنبه از چابهار و ژاله در گرگان"


@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1256", "iso-8859-1", "no-such-charset", "rot13"])
def test_valid_utf_8_is_utf_8_whatever_is_declared(declared: str) -> None:
    """Text in another encoding is practically never valid UTF-8, so that validity decides."""
    assert decode(PERSIAN.encode(), "x", declared) == (PERSIAN, "utf-8", ())


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "unicode_escape", "idna"])
def test_windows_1256_is_found_without_a_right_declaration(declared: str) -> None:
    """A missing, wrong or absurd declaration is overlooked, and the guess is noted."""
    text, encoding, notes = decode(PERSIAN.encode("windows-1256"), "x", declared)
    assert (text, encoding, notes) == (PERSIAN, "cp1256", ("read as windows-1256, since it is not UTF-8",))


@pytest.mark.parametrize("declared", ["windows-1256", "Windows-1256", "cp1256"])
def test_right_declaration_needs_no_note(declared: str) -> None:
    """What the page declares, and what Persian comes out of, is no assumption."""
    assert decode(PERSIAN.encode("windows-1256"), "x", declared).notes == ()


def test_another_declared_encoding_is_used() -> None:
    """ISO 8859-6, which old Arabic pages have, is read where it is declared."""
    arabic = "وكالة الأنباء: تقرير اليوم"
    assert decode(arabic.encode("iso-8859-6"), "x", "iso-8859-6").text == arabic


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_decide(encoding: str) -> None:
    """A mark names the encoding, and is not part of the text."""
    assert decode(PERSIAN.encode(encoding), "x").text == PERSIAN


def test_a_little_damage_is_read_and_noted() -> None:
    """A few bytes that are no UTF-8 cost their letters only."""
    data = bytearray(PERSIAN.encode() * 20)
    data[100] = data[101] = 0xFF
    text, _, notes = decode(bytes(data), "x")
    assert text.count("\ufffd") == int(notes[0].split()[0]) <= 4
    assert notes[0].endswith("places are not valid utf-8; each shows as \ufffd")
    assert text.replace("\ufffd", "")[-40:] == (PERSIAN * 20)[-40:]


def test_garbage_is_rejected() -> None:
    """Bytes that no Persian encoding explains are not indexed as nonsense."""
    with pytest.raises(RejectedInput, match="not text in UTF-8 or windows-1256; save it again in UTF-8"):
        decode(bytes(range(128, 256)) * 8, "x")


def test_cut_head_does_not_hide_the_encoding() -> None:
    """A letter cut at the end of the first bytes does not make UTF-8 look like something else."""
    lines = (PERSIAN + "\n").encode() * 3
    for cut in range(len(lines) - 20, len(lines)):
        assert encoding_of(lines[:cut], "x") == "utf-8"
    assert encoding_of((PERSIAN + "\n").encode("windows-1256"), "x") == "cp1256"


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_encoded_is_decoded(text: str, encoding: str) -> None:
    """Whatever can be written in these encodings comes back (but for a mark of the writer's own)."""
    if not text.startswith(("\ufeff", "\ufffe")):
        assert decode(text.encode(encoding), "x").text == text


@given(st.binary(max_size=400), st.text(max_size=12))
def test_no_bytes_crash(data: bytes, declared: str) -> None:
    """Any bytes under any declaration give text or a rejection."""
    with suppress(RejectedInput):
        assert isinstance(decode(data, "x", declared).text, str)
