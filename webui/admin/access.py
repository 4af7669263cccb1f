"""Who may administer: a token for programs, sessions begun with it for the page, and a limit on wrong attempts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from itsdangerous import BadSignature, TimestampSigner

from search.errors import InvalidSettings
from search.settings import Settings

SHORTEST_TOKEN = 24
LONGEST_TOKEN = 512
FEWEST_CHARACTERS = 10  # different ones: "aaaa..." is as long as anything else
SESSION_SECONDS = 8 * 3600
MOST_SESSIONS = 32
ATTEMPTS = 10  # wrong ones that are told apart ...
WINDOW_SECONDS = 60.0  # ... in so many seconds

_MAKE_ONE = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


class Token:
    """The admin token, of which only the hash is kept.

    Args:
        text: the token.

    Raises:
        InvalidSettings: it is too short, too plain, or cannot stand in an HTTP header; the message does not have it.
    """

    def __init__(self, text: str) -> None:
        if not SHORTEST_TOKEN <= len(text) <= LONGEST_TOKEN:
            raise InvalidSettings(
                f"admin_token must have {SHORTEST_TOKEN} to {LONGEST_TOKEN} characters, not {len(text)}; {_MAKE_ONE}"
            )
        if not all("!" <= character <= "~" for character in text):
            raise InvalidSettings(
                f"admin_token must be of ASCII letters, digits and signs, without blanks; {_MAKE_ONE}"
            )
        if len(set(text)) < FEWEST_CHARACTERS:
            raise InvalidSettings(f"admin_token must have {FEWEST_CHARACTERS} different characters; {_MAKE_ONE}")
        self._hash = _hash(text)

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The token that the settings give; None where they give none.

        Raises:
            InvalidSettings: it cannot be used, its file cannot be read, or there are two.
        """
        if settings.admin_token and settings.admin_token_file:
            raise InvalidSettings("admin_token and admin_token_file are both set; set one of them")
        if settings.admin_token_file:
            return cls(_read(Path(settings.admin_token_file).expanduser()))
        return cls(settings.admin_token) if settings.admin_token else None

    def matches(self, given: str) -> bool:
        """Whether that is the token; takes the same time whatever is wrong with it."""
        return hmac.compare_digest(_hash(given), self._hash)


class Attempts:
    """Counts wrong tokens, so that whoever tries many costs little: only the first of a minute are written down.

    The right token is always let in: nobody can lock the administrator out by being wrong often. Against guessing
    stands the length of the token, not this.
    """

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=ATTEMPTS)

    def wait(self) -> float:
        """Notes a wrong attempt; the seconds after which the next will be told apart, 0 where this one still is."""
        now = time.monotonic()
        if len(self._times) == ATTEMPTS and (left := self._times[0] + WINDOW_SECONDS - now) > 0:
            return left
        self._times.append(now)
        return 0.0


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has shown the token; `csrf` goes with every form of theirs."""

    name: str
    csrf: str


class Sessions:
    """The sessions that are open, known by signed cookies.

    The key is made at the start of the server: a restart ends all sessions, and so does their age.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._signer = TimestampSigner(self._key, salt="bayegan admin session", digest_method=hashlib.sha256)
        self._open: OrderedDict[str, None] = OrderedDict()

    def begin(self) -> str:
        """Opens a session, and gives the value of its cookie; where too many are open, the oldest ends."""
        name = secrets.token_urlsafe(24)
        self._open[name] = None
        if len(self._open) > MOST_SESSIONS:
            self._open.popitem(last=False)
        return self._signer.sign(name).decode()

    def find(self, cookie: str) -> Session | None:
        """The open session of a cookie; None where it was forged, has ended, or is too old."""
        try:
            name = self._signer.unsign(cookie, max_age=SESSION_SECONDS).decode()
        except BadSignature:
            return None
        return Session(name, self._csrf(name)) if name in self._open else None

    def end(self, session: Session) -> None:
        """Ends a session: its cookie is worth nothing from now on."""
        self._open.pop(session.name, None)

    def _csrf(self, name: str) -> str:
        return hmac.new(self._key, b"csrf " + name.encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two texts are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(_hash(given), _hash(expected))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InvalidSettings(f"cannot read admin_token_file {path}: {reason}") from error
