"""The archive that the app serves, and the searcher that this request asks: one generation from begin to end."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g

from search.archive import Archive
from search.searcher import Searcher
from webui.generations import Generations


def archive() -> Archive:
    """The archive of the app."""
    return cast(Archive, current_app.extensions["bayegan"])


def generations(app: Flask) -> Generations:
    """The generations of the archive, as an app swaps them."""
    return cast(Generations, app.extensions["bayegan-generations"])


def searcher() -> Searcher:
    """The searcher over the newest generation that was ready when the request first asked (ArchiveError)."""
    if "searcher" not in g:
        g.searcher = generations(current_app).searcher()
    return cast(Searcher, g.searcher)


def generation() -> int | None:
    """The generation that answered this request; None where the archive was not asked."""
    return cast(Searcher, g.searcher).generation if "searcher" in g else None
