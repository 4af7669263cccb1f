"""What an archive holds, and which archives there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.terminal.output import print_json, printable

if TYPE_CHECKING:
    from search.archives import Listed
    from search.journal import Run
    from search.keeping.holdings import Counts, Holdings

_VALUES = 30  # of agencies and sections, that are printed


def print_holdings(found: Holdings, as_json: bool) -> None:
    """What the archive holds, its state, and its last runs."""
    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(found, enc_hook=str))
        return
    for lines in (_content(found), _state(found), _reading(found), map(_run_line, found.runs)):
        for line in lines:
            print(printable(line))
    for problem in found.problems:
        print(f"problem: {problem}")


def print_archives(listed: Sequence[Listed], as_json: bool) -> None:
    """Each archive with what it is, one a line."""
    if as_json:
        print_json(listed)
        return
    for archive in listed:
        when = f"{archive.changed:%Y-%m-%d %H:%M}" if archive.changed else "never indexed"
        told = archive.problem or f"{archive.articles:,} articles, {when}"
        title = f" ({archive.title})" if archive.title != archive.name else ""
        print(printable(f"{archive.name}{title}: {told}"))
    if not listed:
        print("no archives under indexes/; `bayegan init NAME` makes one")


def print_begun(path: Path, name: str, as_json: bool) -> None:
    """Where the archive.toml of a new archive is, and what comes next."""
    if as_json:
        print_json({"file": str(path)})
        return
    print(f"{path} is made: edit it, then run `bayegan index --archive {name} PATH...`")


def _content(found: Holdings) -> Iterator[str]:
    from search.jalali import value_of

    total = sum(found.sizes.values())
    state = f"generation {found.generation}, {total / 1e6:,.1f} MB" if found.generation >= 0 else "nothing indexed yet"
    yield f"{found.title}: {found.articles:,} articles, {state}"
    if found.first_day and found.last_day:
        yield f"from {value_of(found.first_day, 'day')} to {value_of(found.last_day, 'day')}"
    if found.articles:
        for name in ("agencies", "sections", "years"):
            yield f"{name}: {_listed(getattr(found, name))}"


def _state(found: Holdings) -> Iterator[str]:
    if found.committed:
        dead = sum(segment.deleted for segment in found.segments)
        yield (
            f"committed {found.committed:%Y-%m-%d %H:%M} UTC: {len(found.segments)} segments, "
            f"{dead:,} deleted or replaced documents to be merged away"
        )
    if not found.current:
        yield "the index is of another format than this version writes"
    if found.sizes:
        yield "on disk: " + ", ".join(f"{kind} {size / 1e6:,.1f} MB" for kind, size in found.sizes.items())
    if found.writing:
        yield "a process is writing to it now"


def _reading(found: Holdings) -> Iterator[str]:
    yield f"sources: {found.sources:,} files, {found.vanished:,} of them gone"
    yield from (f"  gone: {path}" for path in found.vanished_first)
    if found.rejected:
        yield f"rejected: {found.rejected:,} inputs"
        yield from (f"  {count:,} × {reason}" for reason, count in found.rejections)
    if found.deleted:
        yield f"deleted for good: {found.deleted:,} articles (bayegan undelete lists them)"


def _run_line(run: Run) -> str:
    counts = {
        "indexed": run.indexed, "replaced": run.replaced, "unchanged": run.unchanged, "rejected": run.rejected,
        "deleted": run.deleted,
    }  # fmt: skip
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing to do"
    return f"{run.started:%Y-%m-%d %H:%M} UTC {run.verb}: {told} in {run.seconds:.1f} s"


def _listed(counts: Counts) -> str:
    told = ", ".join(f"{name} ({count:,})" for name, count in counts[:_VALUES])
    return (told or "none") + (f" and {len(counts) - _VALUES:,} more" if len(counts) > _VALUES else "")
