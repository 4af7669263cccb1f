"""Tables: all that analysis knows about words, frozen into bytes that belong to one generation of an index."""

from __future__ import annotations

from functools import cache
from typing import Self

import msgspec
import zstandard

_FORMAT = 1
_MAGIC = b"BGNT"


class TablesMismatch(ValueError):
    """The bytes are not tables of this version of the package."""


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that analysis looks words up in. Equal tables give equal terms for equal text.

    All words are folded. `counts` and what follows from it are learned from an archive (see `learn`) and empty or
    taken from the packaged lists in `Tables.shipped()`.

    Attributes:
        words: known solid words, with the flags of `lexicon`.
        verbs: forms that only a verb can have -> infinitive.
        verbal: forms that may be a verb or another word -> infinitive.
        counts: how often a solid word stands in the archive.
        splits: solid string -> its parts, separated by blanks.
        joins: parts, separated by blanks -> the solid word that they are one spelling of.
        readings: solid string -> the lemmas that it is known to stand for.
        guarded: words that look like an inflection of another word and are not.
        plurals: broken plural -> singular.
        stopwords: forms that give no lemmas and stems.
    """

    words: dict[str, int]
    verbs: dict[str, str]
    verbal: dict[str, str]
    counts: dict[str, int]
    splits: dict[str, str]
    joins: dict[str, str]
    readings: dict[str, tuple[str, ...]]
    guarded: frozenset[str]
    plurals: dict[str, str]
    stopwords: frozenset[str]

    def to_bytes(self) -> bytes:
        """The frozen form: a magic word, the format version, and compressed MessagePack; the same for equal tables."""
        body = msgspec.msgpack.encode(self, order="deterministic")
        return _MAGIC + _FORMAT.to_bytes(2, "little") + zstandard.ZstdCompressor(level=9).compress(body)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The tables frozen in `data`.

        Raises:
            TablesMismatch: if `data` is damaged, or was written by another version.
        """
        if data[:4] != _MAGIC:
            raise TablesMismatch("this is no file of Persian tables; rebuild the index")
        if (version := int.from_bytes(data[4:6], "little")) != _FORMAT:
            raise TablesMismatch(
                f"the Persian tables have format {version}, this version reads {_FORMAT}; rebuild the index"
            )
        try:
            return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(data[6:]), type=cls)
        except (zstandard.ZstdError, msgspec.MsgspecError) as error:
            raise TablesMismatch(f"the Persian tables are damaged ({error}); rebuild the index") from error

    @staticmethod
    def shipped() -> Tables:
        """The tables that need no archive: hazm's lists and the packaged ones."""
        return _shipped()


@cache
def _shipped() -> Tables:
    from search.persian.learn import learn

    return learn(())
