"""XML cut into records: whatever the file is like, no record costs another."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import RejectedInput
from search.sources import xml_records
from search.sources.xml_records import CUT_RECORD, Record, markup_of, parse_record, read_records, text_of


def records(text: str) -> list[Record | RejectedInput]:
    """The records `r` of a file."""
    return list(read_records(io.BufferedReader(io.BytesIO(text.encode())), "r", "f"))  # type: ignore[arg-type]


def texts(text: str) -> list[str]:
    """The texts of the records of a file."""
    elements = (parse_record(block.text) for block in xml_records.blocks(io.StringIO(text), "r"))
    return [text_of(element) for element in elements if element is not None]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<r>الف</r><r>ب</r>", ["الف", "ب"]),
        ("<r>الف<r>ب</r>", ["الف", "ب"]),
        ("<x><r a='1'>الف</r >میان<p:R>ب</p:R></x>", ["الف", "ب"]),
        ("<records><rr>نه</rr><r/></records>", [""]),
        ("<r>الف & ب &amp; &nbsp;پ &unknown; &#1578; &</r>", ["الف & ب & \xa0پ &unknown; ت &"]),
        ("<r>3 < 5 > 2</r>", ["3 < 5 > 2"]),
        ("<r><![CDATA[<b>الف</b> & ب]]></r>", ["<b>الف</b> & ب"]),
        ("<r><t><![CDATA[الف</t><u><![CDATA[ب]]></u></r>", ["الفب"]),
        ("<r><t><![CDATA[الف</t></r>", ["الف"]),
        ("<r><i/><![CDATA[الف</r>", ["الف"]),
        ("<r><t><![CDATA[a //<![CDATA[ b //]]]]><![CDATA[> c]]></t></r>", ["a //<![CDATA[ b //]]]]><![CDATA[> c]]>"]),
        ("<r>\x00الف\x1f</r>", ["الف"]),
    ],
)
def test_faults_are_mended(written: str, read: list[str]) -> None:
    """Missing ends, bare signs, unknown entities, open CDATA: the text is what somebody meant."""
    assert [" ".join(text.split(" ")) for text in texts(written)] == read


def test_places_and_the_end_of_the_file() -> None:
    """Each record has the line that it begins on; one that the file ends in says so."""
    first, last = records("\n<x>\n<r>الف\n</r>\n\n<r>\nب")
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert (first.place, first.notes, last.place, last.notes) == ("f:3", [], "f:6", [CUT_RECORD])


def test_damaged_bytes_are_noted() -> None:
    """A byte that is no UTF-8 shows as U+FFFD, and the record's notes say how many there are."""
    data = ("<r>" + "الف " * 100 + "</r><r>" + "ب " * 300).encode() + b"\xff</r>"
    good, bad = read_records(io.BufferedReader(io.BytesIO(data)), "r", "f")  # type: ignore[arg-type]
    assert isinstance(good, Record)
    assert isinstance(bad, Record)
    assert (good.notes, bad.notes) == ([], ["1 places are not valid utf-8; each shows as \ufffd"])


@given(
    bodies=st.lists(st.text(alphabet="اب <>&;]![CDATA-\n/x", max_size=40), max_size=6),
    chunk=st.integers(min_value=1, max_value=40),
)
def test_records_do_not_depend_on_how_the_file_is_read(bodies: list[str], chunk: int) -> None:
    """Read in pieces of any length, a file gives the same records, one for each opening tag."""
    text = "".join(f"<r>{body}</r>\n" for body in bodies)
    whole = list(xml_records.blocks(io.StringIO(text), "r"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_records, "_CHUNK", chunk)
        assert list(xml_records.blocks(io.StringIO(text), "r")) == whole
    assert len(whole) == text.lower().count("<r>")


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    """Whatever stands in a record, parsing gives an element or None."""
    element = parse_record(f"<r>{text}")
    assert element is None or isinstance(text_of(element) + markup_of(element), str)
