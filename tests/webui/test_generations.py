"""How a server goes from one generation to the next: without a wait, without a leak, and past one that is damaged."""

from __future__ import annotations

import gc
import logging
import weakref
from pathlib import Path

import pytest

from search.archive import Archive
from search.errors import ArchiveNotFound
from search.request import SearchRequest
from tests.webui import editions
from webui import generations
from webui.generations import RETRY_SECONDS, Generations

LOGGER = logging.getLogger("test")


def total(served: Generations) -> int:
    """How many articles a search finds now."""
    return served.searcher().search(SearchRequest()).total


def test_the_next_generation_is_made_ready_beside_the_old_one(tmp_path: Path) -> None:
    """A request gets the old one at once; the one after the new one is ready gets that; `refresh` waits for it."""
    editions.commit(tmp_path, 1)
    served = Generations(Archive(tmp_path), LOGGER)
    first = served.searcher()
    editions.commit(tmp_path, 2)
    assert served.searcher() is first
    served.settle()
    assert total(served) == editions.size_of(2)
    editions.commit(tmp_path, 3)
    assert served.refresh().generation == 3
    assert served.searcher() is served.searcher()


def test_a_generation_that_nobody_uses_is_let_go_of(tmp_path: Path) -> None:
    """With the last request of an old generation its files are closed, without waiting for a garbage collection."""
    editions.commit(tmp_path, 1)
    served = Generations(Archive(tmp_path), LOGGER)
    old = served.searcher()
    old.warm()
    old.search(SearchRequest(query="خبرر", feedback=True))
    old.suggest("خب")
    editions.commit(tmp_path, 2)
    served.refresh()
    gone = weakref.ref(old)
    assert old.search(SearchRequest()).total == editions.size_of(1)
    gc.disable()
    try:
        del old
        assert gone() is None
    finally:
        gc.enable()
    maps = Path("/proc/self/maps")
    assert not maps.exists() or f"{tmp_path}/index/" not in "\n".join(
        line for line in maps.read_text().splitlines() if line.endswith("(deleted)")
    )


def test_a_damaged_generation_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one before goes on, the log says why, and it is tried again after a while, not at each request."""
    now = 1000.0
    monkeypatch.setattr(generations.time, "monotonic", lambda: now)
    editions.commit(tmp_path, 1)
    served = Generations(Archive(tmp_path), LOGGER)
    assert total(served) == editions.size_of(1)
    damaged = tmp_path / "index" / "_MAIN_2.toc"
    damaged.write_bytes(b"damaged")
    for _ in range(3):
        assert served.refresh().generation == 1
    assert caplog.text.count("the newest generation cannot be used") == 1
    assert "_MAIN_2.toc was cut short" in caplog.text
    damaged.unlink()
    editions.commit(tmp_path, 2)
    assert served.refresh().generation == 1
    now += RETRY_SECONDS
    assert served.refresh().generation == 2


def test_an_archive_that_is_not_there_yet(tmp_path: Path) -> None:
    """Each request is told so until something was indexed; what was served goes on when the index is removed."""
    served = Generations(Archive(tmp_path), LOGGER)
    for _ in range(2):
        with pytest.raises(ArchiveNotFound):
            served.searcher()
    editions.commit(tmp_path, 1)
    assert total(served) == editions.size_of(1)
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    assert served.refresh().generation == 1
