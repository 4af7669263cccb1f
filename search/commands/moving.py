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
@click.option("--output", type=PATHS, metavar="FILE", help="Instead of standard output; .gz and .zst are packed.")
@click.option("--gzip", "gzipped", is_flag=True, help="Pack with gzip, whatever the name.")
@click.option("--json", "as_json", is_flag=True, help="With --output: print JSON for programs.")
def export(
    words: tuple[str, ...], place: str, output: Path | None, gzipped: bool, as_json: bool, **filters: Any
) -> None:
    """Write articles as JSONL: all, or those of a query. `bayegan index` makes the same archive of it."""
    from search.archive import Archive
    from search.keeping import export as exporting
    from search.terminal.counting import counting
    from search.terminal.moving import print_exported

    request = asked(words, filters)
    archive = Archive(place)
    packing: exporting.Packing = "gzip" if gzipped else exporting.packing_of(output) if output else ""
    target = exporting.exported_file(output, packing) if output else exporting.packed(sys.stdout.buffer, packing)
    with counting("exporting") as observe, target as stream:
        done = exporting.export(archive.searcher(), request, stream, observe)
    print_exported(done, output, as_json)


@click.command()
@click.argument("file", type=PATHS)
@archive_option
@click.option("--verify", "only_verify", is_flag=True, help="Write nothing; read every byte of FILE and check it.")
@json_option
def backup(file: Path, place: str, only_verify: bool, as_json: bool) -> None:
    """Write the archive as it is now to one file, while it is served and indexed into; or check such a file."""
    from search.terminal.counting import counting
    from search.terminal.moving import print_backed_up, print_facts

    if only_verify:
        from search.keeping.backup_file import verify_backup

        with counting("verifying") as observe:
            facts = verify_backup(file, observe)
        print_facts(facts, f"{file} is whole", as_json)
        return
    from search.archive import Archive
    from search.keeping.backup import backup as back_up

    with counting("backing up") as observe:
        done = back_up(Archive(place), file, observe)
    print_backed_up(done, as_json)


@click.command()
@click.argument("file", type=PATHS)
@click.option(
    "--archive", "place", required=True, metavar="NAME|DIR", help="Where to: a name under indexes/, or a folder."
)
@click.option("--force", is_flag=True, help="Replace an archive that is there; other files in its folder stay.")
@json_option
def restore(file: Path, place: str, force: bool, as_json: bool) -> None:
    """Make an archive of a backup, after every byte of it was checked."""
    from search.archive import directory_of
    from search.keeping.restoring import restore as put_back
    from search.terminal.counting import counting
    from search.terminal.moving import print_facts

    directory = directory_of(place)
    with counting("restoring") as observe:
        facts = put_back(file, directory, force=force, observe=observe)
    print_facts(facts, f"restored to {directory}", as_json)


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@archive_option
@click.option("--query", default="", metavar="Q", help="Delete what a query finds; the filters narrow it.")
@filter_options
@click.option("--yes", is_flag=True, help="Do it; else it is only told what would be deleted.")
@click.option("--purge", is_flag=True, help="Write the index anew, so that no file of it holds a word of them.")
@json_option
def delete(
    codes: tuple[str, ...], place: str, query: str, yes: bool, purge: bool, as_json: bool, **filters: Any
) -> None:
    """Delete articles, by code (کد خبر), key or query, so that indexing does not bring them back."""
    from search.archive import Archive
    from search.keeping import deletion
    from search.terminal.moving import print_deleted, print_doomed

    archive = Archive(place)
    if codes:
        agencies = filters.pop("agency")
        if query or any(filters.values()) or len(agencies) > 1:
            raise click.UsageError("name codes (and one --agency), or a query with its filters")
        doomed = deletion.of_codes(archive.searcher(), codes, *agencies)
    else:
        doomed = deletion.of_request(archive.searcher(), asked((query,), filters))
    if yes:
        run = deletion.delete(archive, (article.key for article in doomed.articles()), purge=purge)
        print_deleted(archive, run, as_json)
    else:
        print_doomed(doomed, as_json)


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@archive_option
@click.option("--all", "everything", is_flag=True, help="All that were deleted.")
@json_option
def undelete(codes: tuple[str, ...], place: str, everything: bool, as_json: bool) -> None:
    """Let deleted articles in again, by code or key; without any, list what was deleted."""
    from search.archive import Archive
    from search.keeping import deletion
    from search.terminal.moving import print_keys

    archive = Archive(place)
    if codes or everything:
        keys = deletion.undelete(archive, None if everything else codes)
        print_keys(keys, "come back when their sources are read: bayegan index --force PATH, or reindex", as_json)
    else:
        with archive.journal() as journal:
            print_keys(sorted(journal.deleted().values()), "were deleted", as_json)


def asked(words: tuple[str, ...], filters: dict[str, Any]) -> Any:
    """The request that the words and options of a command make (InvalidParameter)."""
    from search.request import SearchRequest

    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    return SearchRequest.from_params({"q": [" ".join(words)], **filters})
