"""Commands that find and show articles, and how their text is understood."""

from __future__ import annotations

from typing import Any

import click

from search.commands.options import archive_option, filter_options, json_option


@click.command(context_settings={"ignore_unknown_options": True})  # -واژه is part of the query language
@click.argument("words", nargs=-1)
@archive_option
@filter_options
@click.option("--sort", multiple=True, metavar="ORDER", help="relevance (default), newest or oldest.")
@click.option("--collapse", multiple=True, metavar="WHAT", help="duplicates: near-duplicates become one result.")
@click.option("--page", multiple=True, metavar="N", help="Page of the results, from 1.")
@click.option("--size", multiple=True, metavar="N", help="Results a page, 1 to 100.")
@click.option("--facet", multiple=True, help="Count only this facet; repeat for several.")
@click.option("--interval", multiple=True, metavar="PERIOD", help="Of the histogram: year, month or day.")
@click.option("--recency", is_flag=True, help="Let newer articles gain a little.")
@click.option("--feedback", is_flag=True, help="Widen the query with words of its best articles.")
@json_option
def search(words: tuple[str, ...], place: str, as_json: bool, **options: Any) -> None:
    """Search; the words follow the query language of docs/query-language.md."""
    from search.archive import Archive
    from search.request import SearchRequest
    from search.terminal.results import print_result

    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    switches = {name: ["1"] for name in ("recency", "feedback") if options.pop(name)}
    request = SearchRequest.from_params({"q": [" ".join(words)], **options, **switches})
    print_result(Archive(place).searcher().search(request), as_json)


@click.command()
@click.argument("code")
@archive_option
@click.option("--agency", default="", help="Of the article, where several agencies use the code.")
@click.option("--similar", "only_similar", is_flag=True, help="Show the list of its near-duplicates instead.")
@json_option
def show(code: str, place: str, agency: str, only_similar: bool, as_json: bool) -> None:
    """Show one article, by its code (کد خبر) or its key."""
    from search.archive import Archive
    from search.terminal.results import print_article, print_similar

    searcher = Archive(place).searcher()
    article = searcher.article(agency, code)
    if only_similar:
        print_similar(article, searcher.similar(article), as_json)
    else:
        print_article(article, as_json)


@click.command()
@click.argument("text", nargs=-1, required=True)
@archive_option
@json_option
def analyze(text: tuple[str, ...], place: str, as_json: bool) -> None:
    """Show, step by step, what becomes of a text on its way to terms."""
    from search.archive import Archive
    from search.terminal.analysis import print_analysis

    print_analysis(Archive(place).analyzer(), " ".join(text), as_json)
