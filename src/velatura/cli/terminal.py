"""The terminal, as every command writes to it."""

from __future__ import annotations

from rich.console import Console


def terminal(*, stderr: bool = False) -> Console:
    """Standard output or error; text is taken as it is: no emoji from ``:dog:``, no colouring."""
    return Console(stderr=stderr, emoji=False, highlight=False)
