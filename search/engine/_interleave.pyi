# The compiled part of interleave.py, built from interleave.c.
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

def interleave(sources: tuple[tuple[Array, Array], ...], width: int, out: Array, /) -> None: ...
def sizes(freqs: Array, deltas: Array, sizes: Array, /) -> int: ...
