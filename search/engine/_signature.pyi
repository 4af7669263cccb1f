# The compiled part of signature.py, built from signature.c.
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

def sign(
    tokens: Array, starts: Array, stops: Array, hashes: Array, shortest: int, signatures: Array, counts: Array, /
) -> None: ...
