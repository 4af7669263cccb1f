"""The term dictionary finds what a sorted list would."""

from __future__ import annotations

import tempfile
from bisect import bisect_left
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine.files import ArrayFile
from search.engine.segment_writer import PostingsWriter, SegmentWriter
from search.engine.terms import Dictionary

binary = st.binary(max_size=4) | st.sampled_from(["کتاب", "کتابخانه", "کت"]).map(str.encode) | st.just(b"\xff\xff")


@settings(max_examples=60, deadline=None)
@given(st.sets(binary, max_size=20), st.lists(binary, max_size=8))
def test_finds_like_a_sorted_list(terms: set[bytes], asked: list[bytes]) -> None:
    """find, lower, range, prefix, slice and iteration agree with the sorted list of the same terms."""
    ordered = sorted(terms)
    with tempfile.TemporaryDirectory() as folder:
        with SegmentWriter(Path(folder), "S") as writer:
            out = PostingsWriter(writer, "f", 1)
            out.add(ordered, np.ones(len(ordered), np.int64), np.zeros(len(ordered), np.uint32))
            out.close()
        dictionary = Dictionary(ArrayFile(Path(folder) / "S.terms", "terms"), "f")
        assert list(dictionary) == ordered
        assert dictionary.df.tolist() == dictionary.cf.tolist() == [1] * len(ordered)
        for term in [*asked, *ordered]:
            assert dictionary.find(term) == (ordered.index(term) if term in terms else -1)
            assert dictionary.lower(term) == bisect_left(ordered, term)
            assert dictionary.slice(*dictionary.prefix(term)) == [one for one in ordered if one.startswith(term)]
            assert dictionary.slice(*dictionary.range(term, None)) == [one for one in ordered if one >= term]
            assert dictionary.slice(*dictionary.range(b"k", term)) == [one for one in ordered if b"k" <= one < term]
        with pytest.raises(IndexError):
            dictionary[len(ordered)]
