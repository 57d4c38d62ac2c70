"""The pictures on disk: an index of records, and the pictures as PNG files beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """One picture: a cut-out with a transparent background, or a whole scene."""

    file: str
    kind: Literal["cutout", "scene"]
    style: str
    concept: str  # empty where the picture has no concept of the recipe
    detail: str  # words that tell this picture from others of its concept, or nothing
    package: str
    licence: str


def write_index(folder: Path, sprites: list[Sprite]) -> None:
    """Write the index of the folder's pictures."""
    text = json.dumps([asdict(sprite) for sprite in sprites], indent=1)
    (folder / "index.json").write_text(text, encoding="utf-8")


def read_index(folder: Path) -> list[Sprite]:
    """Read the index of the folder's pictures."""
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return [Sprite(**entry) for entry in entries]


def open_sprite(folder: Path, sprite: Sprite) -> Image.Image:
    """Open one picture: RGBA for a cut-out, RGB for a scene."""
    picture = Image.open(folder / sprite.file)
    return picture.convert("RGBA" if sprite.kind == "cutout" else "RGB")
