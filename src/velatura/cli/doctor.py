"""``velatura doctor``: what this machine can do."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from velatura.cli.options import AsJson, ModelsDir, with_folders
from velatura.cli.security import report_security
from velatura.cli.terminal import literal, say
from velatura.errors import RequestError
from velatura.models.discovery import find_models
from velatura.settings import Settings
from velatura.version import __version__

PACKAGES = ("torch", "safetensors", "numpy", "Pillow")


Security = Annotated[
    bool,
    typer.Option(
        "--security",
        metavar="",
        help="Attack a running studio instead, as others were attacked, and report what held. It "
        "counts as failed logins, where there is a login.",
    ),
]
Url = Annotated[
    str, typer.Argument(metavar="[URL]", help="The studio to attack; if not given: one's own.")
]


def doctor(
    url: Url = "",
    security: Security = False,
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Report devices, memory, models found and versions; or attack a studio."""
    settings = with_folders(models_dir)
    if security:
        raise typer.Exit(report_security(url, settings, as_json=as_json))
    if url:
        raise RequestError("a URL goes with --security")
    findings = examine(settings)
    if as_json:
        say(json.dumps(findings, indent=2))
        return
    table = Table(show_header=False)
    table.add_column("what")
    table.add_column("found", overflow="fold")
    for name, value in findings.items():
        table.add_row(name, literal("\n".join(value) if isinstance(value, list) else value))
    say(table)


def examine(settings: Settings) -> dict[str, str | list[str]]:
    """What was found, by heading, in words. Model folders that are missing are a finding too."""
    import torch

    from velatura.engines.local import best_device

    catalogue = find_models([folder for folder in settings.models_dirs if folder.is_dir()])
    kinds = Counter(file.kind for file in catalogue.files)
    return {
        "velatura": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "machine": f"{platform.system()} {platform.machine()}",
        "device": f"{best_device()} is used; {torch.get_num_threads()} CPU threads",
        "GPUs": _gpus() or ["none that PyTorch can use"],
        "memory": _memory(),
        "models": [f"{count} {kind}" for kind, count in kinds.items()] or ["none"],
        "model folders": [_with_state(folder) for folder in settings.models_dirs]
        or ["the embedded ones only"],
        "output folder": str(settings.output_dir),
        "versions": [f"{name} {version(name)}" for name in PACKAGES],
    }


def _with_state(folder: Path) -> str:
    return str(folder) if folder.is_dir() else f"{folder} (not there)"


def _gpus() -> list[str]:
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    gpus = [torch.cuda.get_device_properties(index) for index in range(count)]
    return [f"{gpu.name}, {gpu.total_memory / 2**30:.1f} GiB" for gpu in gpus]


def _memory() -> str:
    """Memory of the machine, where its operating system tells."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "unknown"
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.1f} GiB"
