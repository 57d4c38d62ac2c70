"""``velatura doctor --security``: attacks on a running server, and what became of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rich.table import Table

from velatura.cli.terminal import literal, say
from velatura.settings import Settings

HOLES = 1
"""Exit code where the server did not withstand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An attack in the report."""

    attack: str
    incident: str
    withstood: bool
    hole: str


def report_security(url: str, settings: Settings, *, as_json: bool) -> int:
    """Attack a server, print what became of it; the exit code.

    Args:
        url: Where it is; empty is where ``velatura studio`` would be.
        settings: Its address and token.
        as_json: Print JSON.

    Raises:
        RequestError: nothing answers there.
    """
    from velatura.server.attacks import Target, attack

    target = Target(
        url or f"http://{settings.host}:{settings.port}", settings.token or settings.password
    )
    rows = [
        Row(
            attack=found.attack.name,
            incident=found.attack.incident,
            withstood=not found.hole,
            hole=found.hole,
        )
        for found in attack(target)
    ]
    say(json.dumps([asdict(row) for row in rows], indent=2) if as_json else _table(rows))
    return 0 if all(row.withstood for row in rows) else HOLES


def _table(rows: list[Row]) -> Table:
    table = Table("attack", "befell", "withstood")
    for row in rows:
        outcome = "[green]yes[/]" if row.withstood else f"[bold red]no:[/] {literal(row.hole)}"
        table.add_row(literal(row.attack), literal(row.incident), outcome)
    return table
