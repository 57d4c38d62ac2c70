"""The attacks there are, and what carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.server.attacks import bombs, doors, foreigners, paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from velatura.server.attacks.client import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An entry of ``ATTACKS``.

    Attributes:
        name: What is tried, in a few words.
        incident: Where this happened to others.
        attempt: Tries it; what it got through with, or nothing.
    """

    name: str
    incident: str
    attempt: Callable[[Target], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of an attack; ``hole`` is empty where it was withstood."""

    attack: Attack
    hole: str


def attack(target: Target) -> Iterator[Finding]:
    """What becomes of each attack, one after another.

    Raises:
        RequestError: nothing answers there.
    """
    for entry in ATTACKS:
        yield Finding(attack=entry, hole=entry.attempt(target))


ATTACKS: tuple[Attack, ...] = (
    Attack(
        name="a name that was pointed at this machine (DNS rebinding)",
        incident="InvokeAI #9492",
        attempt=foreigners.try_foreign_host,
    ),
    Attack(
        name="requests that another page makes a browser send",
        incident="A1111's open CORS; ComfyUI #13245, GHSA-5xxr-jvhm-jxmj",
        attempt=foreigners.try_foreign_origin,
    ),
    Attack(
        name="forms, which every page may send without asking",
        incident="ComfyUI #13245",
        attempt=foreigners.try_forms,
    ),
    Attack(
        name="permissions for other pages (CORS)",
        incident="A1111 webui.py, found by RyotaK",
        attempt=foreigners.try_cors,
    ),
    Attack(
        name="every route without a login, where one is needed",
        incident="InvokeAI #9365; A1111's login bypass",
        attempt=doors.try_without_login,
    ),
    Attack(
        name="stopping the server, loading code, installing models",
        incident="CVE-2024-12029; A1111 #2571; ComfyUI-Manager CVE-2025-67303",
        attempt=doors.try_power,
    ),
    Attack(
        name="headers that keep a browser from running what is served",
        incident="CVE-2024-10099",
        attempt=foreigners.try_headers,
    ),
    Attack(
        name="paths in addresses",
        incident="CVE-2025-6237; InvokeAI #133; ComfyUI #12285",
        attempt=paths.try_addresses,
    ),
    Attack(
        name="paths in requests",
        incident="ComfyUI PR #13913; CVE-2024-31462; CVE-2023-51449",
        attempt=paths.try_requests,
    ),
    Attack(
        name="addresses to fetch pictures from (SSRF)",
        incident="A1111 #12663; diffusers #13761; InvokeAI #9492",
        attempt=paths.try_fetching,
    ),
    Attack(
        name="files that are no pictures: HTML, SVG, pickle",
        incident="CVE-2024-10099; InvokeAI PR #2946",
        attempt=bombs.try_other_files,
    ),
    Attack(
        name="small files that claim to be huge",
        incident="GGUF and PNG bombs",
        attempt=bombs.try_bombs,
    ),
    Attack(
        name="bodies that are too long, compressed or without an end",
        incident="common",
        attempt=bombs.try_bodies,
    ),
    Attack(
        name="requests for more than anybody may have",
        incident="common",
        attempt=bombs.try_greed,
    ),
    Attack(
        name="malformed requests to every route",
        incident="common",
        attempt=bombs.try_nonsense,
    ),
    Attack(
        name="guessing the password",
        incident="common",
        attempt=doors.try_guessing,
    ),
)
"""Every attack, in the order in which they are tried: after the last one, logins have to wait."""
