"""An index over words that can be told by eye, built in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.engine.writer import IndexWriter
from tests.engine.model import NoTables, WordAnalyzer

OpenWriter = Callable[..., IndexWriter]


@pytest.fixture(scope="session", autouse=True)
def _word_analyzer() -> Any:
    """Let writers of `NoTables` use the analyzer of the model."""
    from search.engine import index

    real = index.make_analyzer
    patch = pytest.MonkeyPatch()
    patch.setattr(index, "make_analyzer", lambda t: WordAnalyzer() if t == NoTables().to_bytes() else real(t))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def open_writer() -> OpenWriter:
    """Opens a writer over words: open_writer(directory, **options)."""

    def open_it(directory: Path, **options: Any) -> IndexWriter:
        return IndexWriter(directory, **{"tables": NoTables, "workers": 1} | options)

    return open_it
