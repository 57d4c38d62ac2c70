"""The small checkpoints that come with Velatura, so that it paints without any download."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def embedded_checkpoints() -> tuple[Path, ...]:
    """The packaged checkpoint files, by name; empty in a tree that has none yet."""
    folder = Path(str(files(__name__)))
    return tuple(sorted(folder.glob("*.safetensors")))
