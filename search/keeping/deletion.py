"""Deleting articles for good: out of the index at once, and passed over whenever their sources are read again.

The journal keeps the keys of what was deleted; `undelete` takes them out of there, so that the next reading of their
sources brings the articles back. Of the text of a deleted article nothing is kept, but until its segment is merged (at
once with `purge`) it stays in the files of the index, where no search finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from search.archive import Archive
from search.article import Article
from search.engine.inverter import identity
from search.engine.writer import IndexWriter
from search.errors import NotFound, UsageError
from search.feeding.reconcile import reconcile
from search.journal import Journal, Run
from search.request import SearchRequest
from search.searcher import Searcher


@dataclass(frozen=True, slots=True)
class Doomed:
    """What a deletion would take.

    Attributes:
        count: how many articles.
        articles: gives them, one after another, each time it is called.
        hints: on how a query was read, in Persian.
    """

    count: int
    articles: Callable[[], Iterator[Article]]
    hints: tuple[str, ...] = ()


def of_codes(searcher: Searcher, codes: Sequence[str], agency: str = "") -> Doomed:
    """The articles of these codes or keys.

    Args:
        agency: of all of them, where several agencies use a code.

    Raises:
        NotFound: one of them is none's, or several agencies'; nothing is to be deleted then.
    """
    articles = {article.key: article for article in (searcher.article(agency, code) for code in codes)}
    return Doomed(len(articles), lambda: iter(articles.values()))


def of_request(searcher: Searcher, request: SearchRequest) -> Doomed:
    """All articles that a request asks for, whatever its page.

    Raises:
        UsageError: it asks for the whole archive, or for a pattern that stands for too many words to look up all.
    """
    matching = searcher.matching(request)
    narrowed = request.query or request.filters or request.since or request.until
    if matching.unread or not narrowed:
        raise UsageError("the query holds no word and no filter, so that all articles would go; name what is to go")
    if matching.capped:
        patterns = ", ".join(matching.capped)
        raise UsageError(f"{patterns} stands for more words than are looked up at once; write a longer beginning")
    docs = matching.docs.tolist()
    return Doomed(len(docs), lambda: searcher.articles(docs), matching.hints)


def delete(archive: Archive, keys: Iterable[str], *, purge: bool = False) -> Run:
    """Deletes the articles of these keys, in one commit; those that are not there are passed over.

    Args:
        archive: may be served meanwhile.
        keys: see `Article.key`.
        purge: whether the index is written anew, so that no file of it holds a word of them.

    Raises:
        ArchiveLocked, StorageFailure, FormatMismatch, DamagedIndex: see `search.errors`.
    """
    began = datetime.now(UTC)
    with archive.journal() as journal:
        reconcile(journal, archive.index_directory)
        with IndexWriter(archive.index_directory, memory_mb=archive.settings.memory_mb, workers=1) as writer:
            gone = {identity(key): key for key in keys if writer.delete(key)}
            if gone:
                # Before the commit: were the process killed in between, the articles would not be forgotten, and the
                # journal, a generation ahead, would be brought together with the index.
                journal.delete(gone, journal.generation() + 1)
            generation = writer.commit(last=True, optimize=purge)
        run = _run("delete", began, generation, len(gone))
        journal.finish(run)
    return run


def undelete(archive: Archive, codes: Sequence[str] | None) -> list[str]:
    """Lets deleted articles (None: all) in again when their sources are read; their keys.

    Raises:
        NotFound: one of the codes or keys was not deleted; nothing was changed.
    """
    began = datetime.now(UTC)
    with archive.journal() as journal:
        chosen = _chosen(journal, codes)
        journal.undelete(chosen)
        journal.finish(_run("undelete", began, journal.generation(), len(chosen)))
    return sorted(chosen.values())


def _chosen(journal: Journal, codes: Sequence[str] | None) -> dict[int, str]:
    deleted = journal.deleted()
    if codes is None:
        return deleted
    chosen: dict[int, str] = {}
    for code in codes:
        found = {number: key for number, key in deleted.items() if code == key or key.endswith(f"/{code}")}
        if not found:
            raise NotFound(f"{code} was not deleted; `bayegan undelete` lists what was")
        chosen |= found
    return chosen


def _run(verb: str, began: datetime, generation: int, count: int) -> Run:
    seconds = (datetime.now(UTC) - began).total_seconds()
    return Run(verb, began, seconds, generation, 0, 0, 0, 0, deleted=count)
