"""Settings of this machine and this user: the only reader of environment and config file.

Imported by the edges only; everything below gets its values as arguments.

====================== ============== ===================================================
environment            config file    meaning
====================== ============== ===================================================
VELATURA_MODELS_DIR    models_dirs    folders with model files (several: separated as PATH is)
VELATURA_IMPORT_DIR    import_dirs    folders that the studio may import pictures from (likewise)
VELATURA_OUTPUT_DIR    output_dir     where pictures go; default ``pictures``
VELATURA_STYLES_FILE   styles_file    CSV file with saved styles
VELATURA_CACHE_DIR     cache_dir      where hashes of files, and what runs took, are remembered
VELATURA_DATA_DIR      data_dir       what the studio keeps; default ``~/.local/share/velatura``
VELATURA_DATABASE_URL  database_url   the studio's database; default a file in ``data_dir``
VELATURA_HOST          host           where the studio listens; default ``127.0.0.1``
VELATURA_PORT          port           and at which port; default 7860
VELATURA_COMPILE       compile        ``true`` compiles networks on a CUDA card; slow at first
VELATURA_PREVIEW       preview        ``linear`` (rough, cheap) or ``decoder`` (exact) previews
VELATURA_ALLOWED_HOSTS allowed_hosts  names the studio is called by (several: between commas)
VELATURA_TOKEN         token          whoever sends it may use the studio
VELATURA_PASSWORD      password       whoever knows it may log in
VELATURA_CONFIG        (none)         another config file than ``~/.config/velatura/config.toml``
====================== ============== ===================================================
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
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
        import_dirs: Folders whose pictures the studio may be asked to import.
        styles_file: File with saved styles; None if there is none.
        cache_dir: Folder for what can be computed again; None keeps nothing.
        data_dir: What the studio keeps: database, pictures, uploads.
        database_url: The studio's database; empty is a file in ``data_dir``.
        host: Address at which the studio listens.
        port: Its port.
        compile: Whether networks are compiled where that makes them faster.
        preview: How it shows pictures that come up: "linear" or "decoder".
        allowed_hosts: Names that the studio is called by, beside addresses and ``localhost``.
        token: Whoever sends it may use the studio; empty is none.
        password: Whoever knows it may log in; empty is none.
    """

    models_dirs: tuple[Path, ...] = ()
    output_dir: Path = Path("pictures")
    import_dirs: tuple[Path, ...] = ()
    styles_file: Path | None = None
    cache_dir: Path | None = None
    data_dir: Path = Path("studio")
    database_url: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 7860
    compile: bool = False
    preview: str = "linear"
    allowed_hosts: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


PATHS = ("output_dir", "styles_file", "cache_dir", "data_dir")
FOLDERS = ("models_dirs", "import_dirs")
TEXTS = ("database_url", "host", "preview", "token", "password")
FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The effective settings: environment over config file over defaults.

    Raises:
        RequestError: if the config file cannot be read or has an unknown key.
    """
    home = Path(environment.get("HOME") or Path.home())
    named = environment.get("VELATURA_CONFIG")
    config = Path(named) if named else home / ".config/velatura/config.toml"
    values: dict[str, Any] = {
        "cache_dir": Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "velatura",
        "data_dir": Path(environment.get("XDG_DATA_HOME") or home / ".local/share") / "velatura",
    }
    if named or config.is_file():
        values |= _read_config(config)
    values |= _paths_and_texts(environment)
    if names := environment.get("VELATURA_ALLOWED_HOSTS"):
        values["allowed_hosts"] = tuple(part.strip() for part in names.split(",") if part.strip())
    if port := environment.get("VELATURA_PORT"):
        if not (port.isascii() and port.isdigit() and int(port) < 2**16):
            raise RequestError(f"VELATURA_PORT: expected a number up to 65535, got {port!r}")
        values["port"] = int(port)
    if flag := environment.get("VELATURA_COMPILE"):
        if flag.lower() not in FLAGS:
            raise RequestError(f"VELATURA_COMPILE: expected true or false, got {flag!r}")
        values["compile"] = FLAGS[flag.lower()]
    return Settings(**values)


def _paths_and_texts(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the environment that need no check."""
    values: dict[str, Any] = {}
    for name in FOLDERS:
        if dirs := environment.get(f"VELATURA_{name.upper().removesuffix('S')}"):
            values[name] = tuple(Path(part) for part in dirs.split(os.pathsep) if part)
    for name in (*PATHS, *TEXTS):
        if value := environment.get(f"VELATURA_{name.upper()}"):
            values[name] = Path(value) if name in PATHS else value
    return values


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
    return {name: _config_value(path, name, value) for name, value in table.items()}


def _config_value(path: Path, name: str, value: Any) -> Any:  # noqa: ANN401
    """A setting of the config file, as its field takes it."""
    if name == "port":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**16:
            raise RequestError(f"{path}: port must be a number up to 65535")
        return value
    if name == "compile":
        if not isinstance(value, bool):
            raise RequestError(f"{path}: compile must be true or false")
        return value
    is_path = name in (*PATHS, *FOLDERS)
    what = "path" if is_path else "text"
    texts: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, str) for entry in texts):
        raise RequestError(f"{path}: {name} must be a {what} or a list of {what}s")
    entries = tuple((path.parent / Path(it).expanduser()) if is_path else it for it in texts)
    if name in (*FOLDERS, "allowed_hosts"):
        return entries
    if len(entries) != 1:
        raise RequestError(f"{path}: {name} must be one {what}")
    return entries[0]
