"""The hashes by which the field names model files, remembered between runs.

A file is taken to be unchanged while its path, size and modification time are.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from velatura.errors import BrokenModel
from velatura.models.safetensors_file import read_header, read_metadata

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Identity = tuple[str, int, int]
"""Path, size in bytes, modification time in nanoseconds."""

CACHE_NAME = "hashes.json"
WEIGHT_ENDINGS = (".safetensors", ".bin", ".ckpt", ".pt")


def identity(path: Path) -> Identity:
    """What tells a file from its successor of the same name.

    Of a folder: the sum of the sizes, and the newest time, of the weight files in it.

    Raises:
        BrokenModel: if the file is gone or cannot be looked at.
    """
    try:
        facts = [entry.stat() for entry in _members(path)]
    except OSError as error:
        raise BrokenModel(f"{path}: cannot be read: {error.strerror}") from error
    size, time = sum(fact.st_size for fact in facts), max((f.st_mtime_ns for f in facts), default=0)
    return str(path.absolute()), size, time


class Hashes:
    """Hashes of model files, computed once.

    Args:
        folder: Where to remember them; None remembers only as long as this object lives.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / CACHE_NAME if folder else None
        self._entries: dict[str, dict[str, str | int]] = _load(self._file) if self._file else {}

    def sha256(self, path: Path) -> str:
        """SHA-256 of the file, 64 hex digits; of a folder, that over its weight files' hashes."""
        return self._get(path, "sha256", _sha256)

    def short(self, path: Path) -> str:
        """The first ten digits of the SHA-256: the field's "Model hash" and "VAE hash"."""
        return self.sha256(path)[:10]

    def embedding(self, path: Path) -> str:
        """The first twelve digits of the SHA-256: the field's "TI hash"."""
        return self.sha256(path)[:12]

    def lora(self, path: Path) -> str:
        """The field's "Lora hash", twelve digits.

        Taken over the tensors alone, so that editing the metadata does not change it; a hash that
        the metadata itself states wins.
        """
        return self._get(path, "lora", _lora)[:12]

    def legacy(self, path: Path) -> str:
        """The web UI's first model hash: eight digits over the 64 KiB that begin at 1 MiB."""
        with path.open("rb") as file:
            file.seek(0x100000)
            return hashlib.sha256(file.read(0x10000)).hexdigest()[:8]

    def known(self, path: Path) -> str | None:
        """The SHA-256 if it has been computed before and the file is still the same."""
        return self._known(path, "sha256") if path.exists() else None

    def _known(self, path: Path, kind: str) -> str | None:
        name, size, time = identity(path)
        entry = self._entries.get(name, {})
        value = entry.get(kind)
        is_current = (entry.get("size"), entry.get("mtime_ns")) == (size, time)
        return value if is_current and isinstance(value, str) else None

    def _get(self, path: Path, kind: str, compute: Callable[[Path], str]) -> str:
        if value := self._known(path, kind):
            return value
        name, size, time = identity(path)
        try:
            value = compute(path)
        except OSError as error:
            raise BrokenModel(f"{path}: cannot be read: {error.strerror}") from error
        entry = self._entries.get(name, {})
        if (entry.get("size"), entry.get("mtime_ns")) != (size, time):
            entry = {"size": size, "mtime_ns": time}
        self._entries[name] = {**entry, kind: value}
        if self._file:
            self._entries = _load(self._file) | self._entries  # another program may have added some
            _save(self._file, self._entries)
        return value


def _members(path: Path) -> list[Path]:
    """The file itself, or the weight files of a folder, by name."""
    if not path.is_dir():
        return [path]
    return sorted(entry for entry in path.rglob("*") if entry.name.endswith(WEIGHT_ENDINGS))


def _sha256(path: Path) -> str:
    if path.is_dir():
        lines = [
            f"{entry.relative_to(path).as_posix()} {_sha256(entry)}\n" for entry in _members(path)
        ]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lora(path: Path) -> str:
    if path.suffix.lower() != ".safetensors":
        return _sha256(path)
    stated = read_metadata(path).get("sshs_model_hash", "").lower()
    if re.fullmatch(r"[0-9a-f]{12,64}", stated):
        return stated
    with path.open("rb") as file:
        file.seek(read_header(path)[1])
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load(file: Path) -> dict[str, dict[str, str | int]]:
    """The remembered hashes; empty where there are none or the file is damaged."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s: cannot be read, hashes will be computed again: %s", file, error)
        return {}
    if not isinstance(content, dict):
        log.warning("%s: not a table of hashes, they will be computed again", file)
        return {}
    entries = cast("dict[str, dict[str, str | int]]", content)
    return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}  # pyright: ignore[reportUnnecessaryIsInstance]


def _save(file: Path, entries: dict[str, dict[str, str | int]]) -> None:
    """Write beside the file and rename, so that no reader ever sees half of it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(entries, out, indent=1)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        log.warning("%s: cannot be written, hashes will be computed again: %s", file, error)
