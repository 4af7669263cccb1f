# The compiled part of inversion.py, built from inversion.c.
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

def count(
    tokens: Array, counts: Array, wanted: Array, tables: tuple[Array, ...],
    df: Array, cf: Array, bytes: Array, lengths: Array, /,
) -> None: ...  # fmt: skip
def fill(
    tokens: Array, counts: Array, wanted: Array, tables: tuple[Array, ...],
    first: Array, byte: Array, docs: Array, freqs: Array, deltas: Array | None, skip: Array, /,
) -> None: ...  # fmt: skip
