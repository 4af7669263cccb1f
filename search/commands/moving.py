"""Commands that take articles out of an archive: as records, as a backup, or for good."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from search.commands.options import PATHS, archive_option, filter_options, json_option


@click.command(context_settings={"ignore_unknown_options": True})  # -واژه is part of the query language
@click.argument("words", metavar="[QUERY]", nargs=-1)
@archive_option
@filter_options
@click.option("--output", "-o", type=PATHS, metavar="FILE", help="Instead of standard output; .gz and .zst are packed.")
@click.option("--gzip", "gzipped", is_flag=True, help="Pack with gzip, whatever the name.")
@click.option("--json", "as_json", is_flag=True, help="With --output: print JSON for programs.")
def export(
    words: tuple[str, ...], place: str, output: Path | None, gzipped: bool, as_json: bool, **filters: Any
) -> None:
    """Write articles as JSONL: all, or those of a query. `bayegan index` makes the same archive of it."""
    from search import export as exporting
    from search.archive import Archive
    from search.terminal.counting import counting
    from search.terminal.moving import print_exported

    request = asked(words, filters)
    archive = Archive(place)
    packing: exporting.Packing = "gzip" if gzipped else exporting.packing_of(output) if output else ""
    target = exporting.exported_file(output, packing) if output else exporting.packed(sys.stdout.buffer, packing)
    with counting("exporting") as observe, target as stream:
        done = exporting.export(archive.searcher(), request, stream, observe)
    print_exported(done, output, as_json)


def asked(words: tuple[str, ...], filters: dict[str, Any]) -> Any:
    """The request that the words and options of a command make (InvalidParameter)."""
    from search.request import SearchRequest

    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    return SearchRequest.from_params({"q": [" ".join(words)], **filters})
