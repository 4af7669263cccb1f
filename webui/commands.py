"""The commands `bayegan serve` and `bayegan demo`."""

from __future__ import annotations

import contextlib
import errno
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from search.commands.options import archive_option
from search.errors import ServerError

if TYPE_CHECKING:
    from flask import Flask

    from search.archive import Archive
    from webui.admin.administration import Administration

# A request is a URL, or a small form.
LARGEST_BODY = 64 * 1024


def address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--host` and `--port`, the same on both commands."""
    host = click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
    port = click.option("--port", metavar="N", help="Port to listen on; 0 takes a free one.  [default: 8000]")
    return host(port(command))


@click.command()
@archive_option
@address_options
def serve(place: str, host: str | None, port: str | None) -> None:
    """Serve the web page and the API."""
    from search.archive import Archive

    run(Archive(place, flags={"host": host, "port": port}))


@click.command()
@address_options
def demo(host: str | None, port: str | None) -> None:
    """Build the sample archive that ships with Bayegan, and serve it."""
    from search.archive import Archive

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bayegan-demo-")))
        sample = stack.enter_context(resources.as_file(resources.files("search") / "sample"))
        shutil.copy(sample / "archive.toml", folder)
        archive = Archive(folder, flags={"host": host, "port": port})
        click.echo("building the sample archive ...")
        done = archive.index([sample / "news.jsonl", sample / "pages"])
        click.echo(f"{done.indexed} articles indexed")
        run(archive)


def run(archive: Archive) -> None:
    """Serves an archive until it is interrupted or terminated; a task that runs is ended with the server.

    Raises:
        ArchiveError: there is nothing to serve.
        InvalidSettings: the admin token cannot be used.
        ServerError: the address cannot be listened on, or another server administers the archive.
    """
    from webui import create_app, current
    from webui.admin.administration import installed

    app = create_app({"ARCHIVE": archive})
    admin = installed(app)
    with contextlib.closing(admin) if admin else contextlib.nullcontext():
        current.generations(app).searcher().warm()
        with listen(archive.settings.host, archive.settings.port) as listener:
            _serve(app, listener, archive, admin)


def _serve(app: Flask, listener: socket.socket, archive: Archive, admin: Administration | None) -> None:
    from waitress import create_server

    from webui.admin.events import LISTENERS

    def stop(*_: object) -> None:
        if admin is not None:
            admin.hang_up()
        raise KeyboardInterrupt

    server = create_server(
        app,
        sockets=[listener],
        # Each stream of events holds a thread: those that answer searches are beside them.
        threads=archive.settings.threads + (LISTENERS if admin else 0),
        # A client that goes away is noticed while its request is answered, so that its stream ends.
        channel_request_lookahead=1,
        max_request_body_size=LARGEST_BODY,
        ident=None,
    )
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    click.echo(f"serving {archive.directory} at {_address(listener)} (stop with Ctrl+C)")
    sys.stdout.flush()
    server.run()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.

    Raises:
        ServerError: the port is in use or not ours, or there is no such address.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ServerError(_advice(host, port, error)) from error


def _advice(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; choose another with --port, or --port 0 for a free one"
    if error.errno == errno.EACCES:
        return f"port {port} needs the rights of an administrator; choose one above 1023 with --port"
    return f"cannot listen on {host}: {error.strerror}; name an address of this machine with --host"


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
