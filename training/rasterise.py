"""Stage 2: make PNG pictures of everything the recipe teaches, with an index that names sources.

Gives ``sprites/index.json`` and ``sprites/*.png`` in the work folder. Deterministic.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from training.recipe import Bench, Concept, open_bench, stage_parser
from training.sources import Source, code_key, emoji_sources, photographs
from training.sprites import Sprite, write_index

if TYPE_CHECKING:
    from pathlib import Path

SCENE_SIDE = 224  # the shorter side of a stored scene, in pixels
# Emoji skin tones (Unicode Technical Standard 51, section 2.4) and the words that name them here.
SKIN_TONES = {"1f3fb": "light skin", "1f3fd": "tan skin", "1f3ff": "dark skin"}
ANY_SKIN_TONE = re.compile("1f3f[b-f]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture to write: its code point sequence and what its caption may say."""

    code: str
    concept: str = ""
    detail: str = ""


def with_skin_tone(code: str, tone: str) -> str:
    """Return the sequence with a skin tone behind its first code point.

    >>> with_skin_tone("1f469-200d-1f9b0", "1f3fd")
    '1f469-1f3fd-200d-1f9b0'
    """
    first, _, rest = code.partition("-")
    return "-".join(part for part in (first, tone, rest) if part)


def wanted_of(concept: Concept) -> list[Wanted]:
    """Return the pictures of a concept: one, or for a person one of each skin tone."""
    code = code_key(concept.emoji)
    if not concept.person:
        return [Wanted(code, concept.name)]
    return [Wanted(with_skin_tone(code, t), concept.name, w) for t, w in SKIN_TONES.items()]


def crop_to_content(picture: Image.Image, side: int) -> Image.Image:
    """Cut the transparent margin away and scale the rest to fit a square."""
    box = picture.getchannel("A").point([0] * 9 + [255] * 247).getbbox()
    content = picture.crop(box) if box else picture
    scale = side / max(content.size)
    size = (max(1, round(content.width * scale)), max(1, round(content.height * scale)))
    return content.resize(size, Image.Resampling.LANCZOS)


def choose(source: Source, bench: Bench) -> list[Wanted]:
    """Return what to write of one style: every concept, then some more without a name."""
    named = [wanted for concept in bench.recipe.concepts for wanted in wanted_of(concept)]
    taken = {wanted.code for wanted in named}
    others = [
        code
        for code in sorted(source.pictures)
        if code not in taken and not ANY_SKIN_TONE.search(code)
    ]
    random.Random(bench.recipe.seed).shuffle(others)
    unnamed = [Wanted(code) for code in others[: bench.recipe.picture.unnamed_per_style]]
    return [wanted for wanted in named if wanted.code in source.pictures] + unnamed


def write_cutouts(source: Source, bench: Bench, folder: Path) -> list[Sprite]:
    """Write one style's pictures."""
    sprites: list[Sprite] = []
    side = bench.recipe.picture.sprite
    for wanted in choose(source, bench):
        file = f"{source.style}-{wanted.code}.png"
        crop_to_content(source.pictures[wanted.code](side * 2), side).save(folder / file)
        sprite = Sprite(
            file=file,
            kind="cutout",
            style=source.style,
            concept=wanted.concept,
            detail=wanted.detail,
            package=source.package,
            licence=source.licence,
        )
        sprites.append(sprite)
    return sprites


def write_scenes(bench: Bench, folder: Path) -> list[Sprite]:
    """Write the photographs; one that is not free (or not there) stops the stage."""
    free = photographs(bench.work / "unpacked")
    named = {file: photo.name for photo in bench.recipe.photographs for file in photo.files}
    if missing := named.keys() - free.keys():
        raise ValueError(f"not public domain or CC0, or not there: {sorted(missing)}")
    sprites: list[Sprite] = []
    for path in sorted(free):
        file = "photo-" + path.replace("/", "_").rsplit(".", 1)[0] + ".png"
        picture = free[path]
        scale = SCENE_SIDE / min(picture.size)
        size = (round(picture.width * scale), round(picture.height * scale))
        picture.resize(size, Image.Resampling.LANCZOS).save(folder / file)
        sprite = Sprite(
            file=file,
            kind="scene",
            style="photo",
            concept=named.get(path, ""),
            detail="",
            package="gcompris-qt-data",
            licence="public domain or CC0",
        )
        sprites.append(sprite)
    return sprites


def rasterise(bench: Bench) -> None:
    """Write all pictures and their index."""
    folder = bench.work / "sprites"
    folder.mkdir(exist_ok=True)
    sprites: list[Sprite] = []
    for source in emoji_sources(bench.work / "unpacked"):
        sprites += write_cutouts(source, bench, folder)
        print(f"{source.style}: {len(sprites)} pictures so far", flush=True)
    sprites += write_scenes(bench, folder)
    write_index(folder, sprites)
    print(f"{len(sprites)} pictures, {sum(bool(s.concept) for s in sprites)} of a concept")


if __name__ == "__main__":
    rasterise(open_bench(stage_parser(__doc__).parse_args()))
