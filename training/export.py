"""Stage 7: write the checkpoint as one safetensors file in the layout of Stable Diffusion 1.x.

The autoencoder's latents are shifted and scaled channel by channel inside ``quant_conv`` and
``post_quant_conv`` (two 1×1 convolutions, so this is exact), so that the factor 0.18215, which
every program applies to this family, gives latents of unit variance.
"""

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
from training.words import Words

if TYPE_CHECKING:
    from torch import Tensor

SCALE_FACTOR = 0.18215
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


def fold_scale(weights: dict[str, Tensor], mean: Tensor, std: Tensor) -> dict[str, Tensor]:
    """Return an autoencoder's weights whose latents have mean 0 and deviation 1 / 0.18215.

    Args:
        weights: The autoencoder's, under their names in diffusers.
        mean: Of each latent channel as the weights give it.
        std: Likewise.
    """
    factor = 1 / (std * SCALE_FACTOR)  # new latent = (old latent - mean) * factor
    size = len(factor)
    folded = dict(weights)
    rows, bias = weights["quant_conv.weight"].clone(), weights["quant_conv.bias"].clone()
    rows[:size] *= factor[:, None, None, None]
    bias[:size] = (bias[:size] - mean) * factor
    bias[size:] += 2 * factor.log()  # the other half are log variances
    folded["quant_conv.weight"], folded["quant_conv.bias"] = rows, bias
    back = weights["post_quant_conv.weight"]
    folded["post_quant_conv.weight"] = back / factor[None, :, None, None]
    folded["post_quant_conv.bias"] = weights["post_quant_conv.bias"] + back[:, :, 0, 0] @ mean
    return folded


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
