"""A client that is not polite: every header and byte as the attack wants it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from velatura.errors import RequestError

PATIENCE_S = 30.0
LONGEST_ANSWER = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; status 0 where the server closed the connection without one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def is_failure(self) -> bool:
        """Whether the server stumbled."""
        return self.status >= 500 and self.status not in (501, 503, 507)


class Target:
    """The server that is attacked.

    Args:
        url: Where it is.
        token: What lets this client in, where a login is needed.
    """

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        try:
            port = parts.port
        except ValueError as error:
            raise RequestError(f"{url}: no address of a server") from error
        if parts.scheme != "http" or not parts.hostname:
            raise RequestError(f"{url}: expected an address such as http://127.0.0.1:7860")
        self.host, self.port = parts.hostname, port or 80
        self._token = token

    @property
    def name(self) -> str:
        """What it is called in a Host header."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        is_known: bool = True,
    ) -> Reply:
        """Send a request, exactly so.

        Args:
            method: Its method.
            path: Its target, as it stands in the first line.
            headers: Its headers; Host and Content-Length are added where they are missing.
            body: Its body.
            is_known: Whether to log in.

        Raises:
            RequestError: nothing answers there.
        """
        sent = {"Host": self.name, **(headers or {})}
        if self._token and is_known:
            sent.setdefault("Authorization", f"Bearer {self._token}")
        if body:
            sent.setdefault("Content-Length", str(len(body)))
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)
        try:
            connection.connect()
        except OSError as error:
            raise RequestError(f"http://{self.name}: nothing answers there: {error}") from error
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for header, value in sent.items():
                connection.putheader(header, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            told = {header.lower(): value for header, value in answer.getheaders()}
            return Reply(status=answer.status, headers=told, body=answer.read(LONGEST_ANSWER))
        except (OSError, http.client.HTTPException):
            return Reply(status=0)
        finally:
            connection.close()

    def post(self, path: str, value: Any, **headers: str) -> Reply:  # noqa: ANN401
        """Send JSON."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.ask(
            "POST", path, headers={"Content-Type": "application/json", **headers}, body=body
        )
