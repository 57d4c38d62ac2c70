"""Settings of this machine and this user: the only reader of environment and config file.

Imported by the edges only; everything below gets its values as arguments.

====================== ============== ===================================================
environment            config file    meaning
====================== ============== ===================================================
VELATURA_MODELS_DIR    models_dirs    folders with model files (several: separated as PATH is)
VELATURA_OUTPUT_DIR    output_dir     where pictures go; default ``pictures``
VELATURA_STYLES_FILE   styles_file    CSV file with saved styles
VELATURA_CACHE_DIR     cache_dir      where file hashes are remembered
VELATURA_CONFIG        (none)         another config file than ``~/.config/velatura/config.toml``
====================== ============== ===================================================
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the edges need to know about this machine.

    Attributes:
        models_dirs: Folders searched for models, in order; the embedded ones come after them.
        output_dir: Folder for finished pictures.
        styles_file: File with saved styles; None if there is none.
        cache_dir: Folder for what can be computed again; None keeps nothing.
    """

    models_dirs: tuple[Path, ...] = ()
    output_dir: Path = Path("pictures")
    styles_file: Path | None = None
    cache_dir: Path | None = None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The effective settings: environment over config file over defaults.

    Raises:
        RequestError: if the config file cannot be read or has an unknown key.
    """
    home = Path(environment.get("HOME") or Path.home())
    named = environment.get("VELATURA_CONFIG")
    config = Path(named) if named else home / ".config/velatura/config.toml"
    values: dict[str, Any] = {
        "cache_dir": Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "velatura"
    }
    if named or config.is_file():
        values |= _read_config(config)
    if dirs := environment.get("VELATURA_MODELS_DIR"):
        values["models_dirs"] = tuple(Path(part) for part in dirs.split(os.pathsep) if part)
    for name in ("output_dir", "styles_file", "cache_dir"):
        if value := environment.get(f"VELATURA_{name.upper()}"):
            values[name] = Path(value)
    return Settings(**values)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RequestError(f"{path}: cannot be read as a config file: {error}") from error
    known = {entry.name for entry in fields(Settings)}
    if unknown := sorted(set(table) - known):
        raise RequestError(
            f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    values: dict[str, Any] = {}
    for name, value in table.items():
        entries = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, str) for entry in entries):
            raise RequestError(f"{path}: {name} must be a path or a list of paths")
        paths = tuple((path.parent / Path(entry).expanduser()) for entry in entries)
        if name != "models_dirs" and len(paths) != 1:
            raise RequestError(f"{path}: {name} must be one path")
        values[name] = paths if name == "models_dirs" else paths[0]
    return values
