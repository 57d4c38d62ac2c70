"""How much memory a process holds, as Linux tells it.

"Resident" counts every page in memory, those of mapped files included; "anonymous" only what the
process allocated itself, which is what cannot be dropped and read again.
"""

from __future__ import annotations

from pathlib import Path

FIELDS = {"VmRSS": "resident", "VmHWM": "peak resident", "RssAnon": "anonymous"}


def read_memory(process: int | str = "self") -> dict[str, int]:
    """Bytes by the names in :data:`FIELDS`; empty where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines)
    return {FIELDS[name]: 1024 * int(rest.split()[0]) for name, rest in pairs if name in FIELDS}


def peak_bytes() -> int:
    """The most this process has held since it began, or since :func:`forget_peak`."""
    return read_memory().get("peak resident", 0)


def forget_peak() -> None:
    """Begin a new peak, where the system lets us; else the old one goes on."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return
