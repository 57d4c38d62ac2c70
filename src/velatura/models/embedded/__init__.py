"""The small models that come with Velatura, so that it paints without any download.

Checkpoints lie in this folder, LoRA in the folder ``lora``. The names of the variants begin with
that of the generalist, so it comes first.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def embedded_checkpoints() -> tuple[Path, ...]:
    """The packaged checkpoint files, by name; empty in a tree that has none yet."""
    return _by_name(_folder())


def embedded_loras() -> tuple[Path, ...]:
    """The packaged LoRA files, by name."""
    return _by_name(_folder() / "lora")


def _folder() -> Path:
    return Path(str(files(__name__)))


def _by_name(folder: Path) -> tuple[Path, ...]:
    """The files of a folder by name without extension: ``a`` stands before ``a-b``."""
    return tuple(sorted(folder.glob("*.safetensors"), key=lambda path: path.stem))
