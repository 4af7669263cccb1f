"""Files of the page: their URLs carry a hash of their content, so that a browser keeps them for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, url_for

YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Gives the templates `asset(name)`."""
    assert app.static_folder is not None
    folder = Path(app.static_folder)
    versions = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in folder.iterdir()}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])
