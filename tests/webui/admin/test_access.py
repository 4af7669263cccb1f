"""The token, wrong attempts, and sessions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner

from search.errors import InvalidSettings
from search.settings import Settings
from tests.webui.admin.conftest import TOKEN
from webui.admin import access
from webui.admin.access import Attempts, Sessions, Token


def test_the_token_and_nothing_else_matches() -> None:
    """Only the very token; whatever else a client may send is wrong, and no error."""
    token = Token(TOKEN)
    assert token.matches(TOKEN)
    for wrong in ("", TOKEN[:-1], TOKEN + " ", TOKEN.upper(), "رمز", "\udcff", "x" * 100_000):
        assert not token.matches(wrong)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hunter2", "24 to 512 characters, not 7"),
        ("s3cret-" * 100, "24 to 512 characters, not 700"),
        ("ab" * 20, "10 different characters"),
        ("correct horse battery staple", "without blanks"),
        ("رمز بسیار درازِ مدیریت بایگانی", "ASCII"),
    ],
)
def test_tokens_that_are_refused(text: str, told: str) -> None:
    """The reason and a way to make a better one are told; the token is not."""
    with pytest.raises(InvalidSettings, match=told) as raised:
        Token(text)
    assert text not in str(raised.value)
    assert "token_urlsafe" in str(raised.value)


def test_where_the_token_comes_from(tmp_path: Path) -> None:
    """From the environment or from a file whose last line break is not of it; not from both, nor from archive.toml."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    by_file = Token.of(Settings.resolve(environment={"BAYEGAN_ADMIN_TOKEN_FILE": str(file)}))
    by_environment = Token.of(Settings.resolve(environment={"BAYEGAN_ADMIN_TOKEN": TOKEN}))
    assert by_file is not None
    assert by_environment is not None
    assert by_file.matches(TOKEN)
    assert by_environment.matches(TOKEN)
    assert Token.of(Settings()) is None
    both = Settings.resolve({"admin_token": TOKEN, "admin_token_file": str(file)}, environment={})
    with pytest.raises(InvalidSettings, match="both set"):
        Token.of(both)
    with pytest.raises(InvalidSettings, match=r"cannot stand in archive\.toml") as raised:
        Settings.resolve({}, {"admin_token": TOKEN}, {})
    assert TOKEN not in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Its name and the reason are told."""
    with pytest.raises(InvalidSettings, match=r"cannot read admin_token_file .*absent: No such file"):
        Token.of(Settings(admin_token_file=str(tmp_path / "absent")))


def test_settings_do_not_show_the_token() -> None:
    """Whatever prints the settings prints it not."""
    assert TOKEN not in repr(Settings(admin_token=TOKEN))


def test_wrong_attempts_are_told_apart_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten a minute; those beyond are told how long, and do not make it longer."""
    now = 1000.0
    monkeypatch.setattr(access.time, "monotonic", lambda: now)
    attempts = Attempts()
    assert [attempts.wait() for _ in range(10)] == [0.0] * 10
    assert attempts.wait() == 60.0
    now += 45
    assert attempts.wait() == 15.0
    now += 16
    assert attempts.wait() == 0.0


def test_a_session_lasts_until_it_is_ended() -> None:
    """Its cookie finds it, with the same token against forgery each time; after its end, no more."""
    sessions = Sessions()
    cookie = sessions.begin()
    session = sessions.find(cookie)
    assert session is not None
    assert sessions.find(cookie) == session
    assert len(session.csrf) == 64
    other = sessions.find(sessions.begin())
    assert other is not None
    assert other.csrf != session.csrf
    sessions.end(session)
    assert sessions.find(cookie) is None


def test_cookies_that_are_not_ours() -> None:
    """A forged one, one of another start of the server, and none at all open nothing."""
    sessions = Sessions()
    cookie = sessions.begin()
    for wrong in ("", "x", cookie[:-1], "x" + cookie, "é", Sessions().begin()):
        assert sessions.find(wrong) is None


def test_sessions_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """After eight hours the cookie is worth nothing."""
    sessions = Sessions()
    cookie = sessions.begin()
    for hours, open_ in ((7.9, True), (8.1, False)):
        later = int(time.time() + hours * 3600)
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, later=later: later)
        assert (sessions.find(cookie) is not None) == open_


def test_the_oldest_of_too_many_sessions_ends() -> None:
    """The number of open sessions has a limit."""
    sessions = Sessions()
    cookies = [sessions.begin() for _ in range(access.MOST_SESSIONS + 1)]
    assert sessions.find(cookies[0]) is None
    assert all(sessions.find(cookie) for cookie in cookies[1:])
