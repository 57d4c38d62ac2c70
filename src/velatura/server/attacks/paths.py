"""Attacks with paths and addresses where there should be none."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from velatura.server.attacks.client import Target

ESCAPES = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "%00",
    "velatura.db",
    "..%2fvelatura.db",
)
PLACES = ("/api/pictures/{}/file", "/api/bitmaps/{}/file", "/api/jobs/{}", "/assets/{}", "/{}")
SECRETS = (b"root:", b"SQLite format", b"[fonts]")
FILES = ("/etc/passwd", "../../etc/passwd", "file:///etc/passwd", "C:\\Windows\\win.ini")


def try_addresses(target: Target) -> str:
    """Ask for files by their paths."""
    for place in PLACES:
        for escape in ESCAPES:
            path = place.format(escape)
            reply = target.ask("GET", path)
            is_page = path.startswith("//") or path == "/"
            if any(secret in reply.body for secret in SECRETS):
                return f"GET {path} gives a file"
            if reply.status in (200, 301, 302, 307, 308) and not is_page:
                return f"GET {path} is answered by {reply.status}"
    return ""


def try_requests(target: Target) -> str:
    """Name files where pictures, models and styles are named."""
    for file in FILES:
        for path, body in _bodies(file):
            reply = target.post(path, body)
            if any(secret in reply.body for secret in SECRETS):
                return f"POST {path} with {file!r} gives a file"
            if reply.status not in (400, 404, 413, 422):
                return f"POST {path} with {file!r} is answered by {reply.status}"
    return ""


def try_fetching(target: Target) -> str:
    """Have the server fetch something, from a listener that waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        for scheme in ("http", "HTTP", "https", "ftp"):
            address = f"{scheme}://127.0.0.1:{port}/picture.png"
            for path, body in _bodies(address):
                reply = target.post(path, body)
                if reply.status not in (400, 404, 422):
                    return f"POST {path} with {address} is answered by {reply.status}"
        try:
            listener.accept()[0].close()
        except TimeoutError:
            return ""
    return "the server connected to an address that a client named"


def _bodies(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Requests with a name where a picture or a model should be."""
    image = {"kind": "img2img", "prompt": "x"}
    return [
        ("/api/jobs", {"request": image | {"image": {"id": name}}}),
        ("/api/jobs", {"request": image | {"image": name}}),
        ("/api/jobs", {"request": {"prompt": "x", "checkpoint": name}}),
        ("/api/jobs", {"request": {"prompt": "x", "vae": name}}),
        ("/api/jobs", {"request": {"prompt": "x", "hires": {"upscaler": name}}}),
        ("/api/bitmaps", {"image": name}),
        ("/api/workflows", {"workflow": {"velatura": 1, "images": {"x": name}, "stages": {}}}),
        ("/sdapi/v1/img2img", {"init_images": [name]}),
        ("/sdapi/v1/extra-single-image", {"image": name}),
        ("/sdapi/v1/png-info", {"image": name}),
        ("/sdapi/v1/options", {"sd_model_checkpoint": name}),
        ("/sdapi/v1/options", {"outdir_samples": name}),
    ]
