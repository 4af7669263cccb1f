"""How anything gets onto standard output: JSON, styled text, and text of the archive made harmless."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def print_json(record: object) -> None:
    """One JSON document, in UTF-8, on standard output."""
    import msgspec

    json.dump(msgspec.to_builtins(record), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def console() -> Console:
    """Where text with styles goes: standard output, with colours on a terminal only."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """The text with its control characters (category Cc) replaced one by one, so that offsets stay true."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)
