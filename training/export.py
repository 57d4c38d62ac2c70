"""Stage 7: write the checkpoint as one safetensors file in the layout of Stable Diffusion 1.x."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save, save_file

from training.latents import load_autoencoder
from training.ldm_names import autoencoder_names, text_names, unet_names
from training.recipe import Bench, open_bench, stage_parser
from training.sample import load_denoiser
from training.scale import fold_scale
from training.words import Words

if TYPE_CHECKING:
    from torch import Tensor

TARGET = Path(__file__).parents[1] / "src/velatura/models/embedded/velatura-mini.safetensors"
DESCRIPTION = (
    "A very small Stable Diffusion 1.x model trained from scratch on openly licensed pictures: "
    "single objects, animals and people in five styles (photo, 3d render, flat illustration, "
    "flat vector, cartoon) at 128 pixels."
)
ATTRIBUTION = (
    "Trained on Fluent Emoji (MIT, Microsoft), Noto Emoji (Apache-2.0, Google), Twemoji "
    "(CC-BY 4.0, Twitter, Inc and other contributors) and public-domain "
    "and CC0 photographs from GCompris."
)


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


def modelspec(bench: Bench, weights: dict[str, Tensor], steps: int) -> dict[str, str]:
    """Return the header, in the words of Stability AI's model metadata standard 1.0.0."""
    size = bench.recipe.picture.size
    digest = hashlib.sha256(save(weights)).hexdigest()
    return {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": "stable-diffusion-v1",
        "modelspec.implementation": "sgm",
        "modelspec.title": "velatura-mini",
        "modelspec.author": "The Velatura authors",
        "modelspec.description": DESCRIPTION,
        "modelspec.license": "CC-BY-4.0",
        "modelspec.usage_hint": "128x128 to 128x208, CFG 5 to 7, 20 steps; name the style.",
        "modelspec.tags": "tiny, emoji, 3d render, flat illustration, cartoon",
        "modelspec.prediction_type": "epsilon",
        "modelspec.resolution": f"{size}x{size}",
        "modelspec.hash_sha256": f"0x{digest}",
        "velatura.training_steps": str(steps),
        "velatura.attribution": ATTRIBUTION,
    }


def export(bench: Bench, target: Path) -> None:
    """Write the checkpoint."""
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    autoencoder = load_autoencoder(bench).state_dict()
    denoiser = load_denoiser(bench, Words(bench.work / "unpacked"))
    weights = single_file(
        denoiser.text.state_dict(),
        denoiser.unet.state_dict(),
        fold_scale(autoencoder, scale["mean"], scale["std"]),
    )
    pace = torch.load(bench.work / "diffusion.pt", weights_only=True)["pace"]
    part = target.with_suffix(".part")
    save_file(weights, part, metadata=modelspec(bench, weights, pace["steps"]))
    part.replace(target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    options_parser = stage_parser(__doc__)
    options_parser.add_argument("--out", type=Path, default=TARGET)
    parsed = options_parser.parse_args()
    export(open_bench(parsed), parsed.out)
