"""``velatura models``: the model files that were found."""

from __future__ import annotations

import json

import typer
from rich.table import Table

from velatura.cli.options import AsJson, ModelsDir, settings_with
from velatura.cli.terminal import terminal
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
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("kind", "name", "hash (once used)", "file")
    for row in rows:
        table.add_row(*row.values())
    console = terminal()
    console.print(table)
    for remark in catalogue.remarks:
        console.print(f"note: {remark}", markup=False)
