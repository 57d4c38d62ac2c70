"""Who may come in: a token, a password, or the cookie of somebody who logged in.

Secrets are compared in constant time; sessions are remembered by a hash of their cookie; whoever
guesses wrong has to wait.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from collections import deque
from typing import TYPE_CHECKING

from velatura.server.problems import Answer, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.server.config import ServerConfig

COOKIE = "velatura_session"
SESSION_S = 14 * 24 * 3600.0
"""How long a login holds."""

WINDOW_S = 60.0
"""Over which failed logins are counted."""

MOST_SESSIONS = 1000
MOST_ADDRESSES = 10_000

_WRONG = Answer(401, "Login needed", "Send the token as a bearer token, or log in.")
_TOO_MANY = Answer(429, "Too many failed logins", "Wait, then try again.")
CHALLENGE = {"WWW-Authenticate": 'Basic realm="velatura", charset="UTF-8"'}


class Door:
    """Lets people in, or not.

    Args:
        config: Token, password, how often one may fail.
        clock: Seconds from any moment on.
    """

    def __init__(self, config: ServerConfig, clock: Callable[[], float]) -> None:
        self._token = config.token
        self._password = config.password
        self._most_failures = config.bounds.logins_a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, float] = {}
        self._failures: dict[str, deque[float]] = {}

    @property
    def is_open(self) -> bool:
        """Whether nobody has to say who they are."""
        return not (self._token or self._password)

    def check(self, authorization: str, cookie: str, address: str) -> None:
        """Refuse whoever may not come in.

        Args:
            authorization: The header of that name, or empty.
            cookie: The session's cookie, or empty.
            address: Where the request comes from.

        Raises:
            Refusal: 401, or 429 after too many failures.
        """
        if self.is_open or (cookie and self._is_session(cookie)):
            return
        if not authorization:
            raise Refusal("this server wants a login", _WRONG, headers=CHALLENGE)
        self.check_secret(_secret_of(authorization), address)

    def check_secret(self, secret: str, address: str) -> None:
        """Refuse a secret that is neither the token nor the password.

        Failures of others at the same address keep nobody out who has the token, which is too long
        to be guessed.

        Raises:
            Refusal: 401, or 429 after too many failures.
        """
        if _same(secret, self._token):
            return
        self._check_patience(address)
        if not _same(secret, self._password):
            self._note_failure(address)
            raise Refusal("this is neither the token nor the password", _WRONG, headers=CHALLENGE)

    def log_in(self, secret: str, address: str) -> str:
        """The cookie of a new session.

        Raises:
            Refusal: the secret is wrong, or it was guessed too often.
        """
        self.check_secret(secret, address)
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            living = {key: end for key, end in self._sessions.items() if end > now}
            while len(living) >= MOST_SESSIONS:
                living.pop(next(iter(living)))
            self._sessions = living | {_digest(cookie): now + SESSION_S}
        return cookie

    def log_out(self, cookie: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_digest(cookie), None)

    def _is_session(self, cookie: str) -> bool:
        with self._lock:
            return self._sessions.get(_digest(cookie), 0.0) > self._clock()

    def _check_patience(self, address: str) -> None:
        with self._lock:
            failures = self._failures.get(address)
            if failures is None:
                return
            while failures and failures[0] <= self._clock() - WINDOW_S:
                failures.popleft()
            if len(failures) < self._most_failures:
                return
            wait_s = int(failures[0] + WINDOW_S - self._clock()) + 1
        raise Refusal(
            f"{self._most_failures} failed logins within a minute; wait {wait_s} seconds",
            _TOO_MANY,
            headers={"Retry-After": str(wait_s)},
        )

    def _note_failure(self, address: str) -> None:
        with self._lock:
            if len(self._failures) >= MOST_ADDRESSES:
                self._failures.pop(next(iter(self._failures)))
            self._failures.setdefault(address, deque()).append(self._clock())


def _secret_of(authorization: str) -> str:
    """The secret in an Authorization header: a bearer token, or the password of HTTP Basic."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return ""


def _same(secret: str, known: str) -> bool:
    """Whether a secret is that one; nothing is the same as none."""
    return bool(known) and hmac.compare_digest(secret.encode(), known.encode())


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
