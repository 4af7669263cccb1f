"""The web page, the JSON API and the feeds over `search`: a small Flask app.

`create_app` imports what it needs when it is called, so that listing the commands of this package costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The WSGI app that serves one archive.

    Args:
        config: settings of Flask, and `ARCHIVE`: an `Archive`, or the name or folder of one; where it is absent,
            the archive that the settings name.

    Raises:
        InvalidSettings: `archive.toml` or a setting cannot be used.
        ServerError: the archive is to be administered, and another server does.
    """
    from flask import Flask
    from jinja2 import StrictUndefined

    from search.archive import Archive
    from webui import api, assets, caching, errors, feeds, openapi, pages, present, security
    from webui.admin import administration
    from webui.admin import api as admin_api
    from webui.admin import pages as admin_pages
    from webui.generations import Generations

    app = Flask(__name__)
    app.config.from_mapping(config or {})
    app.jinja_env.undefined = StrictUndefined
    place = app.config.get("ARCHIVE", "")
    archive = place if isinstance(place, Archive) else Archive(place)
    app.extensions["bayegan"] = archive
    app.extensions["bayegan-generations"] = Generations(archive, app.logger)
    for part in (present, assets, security, caching, errors):
        part.install(app)
    for part in (pages, api, openapi, feeds):
        app.register_blueprint(part.blueprint)
    if administration.install(app, archive):
        for administered in (admin_api, admin_pages):
            app.register_blueprint(administered.blueprint)
    return app
