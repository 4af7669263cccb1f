"""What the commands print: progress, summaries, results and articles, for people or (as JSON) for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from search.archive import Archive
    from search.article import Article
    from search.indexing import Progress
    from search.journal import Run
    from search.persian import Analyzer
    from search.result import Facet, Hit, Marked, SearchResult
    from search.searcher import Status

PLAIN_LINE_SECONDS = 5.0


def print_json(record: object) -> None:
    """One JSON document, in UTF-8, on standard output."""
    import msgspec

    json.dump(msgspec.to_builtins(record), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """An observer of a run that draws a bar on a terminal, and a plain line every few seconds elsewhere.

    Nothing is drawn in the first second: short work needs no progress.
    """
    if sys.stderr.isatty():
        with _bar() as observe:
            yield observe
    else:
        yield _plain_lines()


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich import progress as rich_progress
    from rich.console import Console

    bar = rich_progress.Progress(
        rich_progress.SpinnerColumn(),
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.TextColumn("{task.fields[told]}"),
        rich_progress.TimeElapsedColumn(),
        rich_progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("reading", total=None, told="")
    ticks = _Ticks(1.0, 0.1)

    def observe(now: Progress) -> None:
        if (waited := ticks.due()) is None:
            return
        bar.start()
        bar.update(task, description=now.phase, told=_told(now, waited), total=1.0, completed=now.share)

    try:
        yield observe
    finally:
        bar.stop()


def _plain_lines() -> Callable[[Progress], None]:
    ticks = _Ticks(1.0, PLAIN_LINE_SECONDS)

    def observe(now: Progress) -> None:
        if (waited := ticks.due()) is not None:
            left = f", about {waited * (1 - now.share) / now.share:.0f} s left" if now.share else ""
            print(f"{now.phase}: {_told(now, waited)}{left}", file=sys.stderr, flush=True)

    return observe


class _Ticks:
    """Tells when it is time to draw again: first after `first` seconds, then every `every`."""

    def __init__(self, first: float, every: float) -> None:
        import time

        self._clock = time.monotonic
        self._began = self._clock()
        self._next = self._began + first
        self._every = every

    def due(self) -> float | None:
        """Seconds since the beginning, if it is time to draw; else None."""
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + self._every
        return now - self._began


def _told(now: Progress, seconds: float) -> str:
    rate = now.read / seconds if seconds else 0.0
    return f"{now.read:,} articles, {rate:,.0f} articles/s, {now.rejected:,} rejected"


def print_run(archive: Archive, run: Run, as_json: bool) -> None:
    """The closing summary of `index` and `reindex`."""
    if as_json:
        print_json(run)
        return
    rate = (run.indexed + run.replaced + run.unchanged) / run.seconds if run.seconds else 0.0
    print(
        f"{run.indexed:,} indexed, {run.replaced:,} replaced, {run.unchanged:,} unchanged, {run.rejected:,} rejected "
        f"in {run.seconds:.1f} s ({rate:,.0f} articles/s); generation {run.generation} of {archive.directory}"
    )
    if run.rejected:
        print(f"what was rejected, and why: bayegan rejects --archive {archive.directory}")


def print_rejections(rejections: Sequence[tuple[str, str]], as_json: bool) -> None:
    """Each rejected input with its reason, one a line."""
    if as_json:
        print_json([{"source": source, "reason": reason} for source, reason in rejections])
        return
    for source, reason in rejections:
        print(f"{source}: {reason}")


def print_result(result: SearchResult, as_json: bool) -> None:
    """A page of results with the leading facet values, or the API's envelope."""
    if as_json:
        from search.envelope import envelope

        print_json(envelope(result))
        return
    from search.jalali import persian_digits

    console = _console()
    for notice in _notices(result):
        console.print(notice, style="yellow", markup=False)
    first = (result.request.page - 1) * result.request.size + 1
    for number, hit in enumerate(result.hits, first):
        _print_hit(console, number, hit)
    for facet in result.facets:
        console.print(_facet_line(facet), markup=False)
    console.print(persian_digits(f"{result.total} نتیجه در {result.took_ms:.1f} هزارم ثانیه"), markup=False)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def _notices(result: SearchResult) -> Iterator[str]:
    yield from result.hints
    if result.suggestion:
        said = "نتیجه‌های" if result.suggestion.applied else "شاید منظورتان این بود:"
        yield f"{said} {result.suggestion.query}"
    if result.relaxed:
        yield "هیچ مقاله‌ای همهٔ واژه‌ها را ندارد؛ این‌ها بخشی از آن‌ها را دارند."
    if not result.complete:
        yield "زمان جست‌وجو به پایان رسید؛ همهٔ بایگانی دیده نشد."


