"""Stage 9: write the checkpoints in the single-file layout of Stable Diffusion 1.x and the LoRA."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save, save_file

from training.captions import STYLES
from training.diffusion import course_of
from training.latents import load_autoencoder
from training.ldm_names import autoencoder_names, text_names, unet_names
from training.lora import attach, kohya_file
from training.recipe import Bench, open_bench, stage_parser
from training.sample import load_denoiser
from training.scale import fold_scale
from training.words import Words

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = Path(__file__).parents[1] / "src/velatura/models/embedded"
NAME = "velatura-mini"
DESCRIPTION = (
    "A very small Stable Diffusion 1.x model trained on openly licensed pictures: things, animals "
    "and people by name, in colours, at 128 pixels. Styles: {}."
)
ATTRIBUTION = (
    "Trained on Fluent Emoji (MIT, Microsoft), Noto Emoji (Apache-2.0, Google), Twemoji "
    "(CC-BY 4.0, Twitter, Inc and other contributors) and public-domain "
    "and CC0 photographs from GCompris."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a file says about itself."""

    name: str
    architecture: str
    description: str
    usage: str
    steps: int


def _renamed(weights: dict[str, Tensor], names: dict[str, str]) -> dict[str, Tensor]:
    return {names[name]: tensor for name, tensor in weights.items()}


def attention_as_convolutions(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give the autoencoder's attention matrices the shape they have in the single file."""
    return {
        name: tensor[:, :, None, None] if ".attentions." in name and tensor.ndim == 2 else tensor
        for name, tensor in weights.items()
    }


def single_file(
    text: dict[str, Tensor], unet: dict[str, Tensor], autoencoder: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Return all weights, half precision, under the names of the single file."""
    autoencoder = attention_as_convolutions(autoencoder)
    weights = (
        _renamed(text, text_names(text))
        | _renamed(unet, unet_names(unet))
        | _renamed(autoencoder, autoencoder_names(autoencoder))
    )
    return {name: weights[name].to(torch.float16).contiguous() for name in sorted(weights)}


def modelspec(bench: Bench, model: Described, weights: dict[str, Tensor]) -> dict[str, str]:
    """Return the header, in the words of Stability AI's model metadata standard 1.0.0."""
    size = bench.recipe.picture.size
    digest = hashlib.sha256(save(weights)).hexdigest()
    return {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": model.architecture,
        "modelspec.implementation": "sgm",
        "modelspec.title": model.name,
        "modelspec.author": "The Velatura authors",
        "modelspec.description": model.description,
        "modelspec.license": "CC-BY-4.0",
        "modelspec.usage_hint": model.usage,
        "modelspec.tags": "tiny, emoji, 3d render, flat illustration, cartoon, line art, photo",
        "modelspec.prediction_type": "epsilon",
        "modelspec.resolution": f"{size}x{size}",
        "modelspec.hash_sha256": f"0x{digest}",
        "velatura.training_steps": str(model.steps),
        "velatura.attribution": ATTRIBUTION,
    }


def write(bench: Bench, model: Described, weights: dict[str, Tensor], folder: Path) -> None:
    """Write one file, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{model.name}.safetensors"
    part = target.with_suffix(".part")
    save_file(weights, part, metadata=modelspec(bench, model, weights))
    part.replace(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB", flush=True)


def steps_of(file: Path) -> int:
    """Return how many steps a training made."""
    return int(torch.load(file, weights_only=True, map_location="cpu")["pace"]["steps"])


def export_checkpoint(bench: Bench, variant: str, folder: Path) -> None:
    """Write a variant, or the generalist where the name is empty."""
    course = course_of(bench, variant)
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    denoiser = load_denoiser(bench, Words(bench.work / "unpacked"), variant)
    weights = single_file(
        denoiser.text.state_dict(),
        denoiser.unet.state_dict(),
        fold_scale(load_autoencoder(bench).state_dict(), scale["mean"], scale["std"]),
    )
    styles = course.variant.styles if course.variant else tuple(STYLES)
    model = Described(
        name=variant or NAME,
        architecture="stable-diffusion-v1",
        description=DESCRIPTION.format(", ".join(STYLES[style][0] for style in styles)),
        usage="128x128, 128x208 or 208x128; CFG 4 to 7; 20 steps; name the style.",
        steps=steps_of(course.file),
    )
    write(bench, model, weights, folder)


def export_lora(bench: Bench, folder: Path) -> None:
    """Write the LoRA."""
    recipe = bench.recipe.lora
    parts = attach(load_denoiser(bench, Words(bench.work / "unpacked")).unet, recipe.rank)
    saved = torch.load(bench.work / "lora.pt", weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(saved["parts"][name])
    model = Described(
        name=recipe.name,
        architecture="stable-diffusion-v1/lora",
        description=f"White lines on blue paper, for {NAME}.",
        usage=f"<lora:{recipe.name}:1> blueprint of a cat",
        steps=steps_of(bench.work / "lora.pt"),
    )
    write(bench, model, kohya_file(parts, recipe.rank), folder / "lora")


def export(bench: Bench, folder: Path) -> None:
    """Write everything that has been trained."""
    for variant in ("", *(variant.name for variant in bench.recipe.variants)):
        if course_of(bench, variant).file.exists():
            export_checkpoint(bench, variant, folder)
    if (bench.work / "lora.pt").exists():
        export_lora(bench, folder)


if __name__ == "__main__":
    options_parser = stage_parser(__doc__)
    options_parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the files")
    parsed = options_parser.parse_args()
    export(open_bench(parsed), parsed.out)
