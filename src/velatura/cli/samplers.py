"""``velatura samplers``: what can be chosen for ``--sampler`` and ``--schedule``."""

from __future__ import annotations

import json

from rich.table import Table

from velatura.cli.options import AsJson
from velatura.cli.terminal import say
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import SCHEDULES


def samplers(as_json: AsJson = False) -> None:
    """List the samplers and the schedules."""
    if as_json:
        say(json.dumps(_as_data(), indent=2))
        return
    table = Table("sampler", "Automatic is", "calls a step", "also known as", "good for")
    for name, entry in SAMPLERS.items():
        schedule = entry.schedule if entry.family == "sigma" else "its own timesteps"
        table.add_row(
            name, schedule, str(entry.calls_per_step), ", ".join(entry.aliases), entry.summary
        )
    say(table)
    say(f"schedules: {', '.join(SCHEDULES)}")


def _as_data() -> dict[str, object]:
    return {
        "samplers": [
            {
                "name": name,
                "aliases": entry.aliases,
                "schedule": entry.schedule,
                "calls_per_step": entry.calls_per_step,
                "family": entry.family,
                "is_stochastic": entry.is_stochastic,
                "summary": entry.summary,
            }
            for name, entry in SAMPLERS.items()
        ],
        "schedules": list(SCHEDULES),
    }
