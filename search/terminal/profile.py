"""Page profiles: which there are, and what they take from a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from search.errors import RejectedInput
from search.terminal.output import console, print_json, printable

if TYPE_CHECKING:
    from rich.console import Console

    from search.sources import Profile
    from search.sources.html import Page
    from search.sources.page_profile import PageProfile
    from search.sources.page_trace import Traced

_SHIPPED = "ships with Bayegan"


def print_page(page: Page, profile: Profile, source: str, as_json: bool) -> bool:
    """What was taken from a page, field by field, and from where.

    Returns:
        Whether the page would be rejected.
    """
    from search.sources.page_trace import trace

    rejection, article = "", None
    try:
        article = page.draft.finish(profile, source)
    except RejectedInput as rejected:
        rejection = rejected.reason
    values = {traced.field: (traced, getattr(article or page.draft, traced.field)) for traced in trace(page)}
    notes = [f"rejected: {rejection}"] if rejection else list(page.draft.notes)
    if as_json:
        print_json({"file": source, "profile": _chosen(page), "fields": _records(values.values()), "notes": notes})
    else:
        out = console()
        out.print(_told_choice(page), style="bold", markup=False)
        for traced, value in values.values():
            _print_field(out, traced, value)
        for note in notes:
            out.print(printable(f"note: {note}"), style="yellow", markup=False)
    return bool(rejection)


def print_profiles(profiles: Iterable[PageProfile], as_json: bool) -> None:
    """Each profile with its agency, its hosts, and where it is from."""
    if as_json:
        print_json(
            [
                {"name": known.name, "agency": known.agency, "hosts": known.hosts, "file": known.file or None}
                for known in profiles
            ]
        )
        return
    for known in profiles:
        print(f"{known.name:16} {known.agency or '-':16} {' '.join(known.hosts) or '-'}  ({known.file or _SHIPPED})")


def _chosen(page: Page) -> dict[str, str | None] | None:
    if page.choice is None:
        return None
    chosen, reason = page.choice
    return {"name": chosen.name, "file": chosen.file or None, "chosen_by": reason}


def _told_choice(page: Page) -> str:
    if page.choice is None:
        return "no profile is of this page's site: the general reader read it"
    chosen, reason = page.choice
    return printable(f"profile {chosen.name} ({chosen.file or _SHIPPED}), chosen by {reason}")


def _records(values: Iterable[tuple[Traced, Any]]) -> dict[str, dict[str, Any]]:
    return {
        traced.field: {
            "value": _plain(value),
            "from": traced.witness or None,
            "rule": traced.rule or None,
            "missed": traced.missed,
            "elements": traced.elements,
        }
        for traced, value in values
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value or None


def _print_field(out: Console, traced: Traced, value: Any) -> None:
    paragraphs = value if traced.field == "body" else [_line(value)]
    for name, text in zip([traced.field, *[""] * len(paragraphs)], paragraphs or ["-"], strict=False):
        out.print(f"{name:10} {printable(text)}", markup=False)
    for line in _origin(traced):
        out.print(f"{'':10}   {printable(line)}", style="dim", markup=False)


def _line(value: Any) -> str:
    if isinstance(value, date):
        from search.jalali import format_moment

        return f"{format_moment(value)} ({value.isoformat()})"
    return ("، ".join(value) if isinstance(value, tuple) else value) or "-"


def _origin(traced: Traced) -> list[str]:
    told = [f"fields.{traced.field}: {select} found nothing" for select in traced.missed]
    if traced.rule:
        told.append(f"fields.{traced.field}: {traced.rule}")
    elif traced.witness:
        told.append(f"from the {traced.witness}")
    return told + [f"in {path}" for path in traced.elements]
