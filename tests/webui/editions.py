"""A process that commits one edition of an archive after another: every article says of which edition it is.

Run as `python -m tests.webui.editions FOLDER FIRST LAST`; prints the generation of each commit, and waits for a line on
standard input before the next. Every fifth commit rebuilds the index from its stored articles.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from search.archive import Archive
from search.article import Article
from search.engine.writer import IndexWriter
from search.stored import to_document

LEAST = 20  # articles that every edition has
AGENCY = "آزمون"
REBUILD_EVERY = 5


def size_of(edition: int) -> int:
    """How many articles the edition has."""
    return LEAST + edition % 7


def name_of(edition: int) -> str:
    """What stands in every field of its articles."""
    return f"ویراست {edition}"


def articles(edition: int) -> list[Article]:
    """All articles of an edition."""
    name = name_of(edition)
    return [
        Article(
            title=f"خبر {code} از {name}",
            body=(f"این خبر {code} است.", f"همهٔ بندهای آن از {name} هستند."),
            agency=AGENCY,
            code=str(code),
            section=name,
            tags=(name,),
            published=date(2020, 1 + code % 12, 1 + edition % 28),
        )
        for code in range(1, size_of(edition) + 1)
    ]


def commit(directory: Path, edition: int) -> int:
    """Replaces the edition before by this one in a single commit, and gives its generation."""
    archive = Archive(directory)
    with IndexWriter(archive.index_directory, workers=1) as writer:
        for article in articles(edition):
            writer.add(to_document(article))
        for code in range(size_of(edition) + 1, size_of(edition - 1) + 1):
            writer.delete(f"{AGENCY}/{code}")
        generation = writer.commit()
    if edition % REBUILD_EVERY == 0:
        generation = archive.reindex(from_store=True).generation
    return generation


if __name__ == "__main__":
    for number in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
        print(commit(Path(sys.argv[1]), number), flush=True)
        sys.stdin.readline()
