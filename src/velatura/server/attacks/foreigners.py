"""Attacks through a visitor's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from velatura.server.attacks.client import Target

FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:7860",
    "127.0.0.1.evil.example",
    "localhost.evil",
    "",
)
FOREIGN_ORIGINS = ("http://evil.example", "null", "http://localhost:1", "file://", "")
FORMS = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "")
ACTIONS = (
    "/api/jobs",
    "/api/queue/pause",
    "/sdapi/v1/txt2img",
    "/sdapi/v1/options",
    "/api/session",
)
JSON = "application/json"


def try_foreign_host(target: Target) -> str:
    """Ask under names that are not the server's."""
    for host in FOREIGN_HOSTS:
        reply = target.ask("GET", "/api/jobs", headers={"Host": host})
        if reply.status not in (400, 421):
            return f"Host: {host!r} is answered by {reply.status}"
    return ""


def try_foreign_origin(target: Target) -> str:
    """Ask as a page of another origin would have a browser ask."""
    for origin in FOREIGN_ORIGINS:
        for method, path in (("GET", "/api/jobs"), *(("POST", action) for action in ACTIONS)):
            headers = {"Origin": origin, "Content-Type": JSON}
            reply = target.ask(method, path, headers=headers, body=b"{}" * (method == "POST"))
            if reply.status != 403:
                return f"{method} {path} with Origin: {origin!r} is answered by {reply.status}"
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    if (reply := target.ask("POST", "/sdapi/v1/interrupt", headers=headers)).status != 403:
        return f"a request from another site is answered by {reply.status}"
    return ""


def try_forms(target: Target) -> str:
    """Send what a form sends; no page needs a permission for that."""
    for action in ACTIONS:
        for form in FORMS:
            headers = {"Content-Type": form} if form else {}
            reply = target.ask("POST", action, headers=headers, body=b'{"a": "=1"}')
            if reply.status != 415:
                return f"POST {action} of type {form!r} is answered by {reply.status}"
    return ""


def try_cors(target: Target) -> str:
    """Ask for the permission to be asked by another page."""
    headers = {
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for method in ("OPTIONS", "GET"):
        reply = target.ask(method, "/sdapi/v1/txt2img", headers=headers)
        if any(name.startswith("access-control-allow") for name in reply.headers):
            return f"{method} permits {reply.headers}"
    return ""


def try_headers(target: Target) -> str:
    """Look for what keeps a browser from taking data for a page."""
    for path in ("/", "/api/health", "/api/options", "/api/nothing", "/sdapi/v1/samplers"):
        reply = target.ask("GET", path)
        policy = reply.headers.get("content-security-policy", "")
        if reply.headers.get("x-content-type-options") != "nosniff":
            return f"GET {path} does not say nosniff"
        if "default-src" not in policy or "unsafe" in policy or "frame-ancestors" not in policy:
            return f"GET {path} has the policy {policy!r}"
        if "server" in reply.headers:
            return f"GET {path} tells what it runs on: {reply.headers['server']}"
    return ""
