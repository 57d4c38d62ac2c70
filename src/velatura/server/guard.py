"""What every request passes before any route sees it, and what every answer carries.

- **Host**: an address, ``localhost``, or a name that was configured; so a name that an attacker
  points at this machine (DNS rebinding) is refused.
- **Origin**: where a browser tells one, it is ours; so no other page can use a visitor's browser.
- **Login**: everywhere but at the few places named here.
- **Body**: JSON, or what a route is known to take; a form cannot be sent from elsewhere. Bounded,
  and not compressed.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
import time
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from velatura.errors import VelaturaError
from velatura.server.door import COOKIE
from velatura.server.openai.failures import failed, is_theirs
from velatura.server.problems import Answer, Refusal, problem

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Message, Receive, Scope, Send

    from velatura.server.config import ServerConfig
    from velatura.server.door import Door

LOG = logging.getLogger(__name__)

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Id of the request in hand, for the log."""

OPEN_PATHS = frozenset({"/api/health", "/api/session"})
"""What may be asked without a login; files of the web application beside."""

PICTURES = tuple(f"image/{kind}" for kind in ("png", "jpeg", "webp", "tiff", "bmp", "gif"))
"""Types of picture files."""

WEB_FILES = frozenset({"/", "/favicon.ico", "/favicon.svg"})
"""Files of the web application, beside those in ``/assets``."""

BODY_TYPES: dict[str, tuple[str, ...]] = {
    "/api/bitmaps": PICTURES,
    "/api/pictures/read": PICTURES,
    "/v1/images/edits": ("multipart/form-data",),
    "/v1/images/variations": ("multipart/form-data",),
}
"""What bodies may be, beside JSON, by path. A form from elsewhere has an Origin of its own."""

JSON = "application/json"

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise."""

_MISDIRECTED = Answer(421, "Unknown host", "Use the address, localhost, or a configured name.")
_FOREIGN = Answer(403, "Request from another page", "Open the studio's own address.")
_TOO_LARGE = Answer(413, "The body is too large", "Send less at once.")
_WRONG_TYPE = Answer(415, "The body is of a wrong type", "Send JSON, as application/json.")


class Guard:
    """The outermost layer of the application.

    Args:
        app: What it guards.
        config: Hosts and bounds.
        door: Who may come in.

    Attributes:
        app: What it guards.
    """

    def __init__(self, app: FastAPI, config: ServerConfig, door: Door) -> None:
        self.app = app
        self._config = config
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request_id = secrets.token_hex(8)
        token = REQUEST_ID.set(request_id)
        began = time.monotonic()
        exchange = _Exchange(request_id, send, began)
        try:
            self._check(scope)
            await self.app(scope, self._bounded(receive), exchange.send)
        except VelaturaError as error:
            if exchange.status:
                raise
            answer = failed(error) if is_theirs(scope["path"]) else problem(error)
            await answer(scope, receive, exchange.send)
        finally:
            LOG.info(
                "%s %s %d %.1f ms",
                scope["method"],
                scope["path"],
                exchange.status,
                1000 * (time.monotonic() - began),
            )
            REQUEST_ID.reset(token)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        self._check_host(headers)
        _check_origin(headers, scope)
        if self._needs_login(scope):
            address = (scope.get("client") or ("", 0))[0]
            self._door.check(headers.get("authorization", ""), cookie_of(headers), address)
        self._check_body(headers, scope)

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        name = _host_name(hosts[0]) if len(hosts) == 1 else ""
        if name == "localhost" or name in self._config.allowed_hosts or _is_address(name):
            return
        raise Refusal(f"host: {name[:80]!r} is no name of this server", _MISDIRECTED)

    def _needs_login(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if path in OPEN_PATHS:
            return False
        is_file = scope["method"] in ("GET", "HEAD") and (
            path in WEB_FILES or path.startswith("/assets/")
        )
        return not is_file

    def _check_body(self, headers: Headers, scope: Scope) -> None:
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or len(length) > 15:
            raise Refusal("body: no Content-Length that can be read", _TOO_LARGE)
        if int(length) > self._config.bounds.body_bytes:
            most = self._config.bounds.body_bytes
            raise Refusal(f"body: {length} bytes; {most} at most", _TOO_LARGE)
        if not int(length) and "transfer-encoding" not in headers:
            return
        if headers.get("content-encoding", "identity") != "identity":
            raise Refusal("body: compressed ones are not taken", _WRONG_TYPE)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        allowed = (JSON, *BODY_TYPES.get(scope["path"], ()))
        if kind not in allowed:
            raise Refusal(
                f"body: content of type {kind[:80]!r}; expected {', '.join(allowed)}", _WRONG_TYPE
            )

    def _bounded(self, receive: Receive) -> Receive:
        """The body's pieces, as long as they are not too much together."""
        left = self._config.bounds.body_bytes

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise Refusal("body: more than was announced, and too much", _TOO_LARGE)
            return message

        return bounded


class _Exchange:
    """An answer on its way out, with what every answer carries.

    Attributes:
        status: Its status once it has begun, else 0.
    """

    def __init__(self, request_id: str, send: Send, began: float) -> None:
        self.status = 0
        self._request_id = request_id
        self._send = send
        self._began = began

    async def send(self, message: Message) -> None:
        """Pass a piece of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self._request_id
            headers["X-Process-Time"] = f"{time.monotonic() - self._began:.4f}"
        await self._send(message)


def cookie_of(headers: Headers) -> str:
    """The session's cookie, or empty."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _check_origin(headers: Headers, scope: Scope) -> None:
    """Refuse what a browser was told to send by a page that is not ours."""
    origin = headers.get("origin")
    own = headers.get("host", "")
    if origin is not None and origin not in (f"http://{own}", f"https://{own}"):
        raise Refusal(f"origin: {origin[:80]!r} is not this server, {own!r}", _FOREIGN)
    is_opening = scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"
    if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_opening:
        raise Refusal("sec-fetch-site: sent by another page", _FOREIGN)


def _host_name(host: str) -> str:
    """The name in a Host header, without the port, in lower case."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.strip("[]").lower()


def _is_address(name: str) -> bool:
    """Whether it is an address, which no attacker's name server can give another meaning."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
