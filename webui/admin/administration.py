"""Administration of one archive: the parts that its API and its pages share."""

from __future__ import annotations

from collections.abc import Callable
from logging import Logger
from typing import cast

from flask import Flask, Response, current_app, request

from search.archive import Archive
from search.engine.lock import WriteLock
from search.errors import ArchiveLocked, ServerError, StorageFailure
from webui import current
from webui.admin.access import Attempts, Sessions, Token
from webui.admin.audit import Action, AuditLog, Outcome
from webui.admin.events import Listeners
from webui.admin.runner import Runner
from webui.admin.tasks import TaskStore

_NAME = "bayegan-admin"


class Administration:
    """The token, the sessions, the tasks and the audit log of an archive; one server at a time administers it.

    Args:
        archive: to be administered.
        token: that opens it.
        ready: makes the newest generation answer searches, and returns when it does.
        logger: told what cannot be written down.

    Raises:
        StorageFailure: nothing can be kept beside the archive.
        ServerError: another server administers it.
    """

    def __init__(self, archive: Archive, token: Token, ready: Callable[[], object], logger: Logger) -> None:
        folder = archive.admin_directory
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailure(f"cannot make {folder}: {error.strerror}") from error
        store = TaskStore(folder / "tasks.sqlite")
        try:
            self._lock = WriteLock(folder)
        except ArchiveLocked as error:
            store.close()
            message = f"another server administers {archive.directory}; start this one without the admin token"
            raise ServerError(message) from error
        self.token = token
        self.attempts = Attempts()
        self.sessions = Sessions()
        self.listeners = Listeners()
        self.audit = AuditLog(folder / "audit.log")
        self.runner = Runner(archive.directory, store, self.audit, ready, logger)

    def note(self, action: Action, outcome: Outcome, *, task: int = 0, detail: str = "") -> None:
        """Writes to the audit log what the client of this request did (StorageFailure)."""
        self.audit.note(request.remote_addr or "", action, outcome, task=task, detail=detail)

    def refuse(self, action: Action) -> float:
        """Notes a wrong token; the seconds to wait if there were too many, which are not noted."""
        wait = self.attempts.wait()
        if not wait:
            self.note(action, "refused", detail="wrong token")
        return wait

    def hang_up(self) -> None:
        """Lets the streams of events end, since the server is about to; safe in a signal handler."""
        self.runner.closing = True

    def close(self) -> None:
        """Ends what runs; the archive may be administered by another server then."""
        self.runner.close()
        self._lock.release()


def install(app: Flask, archive: Archive) -> bool:
    """Makes the archive administrable, where a token is set and the disk can be written; whether it is.

    Raises:
        InvalidSettings: the token cannot be used.
        ServerError: another server administers the archive.
    """
    token = Token.of(archive.settings)
    if token is None:
        return False
    try:
        app.extensions[_NAME] = Administration(archive, token, current.generations(app).refresh, app.logger)
    except StorageFailure as failure:
        app.logger.warning("the archive is served, and cannot be administered: %s", failure)
        return False
    return True


def administration() -> Administration:
    """The administration of the app that answers this request."""
    return cast(Administration, current_app.extensions[_NAME])


def installed(app: Flask) -> Administration | None:
    """The administration of an app; None where it has none."""
    return cast(Administration | None, app.extensions.get(_NAME))


def uncached(response: Response) -> Response:
    """The response, marked so that nobody keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
