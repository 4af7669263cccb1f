"""Feeds, collections, tables and known pages with something changed at random: articles or rejections, nothing else."""

import random
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from search.article import Article
from search.sources import Profile, read
from tests.sources.golden import FIXTURES

FILES = [
    path
    for folder in ("feeds", "hamshahri", "profiles")
    for path in sorted((FIXTURES / folder).iterdir())
    if path.suffix != ".json"
]
PIECES = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<item>",
    b"</DOC>",
    b'"',
    b"\0",
    b"<DOC>",
    b"\xff\xfe",
    "ی".encode(),
]
VERSIONS = 25


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with a part cut, doubled or turned, or with pieces put into it."""
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    flipped = bytes(byte ^ (1 << chance.randrange(8)) if chance.random() < 0.01 else byte for byte in data)
    put = data
    for _ in range(5):
        place = chance.randrange(len(put))
        put = put[:place] + chance.choice(PIECES) + put[place:]
    return chance.choice([data[:start], data[:start] + data[end:], data[:end] + data[start:], flipped, put])


def check(path: Path) -> None:
    """Reads a file; every article has a title and a text."""
    for found in read(path, Profile()):
        assert not isinstance(found, Article) or (found.title and (found.lead or found.body))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_changed_file(file: Path, tmp_path: Path) -> None:
    """No change makes a reader of marked-up text fail."""
    chance = random.Random(file.name)
    for _ in range(VERSIONS):
        path = tmp_path / file.name
        path.write_bytes(mutated(file.read_bytes(), chance))
        check(path)


def test_changed_parquet(tmp_path: Path) -> None:
    """Nor the reader of Parquet."""
    path = tmp_path / "table"
    rows = [{"title": "الف", "text": "پ\nت" * 20, "tags": ["ث"], "date": "1400/04/24", "n": {"a": 1}}] * 60
    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=20)
    data, chance = path.read_bytes(), random.Random(0)
    for _ in range(VERSIONS):
        path.write_bytes(mutated(data, chance))
        check(path)
