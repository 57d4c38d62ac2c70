"""Attacks that want the server to fall over."""

from __future__ import annotations

import base64
import gzip
import json
import random
import struct
import zlib
from typing import TYPE_CHECKING

from velatura.server.attacks.doors import routes

if TYPE_CHECKING:
    from velatura.server.attacks.client import Target

JSON = "application/json"
NONSENSE = 200
"""Malformed requests; the server's tests send many more."""

LEFT_ALONE = (
    "/api/events",
    "/api/queue/resume",
    "/sdapi/v1/interrupt",
    "/sdapi/v1/skip",
    "/api/session",
)
"""Routes that do something whatever is sent, or wait, or count failed logins."""

OTHER_FILES = (
    b"<html><script>alert(1)</script></html>",
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93.",
    b"PK\x03\x04" + bytes(200),
    b"GIF89a/*<script>alert(1)</script>*/",
    b"\x89PNG\r\n\x1a\n" + bytes(100),
    b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(20),
    b"\xff\xd8\xff\xe0" + bytes(100),
    b"",
)
TOO_MUCH = (
    {"steps": 10**9},
    {"steps": 1000, "batch_count": 10_000},
    {"width": 16384, "height": 16384},
    {"batch_size": 64, "width": 4096, "height": 4096},
    {"prompt": "a" * 10**6},
    {"hires": {"scale": 8.0}, "width": 8192, "height": 8192},
    {"seed": 10**30},
    {"guidance_scale": 1e308 * 10},
)


def try_other_files(target: Target) -> str:
    """Upload what is no picture."""
    for data in OTHER_FILES:
        text = base64.b64encode(data).decode()
        for path, body in (
            ("/api/bitmaps", {"image": text}),
            ("/api/pictures/read", {"image": text}),
            ("/sdapi/v1/extra-single-image", {"image": f"data:text/html;base64,{text}"}),
            ("/sdapi/v1/png-info", {"image": text}),
        ):
            reply = target.post(path, body)
            if reply.status not in (400, 422):
                return f"POST {path} with {data[:20]!r} is answered by {reply.status}"
    return ""


def try_bombs(target: Target) -> str:
    """Upload files of a few bytes that claim a great many pixels, or texts without end."""
    for data in (_png(60_000, 60_000), _png(2**31 - 1, 2**31 - 1), _png(32_000, 32_000)):
        headers = {"Content-Type": "image/png"}
        for path in ("/api/bitmaps", "/api/pictures/read"):
            reply = target.ask("POST", path, headers=headers, body=data)
            if reply.status != 422:
                return f"POST {path} with a bomb is answered by {reply.status}"
    return ""


def try_bodies(target: Target) -> str:
    """Send bodies that are none."""
    squeezed = gzip.compress(bytes(10**6))
    tries = {
        "one announced as huge": ({"Content-Length": str(10**13)}, b"{"),
        "one announced by nonsense": ({"Content-Length": "-1"}, b"{}"),
        "a compressed one": ({"Content-Encoding": "gzip"}, squeezed),
        "one nested without end": ({}, b'{"request":' + b"[" * 200_000),
        "a number without end": ({}, b'{"priority":' + b"9" * 10_000 + b"}"),
        "half a character": ({}, b'{"request": {"prompt": "\\ud800"}}'),
        "no text at all": ({}, b"\xff\xfe\x00"),
        "a number that is none": ({}, b'{"request": {"guidance_scale": NaN}}'),
    }
    for what, (headers, body) in tries.items():
        sent = {"Content-Type": JSON, **headers}
        reply = target.ask("POST", "/api/jobs", headers=sent, body=body)
        if reply.status not in (0, 400, 413, 415, 422):
            return f"a body, {what}, is answered by {reply.status}"
    return ""


def try_greed(target: Target) -> str:
    """Ask for more than one client may have."""
    for request in TOO_MUCH:
        text = json.dumps({"request": {"prompt": "x", **request}}).replace("Infinity", "1e999")
        reply = target.post("/api/jobs", text.encode())
        if reply.status not in (400, 413, 422):
            return f"{str(request)[:60]} is answered by {reply.status}"
    return ""


def try_nonsense(target: Target, count: int = NONSENSE) -> str:
    """Send every route what it does not expect; the same nonsense each time."""
    there = [*routes(target)]
    if not there:
        return "the routes cannot be listed"
    draw = random.Random(20260101)
    for _ in range(count):
        method, path = draw.choice(there)
        if path in LEFT_ALONE:
            continue
        body = _nonsense(draw)
        reply = target.ask(method, path, headers={"Content-Type": JSON}, body=body)
        if reply.is_failure:
            return f"{method} {path} with {body[:200]!r} is answered by {reply.status}"
    return ""


def _nonsense(draw: random.Random) -> bytes:
    """A body that is malformed in one of many ways; no route takes it for a real one."""
    values = (None, True, -1, 0, 2**63, 1e308, "", "x" * 5000, [], {}, [[]], "\x00", "🎨", -1.5)
    names = (
        "request", "prompt", "steps", "seed", "image", "init_images", "mask", "width", "styles",
        "override_settings", "alwayson_scripts", "script_name", "script_args", "before", "now",
        "priority", "sampler_name", "imageList", "sd_model_checkpoint", "infotext", "enable_hr",
    )  # fmt: skip
    value = {draw.choice(names): draw.choice(values) for _ in range(draw.randrange(4))}
    if draw.random() < 0.5:
        value["request"] = {draw.choice(names): draw.choice(values) for _ in range(3)}
    text = json.dumps(value | {"steps": "no number"}).encode()
    return text[: draw.randrange(1, len(text))] if draw.random() < 0.3 else text


def _png(width: int, height: int) -> bytes:
    """A PNG of that size whose pixels were left out."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
