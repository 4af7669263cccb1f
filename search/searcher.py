"""SearchRequest -> SearchResult, over one generation of an archive."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import query as whoosh_query

from search import facets, feedback, jalali, ranking, stored
from search.article import Article
from search.engine.answer import Answer, EngineQuery, Recency
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.errors import NotFound
from search.persian import Token
from search.query import ParsedQuery, parse
from search.request import SearchRequest
from search.respacing import Respacing
from search.result import Hit, Marked, SearchResult, Similar, Suggestion
from search.snippets import Highlighter, Wanted
from search.sources.names import name_key
from search.suggest import Completer, Completion, SpellChecker, Vocabulary

FACETS = ("section", "agency", "tag", "year", "month")
MOST_SIMILAR = 100  # near-duplicates that are read for a list of them
FEW = 5  # a query that finds fewer articles may be a mistake: a correction is looked for, and offered


@dataclass(frozen=True, slots=True)
class Status:
    """What an archive holds: values are (name, articles), the largest first; days are Gregorian; size in bytes."""

    title: str
    description: str
    articles: int
    generation: int
    sections: tuple[tuple[str, int], ...]
    agencies: tuple[tuple[str, int], ...]
    first_day: date | None
    last_day: date | None
    size: int


class MarkedArticle(NamedTuple):
    """The parts of an article, with what a query asks marked in them."""

    title: Marked
    kicker: Marked
    lead: Marked
    body: tuple[Marked, ...]


class Matching(NamedTuple):
    """All that a request asks for.

    Attributes:
        docs: int32, the documents, ascending.
        hints: on how the query was read, as in `SearchResult`.
        capped: patterns of the query that stand for more terms than are looked up: for these it is not all.
        unread: whether nothing of the query could be looked for, so that it left all articles in.
    """

    docs: NDArray[np.int32]
    hints: tuple[str, ...]
    capped: tuple[str, ...]
    unread: bool


class _Found(NamedTuple):
    """A query as it was read, and what the engine answers."""

    parsed: ParsedQuery
    answer: Answer
    relaxed: bool = False


class Searcher:
    """Answers requests from one generation of an archive; threads may share it.

    Args:
        index: the generation.
        title, description: of the archive.
        time_limit_ms: after which a search returns what it has; 0 for none.
    """

    def __init__(self, index: Index, title: str = "", description: str = "", time_limit_ms: int = 0) -> None:
        self._index = index
        self._engine = SnapshotSearcher(index.snapshot)
        self._title = title
        self._description = description
        self._time_limit = time_limit_ms or None
        self._reader = Respacing(index.analyzer, self._engine)
        self._analysis = threading.RLock()  # an analyzer serves one thread at a time

    @property
    def generation(self) -> int:
        """Of the index."""
        return self._index.generation

    def search(self, request: SearchRequest) -> SearchResult:
        """The answer to a request; see `search.result.SearchResult`."""
        started = time.perf_counter()
        request = self._spelled(request)
        found, suggestion = self._helped(request, self._find(request))
        return SearchResult(
            request=request,
            hits=self._hits(found, collapsed=request.collapse is not None),
            total=found.answer.total,
            articles=found.answer.articles,
            facets=facets.facets(found.answer, request),
            histogram=facets.histogram(found.answer, request),
            suggestion=suggestion,
            relaxed=found.relaxed,
            hints=found.parsed.hints,
            complete=found.answer.complete,
            took_ms=(time.perf_counter() - started) * 1000,
            generation=self.generation,
        )

    def matching(self, request: SearchRequest) -> Matching:
        """Every article that a request asks for, whatever its page and sort: exactly, without help and time limit."""
        request = self._spelled(request)
        with self._analysis:
            parsed = self._parse(request.query, request.match)
        filters, days = self._filters(request), _days(request)
        everything = EngineQuery(tree=parsed.tree, filters=filters, days=days, sort="oldest", limit=self._index.count)
        answer = self._engine.search(everything)
        unread = bool(request.query) and parsed.matches_everything
        return Matching(np.sort(answer.docs), parsed.hints, answer.capped, unread)

    def articles(self, docs: Iterable[int]) -> Iterator[Article]:
        """The articles of many documents, read one after another in bounded memory."""
        return map(stored.from_bytes, self._index.stored_of(docs))

    def warm(self) -> None:
        """Loads what the first of many searches would otherwise wait for: columns, norms, clusters, words."""
        title = next((hit.article.title for hit in self.search(SearchRequest(size=1)).hits), "")
        self.search(SearchRequest(query=title, match="any"))
        self.suggest(title)
        _ = self._engine.clusters
        with self._analysis:
            self._spelling.corrections(title)

    def article(self, agency: str, code: str) -> Article:
        """The article of that agency and code; the agency may be "" where only one has the code.

        Raises:
            NotFound: there is none, or several agencies have it.
        """
        if agency:
            return self.article_by_key(f"{agency}/{code}")
        answer = self._engine.search(EngineQuery(tree=whoosh_query.Term("code", code), limit=2))
        if answer.total > 1:
            raise NotFound(f"{answer.total} articles have the code {code}; name the agency, too")
        return self._article(int(answer.docs[0])) if answer.total else self.article_by_key(code)

    def article_by_key(self, key: str) -> Article:
        """The article of that identity (NotFound)."""
        doc = self._index.lookup(key)
        if doc is None:
            raise NotFound(
                f"no article {key} in this archive; search for a word of it instead",
                persian="چنین خبری در این بایگانی نیست؛ واژه‌ای از آن را جست‌وجو کنید.",
            )
        return self._article(doc)

    def similar(self, article: Article, most: int = MOST_SIMILAR) -> Similar:
        """The near-duplicates of an article of the archive, at most so many of them; none where it is gone."""
        doc = self._index.lookup(article.key)
        others = [] if doc is None else [other for other in self._engine.clusters.members(doc) if other != doc]
        return Similar(len(others), tuple(map(self._article, others[:most])))

    def mark(self, article: Article, query: str) -> MarkedArticle:
        """The article with what the query asks marked; nothing where the query is empty."""
        with self._analysis:
            highlighter = self._highlighter(self._parse(query, "all")) if query.strip() else None
            mark = highlighter.mark if highlighter else Marked
            body = tuple(mark(paragraph) for paragraph in article.body)
            return MarkedArticle(mark(article.title), mark(article.kicker), mark(article.lead), body)

    def suggest(self, text: str, size: int = 8) -> list[Completion]:
        """Completions of what is being typed."""
        with self._analysis:
            return self._completer.complete(text, size)

    def status(self) -> Status:
        """What the archive holds."""
        answer = self._engine.search(
            EngineQuery(tree=whoosh_query.Every(), limit=0, facets=("section", "agency"), histogram=True)
        )
        days = answer.days
        known = days is not None and len(days.counts) > 0
        return Status(
            title=self._title,
            description=self._description,
            articles=self._index.count,
            generation=self.generation,
            sections=_ranked(answer, "section"),
            agencies=_ranked(answer, "agency"),
            first_day=date.fromordinal(days.first) if days and known else None,
            last_day=date.fromordinal(days.first + len(days.counts) - 1) if days and known else None,
            size=self._index.size,
        )

    def _parse(self, query: str, match: Any) -> ParsedQuery:
        return parse(query, self._reader, match=match, canonical=self._canonical)

    def _find(self, request: SearchRequest) -> _Found:
        with self._analysis:
            parsed = self._parse(request.query, request.match)
        answer = self._ask(request, parsed, parsed.tree)
        if request.feedback and parsed.tokens and request.sort == "relevance" and answer.total:
            answer = self._ask(request, parsed, self._widened(request, parsed))
        return _Found(parsed, answer)

    def _ask(self, request: SearchRequest, parsed: ParsedQuery, tree: Any, *, first: bool = False) -> Answer:
        size = feedback.ARTICLES if first else request.size
        return self._engine.search(
            EngineQuery(
                tree=tree,
                signals=ranking.signals(parsed.tokens),
                filters=self._filters(request),
                days=_days(request),
                sort=request.sort,
                offset=0 if first else (request.page - 1) * request.size,
                limit=size,
                facets=() if first else request.facet or FACETS,
                histogram=not first,
                collapse=request.collapse is not None and not first,
                recency=Recency(jalali.today().toordinal()) if request.recency else None,
                time_limit_ms=self._time_limit,
            )
        )

    @staticmethod
    def _filters(request: SearchRequest) -> dict[str, frozenset[str]]:
        chosen = {name: getattr(request, name) for name in FACETS}
        return {name: frozenset(values) for name, values in chosen.items() if values}

    def _spelled(self, request: SearchRequest) -> SearchRequest:
        """The request with the selected values spelled as the archive has them."""
        chosen: dict[str, Any] = {}
        for name in FACETS:
            spelled = (self._canonical(name, value) for value in getattr(request, name))
            chosen[name] = tuple(dict.fromkeys(spelled))
        return replace(request, **chosen)

    def _canonical(self, field: str, value: str) -> str:
        """The spelling that the archive has of a value, whatever spelling was given."""
        return self._spellings.get((field, name_key(value)), value)

    @cached_property
    def _spellings(self) -> dict[tuple[str, str], str]:
        names = ("section", "agency", "tag")
        return {(name, name_key(value)): value for name in names for value in self._engine.lexicon.column(name).values}

    def _helped(self, request: SearchRequest, found: _Found) -> tuple[_Found, Suggestion | None]:
        """What helps a reader who finds little: the best correction, applied if nothing was found; else some words."""
        if found.answer.articles >= FEW or found.parsed.matches_everything or request.page > 1:
            return found, None
        suggestion, corrected = self._correction(request, found)
        if found.answer.total:
            return found, suggestion
        if corrected is not None:
            return corrected, suggestion
        if found.parsed.relaxed is not None:
            answer = self._ask(request, found.parsed, found.parsed.relaxed)
            return _Found(found.parsed, answer, relaxed=answer.total > 0), None
        return found, None

    def _correction(self, request: SearchRequest, found: _Found) -> tuple[Suggestion | None, _Found | None]:
        """The likeliest correction, judged by how much more it finds than what was typed, and what it finds."""

        def count(query: str) -> int:
            tree = self._parse(query, request.match).tree
            filters, days = self._filters(request), _days(request)
            return self._engine.search(EngineQuery(tree=tree, filters=filters, days=days, limit=0)).total

        with self._analysis:
            better = self._spelling.best(request.query, found.answer.articles, count)
        if better is None:
            return None, None
        applied = not found.answer.total
        corrected = self._find(replace(request, query=better.query)) if applied else None
        return Suggestion(better.query, better.kind, applied), corrected

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(*self._index.vocabulary("form"))

    @cached_property
    def _spelling(self) -> SpellChecker:
        return SpellChecker(self._vocabulary, self._index.analyzer)

    @cached_property
    def _completer(self) -> Completer:
        # Not a method: a searcher that held itself would keep its generation's files open until a garbage collection.
        index, engine, time_limit = self._index, self._engine, self._time_limit

        def titles(tree: Any, count: int) -> list[str]:
            """The titles of the best articles of a query."""
            answer = engine.search(EngineQuery(tree=tree, limit=count, time_limit_ms=time_limit))
            return [stored.from_bytes(index.stored(int(doc))).title for doc in answer.docs]

        return Completer(self._vocabulary, index.analyzer, titles)

    def _widened(self, request: SearchRequest, parsed: ParsedQuery) -> Any:
        leading = self._ask(request, parsed, parsed.tree, first=True)
        articles = [self._article(int(doc)) for doc in leading.docs]
        with self._analysis:
            stems = [[s for t in self._tokens(article) for s in t.stems] for article in articles]
        typed = [stem for token in parsed.tokens for stem in token.stems]
        return feedback.widened(parsed.tree, typed, zip(leading.scores.tolist(), stems, strict=True), self._rarity)

    def _tokens(self, article: Article) -> Sequence[Token]:
        return self._index.analyzer.analyze("\n".join((article.title, article.kicker, article.lead, *article.body)))

    def _hits(self, found: _Found, *, collapsed: bool) -> tuple[Hit, ...]:
        docs: list[int] = found.answer.docs.tolist()
        articles = [self._article(doc) for doc in docs]
        similar = [self._engine.clusters.others(doc) if collapsed else None for doc in docs]
        with self._analysis:
            highlighter = self._highlighter(found.parsed)
            return tuple(
                Hit(
                    article,
                    score,
                    highlighter.mark(article.title),
                    highlighter.snippets((article.lead, *article.body)),
                    others,
                )
                for article, score, others in zip(articles, found.answer.scores.tolist(), similar, strict=True)
            )

    def _highlighter(self, parsed: ParsedQuery) -> Highlighter:
        wanted = Wanted.of(parsed.tree)
        return Highlighter(self._index.analyzer, wanted, {stem: self._rarity(stem) for stem in wanted.stems})

    def _rarity(self, stem: str) -> float:
        """The inverse document frequency of a stem, from 0."""
        place = self._engine.lexicon.place("stem", stem)
        return math.log(1 + self._index.count / (1 + (place.statistics.document_frequency if place else 0)))

    def _article(self, doc: int) -> Article:
        return stored.from_bytes(self._index.stored(doc))


def _days(request: SearchRequest) -> tuple[int | None, int | None]:
    return (
        request.since.toordinal() if request.since else None,
        request.until.toordinal() if request.until else None,
    )


def _ranked(answer: Answer, name: str) -> tuple[tuple[str, int], ...]:
    counts = answer.facets[name]
    pairs = zip(counts.values, counts.counts.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
