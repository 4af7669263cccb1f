"""An archive to be harmed, what an undisturbed run makes of it, and what must hold afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from search.archive import Archive
from search.engine.index import Index
from search.engine.inverter import identity
from search.engine.manifest import file_names, read_manifest, toc_path
from search.feeding.reconcile import fingerprints
from search.journal import Run
from search.keeping.verification import verify
from search.request import SearchRequest
from tests.faults import corpus

Content = dict[int, int]  # fingerprints by identity, as signed integers

_QUERIES = ("باران", "کتاب نمایشگاه", "تیم یا فیلم", '"باران برف"', "section:باد")


class Size(NamedTuple):
    """How much there is to do: articles in a file, articles between commits, workers."""

    articles: int
    commit: int
    workers: int


ALONE, CREW = Size(30, 25, 1), Size(60, 50, 2)


class Stage:
    """An archive of version 1 of its sources, which are of version 2 since, and what a run makes of it.

    Attributes:
        base: the folder of the archive, to be copied.
        generation: that a run begins with.
        before, after: what it holds, and what it holds after a run that nobody disturbed.
        order: keys of the articles, as a run reads them.
        results: see `results`, after such a run.
    """

    def __init__(self, directory: Path, verb: str, size: Size) -> None:
        self.verb, self.size = verb, size
        self.base, self.sources = directory / "base", directory / "sources"
        corpus.write(self.sources, 9, size.articles)
        with self.settings(workers=1):
            Archive(self.base).index([self.sources])
            self.generation = Archive(self.base).searcher().generation
            corpus.write(self.sources, 10, size.articles, version=2)
            if verb == "reindex":
                (self.sources / "004.jsonl").unlink()  # its articles are carried over
            self.before = held(Archive(self.base))
            self.order = [key for key, _ in corpus.articles(self.sources)]
            undisturbed = directory / "undisturbed"
            shutil.copytree(self.base, undisturbed)
        with self.settings(size.workers):
            self.rejected = self.run(undisturbed).rejected
            self.after, self.results = held(Archive(undisturbed)), results(Archive(undisturbed))

    @contextmanager
    def settings(self, workers: int) -> Iterator[None]:
        """The settings of its runs, for this process and those that it starts."""
        given = {"COMMIT_ARTICLES": self.size.commit, "COMMIT_SECONDS": 3600, "LEARN_FROM": 50, "WORKERS": workers}
        with patch.dict(os.environ, {f"BAYEGAN_{name}": str(value) for name, value in given.items()}):
            yield

    def run(self, place: Path) -> Run:
        """The run, in this process."""
        return Archive(place).index([self.sources]) if self.verb == "index" else Archive(place).reindex()

    def command(self, place: Path) -> list[str]:
        """The same, as a command."""
        return [self.verb, *([str(self.sources)] if self.verb == "index" else []), "--archive", str(place)]

    def content(self, generation: int) -> Content:
        """What a generation holds: those that a run commits on its way hold so many articles more than the first."""
        done = generation - self.generation
        if self.verb == "reindex":
            return self.after if done else self.before
        new = {_signed(identity(key)) for key in self.order[: done * self.size.commit]}
        return self.before | {number: value for number, value in self.after.items() if number in new}

    def check(self, place: Path) -> int:
        """What must hold after a fault: the archive opens, is whole, and holds its last commit; its generation."""
        archive = Archive(place)
        generation = archive.searcher().generation
        assert verify(archive).problems == [], "verify finds damage"
        assert held(archive) == self.content(generation), f"generation {generation} holds something else"
        return generation

    def check_next_run(self, place: Path) -> None:
        """What must hold after the next run: all is as if nothing had been, and no file is left to be read."""
        run = self.run(place)
        archive = Archive(place)
        assert run.rejected in {0, self.rejected}, "the next run rejects something"
        assert held(archive) == self.after, "the next run completes to another content"
        assert results(archive) == self.results, "searches find something else"
        assert verify(archive).problems == [], "verify finds damage after the next run"
        with archive.journal() as journal:
            noted = {_signed(number): _signed(value) for number, value in journal.fingerprints()}
            assert noted == self.after, "the journal says something else than the index"
            assert journal.generation() == archive.searcher().generation, "the journal is of another generation"
            assert all(map(journal.is_known, journal.sources())), "a file would be read again"
        manifest = read_manifest(archive.index_directory)
        expected = file_names(manifest) | {toc_path(place, manifest.generation).name, "MAIN_WRITELOCK"}
        assert {path.name for path in archive.index_directory.iterdir()} == expected, "a stray file is left"


def held(archive: Archive) -> Content:
    """What the newest generation of an archive holds."""
    return dict(fingerprints(Index.open(archive.index_directory)))


def results(archive: Archive) -> list[list[str]]:
    """The articles that some searches find, in the order of their keys, since ranks depend on how an index grew."""
    searcher = archive.searcher()
    found = (searcher.articles(searcher.matching(SearchRequest(query=query)).docs) for query in _QUERIES)
    return [sorted(article.key for article in articles) for articles in found]


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
