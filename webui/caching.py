"""An answer stays true until the archive changes: ETags name the generation, and a 304 costs no search."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request

from webui import current

# Blueprints whose answers depend on nothing but the address and the generation.
ANSWERED = ("pages", "api", "feeds")


def install(app: Flask) -> None:
    """Answers a GET that is still fresh with 304 before anything is searched, and marks the answers that can be.

    The tag is weak, since the time taken differs. It changes with the generation, and with each start of the
    server, because the archive or the program may be another one then.
    """
    start = secrets.token_hex(4)

    @app.before_request
    def answer_if_fresh() -> Response | None:
        if request.blueprint not in ANSWERED or not request.if_none_match:
            return None
        fresh = request.if_none_match.contains_weak(f"{start}-{current.searcher().generation}")
        return Response(status=304) if fresh else None

    @app.after_request
    def stamp(response: Response) -> Response:
        generation = current.generation()
        if generation is not None and request.blueprint in ANSWERED and response.status_code in (200, 304):
            response.set_etag(f"{start}-{generation}", weak=True)
            response.headers["Cache-Control"] = "no-cache"
        elif response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response
