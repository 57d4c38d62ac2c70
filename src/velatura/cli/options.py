"""Options that several commands share, and how their words become values."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from velatura.errors import RequestError
from velatura.settings import Settings, read_settings

if TYPE_CHECKING:
    from velatura.records import Txt2Img

ModelsDir = Annotated[
    list[Path] | None,
    typer.Option(
        "--models-dir",
        metavar="DIR",
        help="Folder with model files, or an A1111 'models' folder. Repeatable. "
        "Also VELATURA_MODELS_DIR.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def settings_with(models_dirs: list[Path] | None) -> Settings:
    """The settings of this machine, with the folders from the command line before the others."""
    settings = read_settings()
    for folder in models_dirs or ():
        if not folder.is_dir():
            raise RequestError(f"--models-dir: {folder} is not a folder", field="models_dir")
    return replace(settings, models_dirs=(*(models_dirs or ()), *settings.models_dirs))


def parse_size(text: str) -> tuple[int, int]:
    """``"128x208"`` as (width, height).

    >>> parse_size("128x208")
    (128, 208)
    """
    match = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", text)
    if match is None:
        raise RequestError(f"--size: expected WIDTHxHEIGHT such as 512x768, got {text!r}")
    return int(match[1]), int(match[2])


def with_setting(request: Txt2Img, assignment: str) -> Txt2Img:
    """The request with one field changed, as ``sampling.eta=0.5`` says."""
    path, sign, text = assignment.partition("=")
    if not sign:
        raise RequestError(f"--set: expected FIELD=VALUE such as sampling.eta=0.5: {assignment!r}")
    return _assign(request, path.strip().split("."), _parse_value(text.strip()), path.strip())


def _parse_value(text: str) -> Any:  # noqa: ANN401
    """A number, truth value or null where the text is one; else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _assign(record: Any, names: list[str], value: Any, path: str) -> Any:  # noqa: ANN401
    known = [entry.name for entry in fields(record) if entry.name != "kind"]
    if names[0] not in known:
        raise RequestError(f"--set: no field {path!r}; here are {', '.join(known)}", field=path)
    current = getattr(record, names[0])
    if len(names) == 1:
        return replace(record, **{names[0]: value})
    if not is_dataclass(current):
        raise RequestError(f"--set: {path!r}: {names[0]} has no fields of its own", field=path)
    return replace(record, **{names[0]: _assign(current, names[1:], value, path)})
