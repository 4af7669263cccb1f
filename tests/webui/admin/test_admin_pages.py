"""The admin page without a script: sessions, forms that cannot be forged, and what it shows."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from search.archive import Archive
from search.keeping.deletion import delete, undelete
from tests.webui.admin.conftest import BEARER, HOSTILE, TOKEN, csrf
from webui.admin.administration import Administration, installed
from webui.admin.tasks import WAITING
from webui.security import HEADERS

FORMS = ["/admin/reindex", "/admin/logout", "/admin/tasks/1/cancel"]


def administration(client: FlaskClient) -> Administration:
    """Of the app of the client."""
    found = installed(client.application)
    assert found is not None
    return found


def sign_in(client: FlaskClient, **sent: dict[str, str]) -> TestResponse:
    """The answer to the token."""
    return client.post("/admin/login", data={"token": TOKEN}, **sent)


def wait_for_all(client: FlaskClient) -> None:
    """Until no task waits or runs."""
    runner = administration(client).runner
    for task in reversed(runner.tasks()):
        while task.state in WAITING:
            task = runner.wait(task.number, task.revision, 120)


def test_signing_in(client: FlaskClient) -> None:
    """A stranger is sent to the form; the token opens a session, which signing out ends for good."""
    sent = client.get("/admin/")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/admin/login")
    assert client.get("/admin").status_code == 308
    assert sign_in(client).headers["Location"] == "/admin/"
    cookie = client.get_cookie("bayegan_admin", path="/admin")
    assert cookie is not None
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout", data={"csrf": csrf(client)}).headers["Location"] == "/admin/login"
    assert client.get_cookie("bayegan_admin", path="/admin") is None
    client.set_cookie("bayegan_admin", cookie.value, path="/admin")
    assert client.get("/admin/").status_code == 303
    noted = [(one.action, one.outcome) for one in administration(client).audit.last(9)]
    assert noted == [("sign out", "done"), ("sign in", "done")]


def test_a_wrong_token(client: FlaskClient) -> None:
    """401 and the form again, without what was typed; after ten in a minute 429, and the right one still opens."""
    wrong = client.post("/admin/login", data={"token": "not this one"})
    assert wrong.status_code == 401
    assert "این رمز درست نیست" in wrong.text
    assert "not this one" not in wrong.text
    assert "Set-Cookie" not in wrong.headers
    statuses = [client.post("/admin/login", data={"token": "x"}).status_code for _ in range(10)]
    assert statuses == [401] * 9 + [429]
    assert sign_in(client).status_code == 303


@pytest.mark.parametrize(
    ("base", "sent", "secure"),
    [
        ("http://localhost", {}, False),
        ("https://localhost", {}, True),
        ("http://x", {"X-Forwarded-Proto": "https"}, True),
    ],
)
def test_the_cookie_is_kept_well(client: FlaskClient, base: str, sent: dict[str, str], secure: bool) -> None:
    """Out of reach of scripts, of other sites and of the rest of the page; only encrypted where the page is."""
    response = client.post("/admin/login", data={"token": TOKEN}, base_url=base, headers=sent)
    (morsel,) = SimpleCookie(response.headers["Set-Cookie"]).values()
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Strict", "/admin")
    assert morsel["max-age"] == "28800"
    assert bool(morsel["secure"]) == secure
    assert TOKEN not in response.headers["Set-Cookie"]


@pytest.mark.parametrize("url", FORMS)
def test_forms_that_are_forged(signed_in: FlaskClient, url: str) -> None:
    """Without the token of the session, with that of another, or sent from another site: refused, noted, not done."""
    good = csrf(signed_in)
    other = signed_in.application.test_client()
    sign_in(other)
    attempts = [
        ({}, {}),
        ({"csrf": csrf(other)}, {}),
        ({"csrf": good}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": good}, {"Sec-Fetch-Site": "same-site"}),
        ({"csrf": good}, {"Origin": "https://evil.example"}),
        ({"csrf": good}, {"Origin": "null"}),
    ]
    for data, headers in attempts:
        assert signed_in.post(url, data=data, headers=headers).status_code == 403
    assert administration(signed_in).runner.tasks() == []
    assert signed_in.get("/admin/").status_code == 200
    noted = [(one.action, one.outcome, one.detail) for one in administration(signed_in).audit.last(7)]
    assert noted[:4] == [("form", "refused", "sent from another site")] * 4
    assert noted[4:6] == [("form", "refused", "without the token of the session")] * 2


def test_a_session_is_needed(client: FlaskClient) -> None:
    """Forms lead to the form for the token, the stream of events is refused, and nothing is done."""
    for url in FORMS:
        assert client.post(url).headers["Location"] == "/admin/login"
    assert client.get("/admin/rejections").headers["Location"] == "/admin/login"
    assert client.get("/admin/tasks/1/events").status_code == 401
    assert administration(client).runner.tasks() == []


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_rebuilding(signed_in: FlaskClient, headers: dict[str, str]) -> None:
    """The button starts it, the page shows it running with its progress and a way to cancel, and what became of it."""
    data = {"csrf": csrf(signed_in), "from_store": "1"}
    assert signed_in.post("/admin/reindex", data=data, headers=headers).headers["Location"] == "/admin/"
    page = html.document_fromstring(signed_in.get("/admin/").text)
    assert page.cssselect(".task")[0].get("data-events") == "/admin/tasks/1/events"
    assert page.cssselect(".task progress")
    assert [form.get("action") for form in page.cssselect(".task form")] == ["/admin/tasks/1/cancel"]
    signed_in.post("/admin/tasks/1/cancel", data=data, headers=headers)
    wait_for_all(signed_in)
    page = html.document_fromstring(signed_in.get("/admin/").text)
    assert not page.cssselect(".task")
    assert page.cssselect(".state")[0].text == "لغو شد"


def test_events_for_the_script(signed_in: FlaskClient) -> None:
    """With its session the script of the page gets the stream that programs get with the token."""
    data = {"csrf": csrf(signed_in)}
    for url in ("/admin/reindex", "/admin/tasks/1/cancel"):
        signed_in.post(url, data=data)
    with signed_in.get("/admin/tasks/1/events") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert re.findall(r"^event: (\w+)$", response.text, re.MULTILINE)[-1] == "canceled"


def test_what_the_page_tells(signed_in: FlaskClient) -> None:
    """The state, the last runs, and what administrators did."""
    page = html.document_fromstring(signed_in.get("/admin/").text)
    text = " ".join(" ".join(page.itertext()).split())
    for part in ("خبرها ۲۰", "نسل پاسخ‌گو ۱", "ورودی‌های ردشده ۴", "هیچ برنامه‌ای نمی‌نویسد", "افزودن", "ورود"):
        assert part in text


def test_a_damaged_archive_is_told_of(signed_in: FlaskClient, directory: Path) -> None:
    """A journal that cannot be read is named, and everything else is still there."""
    for path in directory.glob("journal.sqlite*"):
        path.write_bytes(b"no database" * 1000)
    page = html.document_fromstring(signed_in.get("/admin/").text)
    assert "journal.sqlite" in page.cssselect("[role=alert]")[0].text_content()
    assert "خبرها ۲۰" in " ".join(" ".join(page.itertext()).split())
    assert page.cssselect("form.start")


def test_rejections_are_shown_as_text(signed_in: FlaskClient) -> None:
    """Each with its place and reason; a name of a file that is markup stays text; a filter narrows them."""
    page = html.document_fromstring(signed_in.get("/admin/rejections").text)
    sources = [code.text_content() for code in page.cssselect(".rejections code")]
    assert len(sources) == 4
    assert any(source.endswith(HOSTILE) for source in sources)
    assert not page.cssselect("[onmouseover]")
    page = html.document_fromstring(signed_in.get("/admin/rejections?q=<nothing>").text)
    assert "<nothing>" in page.cssselect("h1")[0].text_content()
    assert not page.cssselect(".rejections li")
    pages = html.document_fromstring(signed_in.get("/admin/rejections?size=1&page=2").text)
    assert len(pages.cssselect(".rejections li")) == 1
    assert pages.cssselect(".rejections")[0].get("start") == "2"
    assert signed_in.get("/admin/rejections?page=0").status_code == 400


@pytest.mark.parametrize("url", ["/admin/", "/admin/rejections", "/admin/login", "/admin/nowhere"])
def test_pages_hold_nothing_inline(signed_in: FlaskClient, url: str) -> None:
    """The policy of the other pages holds here, too: every script is a file of ours, and nothing is kept."""
    response = signed_in.get(url)
    page = html.document_fromstring(response.text)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["Cache-Control"] == "no-store"
    assert all(script.get("src", "").startswith("/static/") for script in page.cssselect("script"))
    assert not page.cssselect("style, [style], [onclick]")
    assert TOKEN not in response.text


def test_strangers_do_not_fill_the_log(client: FlaskClient) -> None:
    """What is sent from another site without a session is refused, and not noted."""
    for url in (*FORMS, "/admin/login"):
        assert client.post(url, data={"token": TOKEN}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert administration(client).audit.last(9) == []


def test_an_etag_opens_nothing(app: Flask, client: FlaskClient) -> None:
    """What is fresh of the archive is no answer here: a stranger with the ETag of a page is sent to the form."""
    tag = client.get("/").headers["ETag"]
    assert client.get("/admin/", headers={"If-None-Match": tag}).status_code == 303


def test_deletions_are_runs_like_others(directory: Path, signed_in: FlaskClient) -> None:
    """What was deleted, and let in again, is told on the page and by the API, with how many articles it was."""
    archive = Archive(directory)
    delete(archive, ["برنا/3", "برنا/4"])
    undelete(archive, ["برنا/3"])
    runs = signed_in.get("/api/v1/admin/runs", headers=BEARER).get_json()["runs"]
    assert [(run["verb"], run["deleted"]) for run in runs] == [("undelete", 1), ("delete", 2), ("index", 0)]
    page = signed_in.get("/admin/").get_data(as_text=True)
    assert re.findall("<td>(افزودن|حذف|لغو حذف)</td>", page) == ["لغو حذف", "حذف", "افزودن"]
    assert page.count('<th scope="col">حذف‌شده</th>') == 1
