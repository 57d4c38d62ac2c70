"""``velatura upscalers``: what can be chosen for ``--upscaler``."""

from __future__ import annotations

import json

from rich.table import Table

from velatura.cli.options import AsJson, ModelsDir, settings_with
from velatura.cli.terminal import literal, note, say
from velatura.models.discovery import find_models
from velatura.upscalers import LATENT_UPSCALERS, PACKAGED_UPSCALERS, UPSCALERS


def upscalers(models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """List the upscalers: those of pixels, of latents, and files found."""
    catalogue = find_models(settings_with(models_dir).models_dirs)
    rows = [_row(name, "any", entry.summary) for name, entry in UPSCALERS.items()]
    for name, packaged in PACKAGED_UPSCALERS.items():
        rows.append(_row(name, f"{packaged.scale}x", packaged.summary))
    rows += [_row(file.stem, "", str(file.path)) for file in catalogue.of("upscaler")]
    rows += [_row(name, "any", "Latents; for the hires pass only") for name in LATENT_UPSCALERS]
    if as_json:
        say(json.dumps(rows, indent=2))
    else:
        table = Table("upscaler", "factor of its own", "good for, or file")
        for row in rows:
            table.add_row(*map(literal, row.values()))
        say(table)
    for remark in catalogue.remarks:
        note(remark)


def _row(name: str, factor: str, about: str) -> dict[str, str]:
    return {"name": name, "factor": factor, "about": about}
