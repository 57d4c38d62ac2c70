"""The recipe as typed records: one TOML file in, frozen dataclasses out."""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).resolve().parent
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Names (and versions) of what is fetched, by package manager."""

    npm: tuple[str, ...]
    pypi: tuple[str, ...]
    debian: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSizes:
    """Sizes in pixels, and how many pictures without a concept each style lends."""

    size: int
    tall: int
    sprite: int
    unnamed_per_style: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeRecipe:
    """How many pictures are composed, and of what."""

    square: int
    tall: int
    wide: int
    portrait: float
    tint: float
    mirror: float
    two_objects: float
    style_weights: dict[str, float]
    photographed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoencoderRecipe:
    """The autoencoder's shape and its training."""

    channels: tuple[int, ...]
    layers_per_block: int
    pool: int
    crop: int
    batch: int
    steps_alone: int
    learning_rate: float
    kl_weight: float
    stay_weight: float
    square_weight: float
    gradient_weight: float
    colour_weight: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderRecipe:
    """How the decoder is polished on whole pictures."""

    batch: int
    steps_alone: int
    learning_rate: float
    square_weight: float
    gradient_weight: float
    colour_weight: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRecipe:
    """The text model's shape; vocabulary and length are CLIP's."""

    width: int
    layers: int
    heads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnetRecipe:
    """The denoiser's shape: one entry a level in ``channels`` and ``attention``."""

    channels: tuple[int, ...]
    layers_per_block: int
    attention: tuple[bool, ...]
    heads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionRecipe:
    """How the text model and the denoiser are trained together."""

    batch: int
    learning_rate: float
    reading_rate: float
    hold: float
    noise_centre: float
    noise_spread: float
    min_snr_gamma: float
    most_weight: float
    ema_decay: float
    empty_captions: float
    steps_alone: int
    tall_share: float
    wide_share: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A checkpoint that goes on from the generalist with the pictures of a few styles."""

    name: str
    styles: tuple[str, ...]
    unnamed_style: float
    learning_rate: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraRecipe:
    """How the LoRA is trained."""

    name: str
    pictures: int
    rank: int
    batch: int
    learning_rate: float
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing with a name, shown by an emoji that every style draws in its own way."""

    name: str
    emoji: str
    weight: float = 1.0
    colour: str = ""  # the colour it has as drawn, where one word says it
    noun: str = ""  # the name without its colour, used when it is tinted
    tint: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """A thing with a name, and photographs of it."""

    name: str
    files: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides what the checkpoint becomes."""

    seed: int
    workers: int
    device: str  # where the trainings compute, as torch names it
    bfloat16: bool  # whether they do so in half the digits
    start_from: str  # a checkpoint in the work folder whose weights are gone on from, or nothing
    packages: Packages
    picture: PictureSizes
    compose: ComposeRecipe
    autoencoder: AutoencoderRecipe
    decoder: DecoderRecipe
    text: TextRecipe
    unet: UnetRecipe
    diffusion: DiffusionRecipe
    variants: tuple[Variant, ...]
    lora: LoraRecipe
    concepts: tuple[Concept, ...]
    photographs: tuple[Photograph, ...]


def _record(kind: type[T], table: dict[str, Any]) -> T:
    """Build a dataclass from a TOML table; lists become tuples, unknown keys are an error."""
    known = {field.name for field in fields(kind)}  # pyright: ignore[reportArgumentType]
    if unknown := table.keys() - known:
        raise ValueError(f"{kind.__name__}: unknown key {sorted(unknown)}")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})


def read_recipe(path: Path) -> Recipe:
    """Read the recipe from its TOML file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Recipe(
        seed=table["seed"],
        workers=table["workers"],
        device=table["device"],
        bfloat16=table["bfloat16"],
        start_from=table["start_from"],
        packages=_record(Packages, table["packages"]),
        picture=_record(PictureSizes, table["picture"]),
        compose=_record(ComposeRecipe, table["compose"]),
        autoencoder=_record(AutoencoderRecipe, table["autoencoder"]),
        decoder=_record(DecoderRecipe, table["decoder"]),
        text=_record(TextRecipe, table["text"]),
        unet=_record(UnetRecipe, table["unet"]),
        diffusion=_record(DiffusionRecipe, table["diffusion"]),
        variants=tuple(_record(Variant, entry) for entry in table["variants"]),
        lora=_record(LoraRecipe, table["lora"]),
        concepts=tuple(_record(Concept, entry) for entry in table["teach"]["concepts"]),
        photographs=tuple(_record(Photograph, entry) for entry in table["teach"]["photographs"]),
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """What every stage is given: the recipe and the folder for big files."""

    recipe: Recipe
    work: Path


def stage_parser(description: str | None) -> argparse.ArgumentParser:
    """Return the parser with the two options that every stage has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--work", type=Path, default=HERE / ".work", help="folder for big files")
    parser.add_argument("--recipe", type=Path, default=HERE / "recipe.toml", help="the TOML file")
    return parser


def open_bench(options: argparse.Namespace) -> Bench:
    """Read the recipe and make the work folder."""
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    return Bench(read_recipe(options.recipe), work)
