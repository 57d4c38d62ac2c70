"""``velatura models``: the model files that were found."""

from __future__ import annotations

import json

from rich.table import Table

from velatura.cli.options import AsJson, ModelsDir, settings_with
from velatura.cli.terminal import literal, note, say
from velatura.models.discovery import find_models
from velatura.models.hashes import Hashes


def models(models_dir: ModelsDir = None, as_json: AsJson = False) -> None:
    """List the models found: checkpoints, VAE, LoRA, embeddings, upscalers and others."""
    settings = settings_with(models_dir)
    catalogue = find_models(settings.models_dirs)
    hashes = Hashes(settings.cache_dir)
    rows = [
        {
            "kind": file.kind,
            "name": file.name,
            "hash": (hashes.known(file.path) or "")[:10],
            "path": str(file.path),
        }
        for file in catalogue.files
    ]
    if as_json:
        say(json.dumps(rows, indent=2))
    else:
        say(_table(rows))
    for remark in catalogue.remarks:
        note(remark)


def _table(rows: list[dict[str, str]]) -> Table:
    table = Table()
    for heading in ("kind", "name", "hash (once used)", "file"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(literal, row.values()))
    return table
