"""Options that several commands share, and how their words become values."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from velatura.errors import RequestError
from velatura.settings import Settings, read_settings

ModelsDir = Annotated[
    list[Path] | None,
    typer.Option(
        "--models-dir",
        metavar="DIR",
        help="Folder with model files, or an A1111 'models' folder. Repeatable. "
        "Also VELATURA_MODELS_DIR.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Folder for the pictures; if not given: that of the settings."
    ),
]
FileFormat = Annotated[
    Literal["png", "jpeg", "webp"],
    typer.Option("--format", metavar="NAME", help="One of: png, jpeg, webp."),
]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON on standard output.")]


def settings_with(models_dirs: list[Path] | None) -> Settings:
    """The settings of this machine, with the folders from the command line before the others.

    Raises:
        RequestError: if one of the folders is none; it says where the folder was named.
    """
    settings = with_folders(models_dirs)
    for folder in settings.models_dirs:
        if not folder.is_dir():
            named = folder in (models_dirs or ())
            place = "--models-dir" if named else "VELATURA_MODELS_DIR or config file, models_dirs"
            raise RequestError(f"{place}: {folder} is not a folder")
    return settings


def with_folders(models_dirs: list[Path] | None) -> Settings:
    """The same, without a look at the folders."""
    settings = read_settings()
    return replace(settings, models_dirs=(*(models_dirs or ()), *settings.models_dirs))


def parse_size(text: str, option: str) -> tuple[int, int]:
    """``"128x208"`` as (width, height).

    >>> parse_size("128x208", "--size")
    (128, 208)

    Raises:
        RequestError: if it is something else, or a side is 0.
    """
    match = re.fullmatch(r"\s*0*([1-9][0-9]{0,9})\s*[xX×]\s*0*([1-9][0-9]{0,9})\s*", text)
    if match is None:
        raise RequestError(f"{option}: expected WIDTHxHEIGHT such as 512x768, got {text!r}")
    return int(match[1]), int(match[2])
