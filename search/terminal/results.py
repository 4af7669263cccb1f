"""Results and articles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from search.terminal.output import console, print_json, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from search.article import Article
    from search.result import Facet, Hit, Marked, SearchResult, Similar


def print_result(result: SearchResult, as_json: bool) -> None:
    """A page of results with the leading facet values, or the API's envelope."""
    if as_json:
        from search.envelope import envelope

        print_json(envelope(result))
        return
    from search.jalali import persian_digits

    out = console()
    for notice in _notices(result):
        out.print(notice, style="yellow", markup=False)
    first = (result.request.page - 1) * result.request.size + 1
    for number, hit in enumerate(result.hits, first):
        _print_hit(out, number, hit)
    for facet in result.facets:
        out.print(_facet_line(facet), markup=False)
    collapsed = f" (با همانندها {result.articles} خبر)" if result.articles != result.total else ""
    out.print(persian_digits(f"{result.total} نتیجه{collapsed} در {result.took_ms:.1f} هزارم ثانیه"), markup=False)


def _notices(result: SearchResult) -> Iterator[str]:
    yield from result.hints
    if result.suggestion:
        said = "نتیجه‌های" if result.suggestion.applied else "شاید منظورتان این بود:"
        yield f"{said} {result.suggestion.query}"
    if result.relaxed:
        yield "هیچ مقاله‌ای همهٔ واژه‌ها را ندارد؛ این‌ها بخشی از آن‌ها را دارند."
    if not result.complete:
        yield "زمان جست‌وجو به پایان رسید؛ همهٔ بایگانی دیده نشد."


def _print_hit(out: Console, number: int, hit: Hit) -> None:
    from rich.text import Text

    from search.jalali import persian_digits

    out.print(Text.assemble((f"{persian_digits(str(number))}. ", "dim"), _styled(hit.title, "bold")))
    out.print(_byline(hit.article), style="dim", markup=False)
    for snippet in hit.snippets:
        out.print(_styled(snippet, ""))
    if hit.similar:
        out.print(f"و {persian_digits(str(hit.similar))} خبر همانند", style="dim", markup=False)
    out.print()


def _styled(marked: Marked, style: str) -> Text:
    """Text whose marks stand out; control characters of the archive do not reach the terminal."""
    from rich.text import Text

    text = Text(printable(marked.text), style)
    for start, end in marked.marks:
        text.stylize("bold green", start, end)
    return text


def _byline(article: Article) -> str:
    from search.jalali import format_moment

    published = format_moment(article.published) if article.published else ""
    parts = (article.agency, article.section, published, article.code)
    return printable(" · ".join(part for part in parts if part))


def _saved(article: Article) -> str:
    from search.jalali import format_moment

    return f"تاریخ ذخیرهٔ صفحه: {format_moment(article.captured)}" if article.captured else ""


def _facet_line(facet: Facet) -> str:
    from search.jalali import persian_digits

    shown = "، ".join(f"{value.label} ({persian_digits(str(value.count))})" for value in facet.values[:8])
    return printable(f"{facet.label}: {shown or '-'}")


def print_article(article: Article, as_json: bool) -> None:
    """One article, whole."""
    if as_json:
        from search.envelope import article_record

        print_json(article_record(article))
        return
    out = console()
    for text, style in (
        (article.kicker, "dim"),
        (article.title, "bold"),
        (_byline(article), "dim"),
        (article.lead, ""),
    ):
        if text:
            out.print(printable(text), style=style, markup=False)
    for paragraph in article.body:
        out.print(f"\n{printable(paragraph)}", markup=False)
    for note in (*article.tags, article.url, _saved(article), article.source, *article.notes):
        out.print(printable(note), style="dim", markup=False)


def print_similar(article: Article, similar: Similar, as_json: bool) -> None:
    """The near-duplicates of an article, the first published first."""
    if as_json:
        from search.envelope import similar_record

        print_json(similar_record(article, similar))
        return
    from search.jalali import persian_digits

    out = console()
    out.print(persian_digits(f"{similar.total} خبر همانند «{printable(article.title)}»"), style="bold", markup=False)
    for one in similar.articles:
        out.print(f"\n{printable(one.title)}", markup=False)
        out.print(_byline(one), style="dim", markup=False)