def _print_hit(console: Console, number: int, hit: Hit) -> None:
    from rich.text import Text

    from search.jalali import persian_digits

    console.print(Text.assemble((f"{persian_digits(str(number))}. ", "dim"), _styled(hit.title, "bold")))
    console.print(_byline(hit.article), style="dim", markup=False)
    for snippet in hit.snippets:
        console.print(_styled(snippet, ""))
    console.print()


def _styled(marked: Marked, style: str) -> Text:
    """Text whose marks stand out; control characters of the archive do not reach the terminal."""
    from rich.text import Text

    text = Text(_printable(marked.text), style)
    for start, end in marked.marks:
        text.stylize("bold green", start, end)
    return text


def _printable(text: str) -> str:
    """The text with its control characters (category Cc) replaced one by one, so that offsets stay true."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)


def _byline(article: Article) -> str:
    from search.jalali import format_moment

    published = format_moment(article.published) if article.published else ""
    parts = (article.agency, article.section, published, article.code)
    return _printable(" · ".join(part for part in parts if part))


def _facet_line(facet: Facet) -> str:
    from search.jalali import persian_digits

    shown = "، ".join(f"{value.label} ({persian_digits(str(value.count))})" for value in facet.values[:8])
    return _printable(f"{facet.label}: {shown or '-'}")


def print_article(article: Article, as_json: bool) -> None:
    """One article, whole."""
    if as_json:
        from search.envelope import article_record

        print_json(article_record(article))
        return
    console = _console()
    for text, style in (
        (article.kicker, "dim"),
        (article.title, "bold"),
        (_byline(article), "dim"),
        (article.lead, ""),
    ):
        if text:
            console.print(_printable(text), style=style, markup=False)
    for paragraph in article.body:
        console.print(f"\n{_printable(paragraph)}", markup=False)
    for note in (*article.tags, article.url, article.source, *article.notes):
        console.print(_printable(note), style="dim", markup=False)


def print_status(archive: Archive, status: Status, runs: Sequence[Run], as_json: bool) -> None:
    """What the archive holds, and its last runs."""
    if as_json:
        print_json({"directory": str(archive.directory), "status": status, "runs": runs})
        return
    from search.jalali import value_of

    print(f"{status.title}: {status.articles:,} articles, generation {status.generation}, {status.size / 1e6:,.1f} MB")
    if status.first_day and status.last_day:
        print(f"from {value_of(status.first_day, 'day')} to {value_of(status.last_day, 'day')}")
    for name, values in (("agencies", status.agencies), ("sections", status.sections)):
        print(f"{name}: {', '.join(f'{value} ({count:,})' for value, count in values) or 'none'}")
    for run in runs:
        print(
            f"{run.started:%Y-%m-%d %H:%M} {run.verb}: {run.indexed:,} indexed, {run.replaced:,} replaced, "
            f"{run.unchanged:,} unchanged, {run.rejected:,} rejected in {run.seconds:.1f} s"
        )


def print_analysis(analyzer: Analyzer, text: str, as_json: bool) -> None:
    """Each step of the analysis with what it makes of the text."""
    steps = analyzer.explain(text)
    if as_json:
        print_json(steps)
        return
    for step in steps:
        print(f"{step.name:12} {step.value}")
