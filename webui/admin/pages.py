"""The admin page: sign in with the token, see how the archive is, start a rebuilding and watch it.

Everything works without a script, by loading the page again; a script adds progress while one looks. Every form has
the token of its session against forgery, but for signing in, which nobody can forge who does not have the admin token.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from webui import current, present
from webui.admin import api, overview
from webui.admin.access import SESSION_SECONDS, Session, same
from webui.admin.administration import administration, uncached
from webui.admin.records import task_record
from webui.admin.tasks import WAITING
from webui.navigation import PageLink, window

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
blueprint.after_request(uncached)

COOKIE = "bayegan_admin"
TASKS = 10
ACTIONS = 20

_KINDS = {"reindex": "بازسازی نمایه"}
_OPTIONS = {"from-store": "از متن‌های ذخیره‌شده"}
_STATES = {
    "enqueued": "در صف",
    "processing": "در حال انجام",
    "succeeded": "انجام شد",
    "failed": "ناکام ماند",
    "canceled": "لغو شد",
}
_PHASES = {
    "comparing": "سنجیدن فایل‌ها",
    "learning": "آموختن املاها",
    "indexing": "خواندن و نمایه‌سازی",
    "finishing": "ثبت",
}
_VERBS = {"index": "افزودن", "reindex": "بازسازی", "delete": "حذف", "undelete": "لغو حذف"}
_ACTIONS = {
    "authenticate": "درخواست یک برنامه",
    "sign in": "ورود",
    "sign out": "خروج",
    "reindex": "بازسازی نمایه",
    "cancel": "لغو",
    "form": "ارسال فرم",
}
_OUTCOMES = {**_STATES, "done": "انجام شد", "refused": "رد شد", "asked for": "درخواست شد"}
_DETAILS = {
    "wrong token": "رمز نادرست",
    "sent from another site": "از جای دیگری فرستاده شده بود",
    "without the token of the session": "نشان نشست را نداشت",
    **_OPTIONS,
}


@blueprint.app_template_filter("when")
def when(moment: str | datetime) -> Markup:
    """A <time> of a moment (as text, in ISO 8601), in Tehran."""
    return present.moment(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


@blueprint.before_request
def guard() -> AnyResponse | None:
    """Sends who has no session to the form for one, and refuses forms that are not ours.

    Raises:
        Forbidden: a form from elsewhere, or without the token of the session.
        Unauthorized: a session is needed where there is no page to show.
    """
    session = administration().sessions.find(request.cookies.get(COOKIE, ""))
    if request.method == "POST" and not _is_ours():
        raise _refused(session, "sent from another site")
    if request.endpoint in ("admin.login", "admin.sign_in"):
        return None
    if session is None:
        if request.endpoint == "admin.events":
            raise Unauthorized("sign in first")
        return redirect(url_for("admin.login"), 303)
    if request.method == "POST" and not same(request.form.get("csrf", ""), session.csrf):
        raise _refused(session, "without the token of the session")
    g.admin_session = session
    return None


@blueprint.get("/")
def home() -> str:
    """How the archive is, and what was done."""
    admin = administration()
    tasks = [task_record(task) for task in admin.runner.tasks()]
    return render_template(
        "admin/home.html",
        status=overview.status(current.archive(), current.searcher, admin.runner),
        next=next((task for task in reversed(tasks) if task.state in WAITING), None),
        tasks=tasks[:TASKS],
        actions=admin.audit.last(ACTIONS),
        kinds=_KINDS,
        options=_OPTIONS,
        states=_STATES,
        phases=_PHASES,
        verbs=_VERBS,
        names=_ACTIONS,
        outcomes=_OUTCOMES,
        details=_DETAILS,
        csrf=_session().csrf,
    )


@blueprint.get("/rejections")
def rejections() -> str:
    """What was rejected, and why."""
    found = api.rejection_page()
    reason = request.args.get("q", "").strip()
    links = [
        PageLink(page, url_for("admin.rejections", q=reason or None, page=page) if page else "", page == found.page)
        for page in window(found.page, found.pages)
    ]
    return render_template("admin/rejections.html", found=found, reason=reason, page_links=links, csrf=_session().csrf)


@blueprint.get("/login")
def login() -> str:
    """The form for the token."""
    return render_template("admin/login.html", wrong=False)


@blueprint.post("/login")
def sign_in() -> AnyResponse:
    """Begins a session for who has the token.

    Raises:
        TooManyRequests: too many wrong ones.
    """
    admin = administration()
    if not admin.token.matches(request.form.get("token", "").strip()):
        if wait := admin.refuse("sign in"):
            raise TooManyRequests("too many wrong tokens", retry_after=int(wait) + 1)
        return make_response(render_template("admin/login.html", wrong=True), 401)
    admin.note("sign in", "done")
    return _with_cookie(redirect(url_for("admin.home"), 303), admin.sessions.begin(), SESSION_SECONDS)


@blueprint.post("/logout")
def logout() -> AnyResponse:
    """Ends the session."""
    administration().sessions.end(_session())
    administration().note("sign out", "done")
    return _with_cookie(redirect(url_for("admin.login"), 303), "", 0)


@blueprint.post("/reindex")
def reindex() -> AnyResponse:
    """Starts a rebuilding."""
    api.start_reindex(request.form.get("from_store") == "1")
    return redirect(url_for("admin.home"), 303)


@blueprint.post("/tasks/<number>/cancel")
def cancel(number: str) -> AnyResponse:
    """Cancels a task."""
    api.cancel_task(api.task_number(number))
    return redirect(url_for("admin.home"), 303)


@blueprint.get("/tasks/<number>/events")
def events(number: str) -> Response:
    """How a task goes on, for the script of the page, which can send a cookie and no token."""
    return administration().listeners.listen(administration().runner, api.task_number(number))


def _refused(session: Session | None, why: str) -> Forbidden:
    """The answer to a form that is not ours; noted where it could have done something."""
    if session is not None:
        administration().note("form", "refused", detail=why)
    return Forbidden(f"this form was refused: {why}; load the page again")


def _session() -> Session:
    return cast(Session, g.admin_session)


def _is_ours() -> bool:
    """Whether the browser says that a form comes from our own page; an old one that says nothing has the token only."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _with_cookie(response: AnyResponse, value: str, seconds: int) -> AnyResponse:
    """The response with our cookie: kept from scripts, from other sites, and from plain HTTP where HTTPS is used."""
    encrypted = request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
    path = url_for("admin.home").rstrip("/")
    response.set_cookie(COOKIE, value, max_age=seconds, path=path, httponly=True, samesite="Strict", secure=encrypted)
    return response
