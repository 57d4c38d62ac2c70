"""The autoencoder both ways, and a LoRA merged into a model; print seconds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from velatura.engines.memory import use_large_pages
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.models.lora import lora_modules, with_loras
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.models.base import Model

RANK = 16


def measure(checkpoint: Path, side: int = 512, rounds: int = 3) -> dict[str, float]:
    """Seconds of each round: "encode, 0", "decode, 0", "merge, 0" and so on.

    Args:
        checkpoint: The model file.
        side: Of the square picture that the autoencoder is given, in pixels.
        rounds: How often everything is done.
    """
    model = load_model(ModelFile("checkpoint", checkpoint.name, checkpoint))
    pixels = torch.rand(3, side, side) * 2 - 1
    latents = torch.randn(model.latent_channels, side // 8, side // 8)
    figures: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        path = write_lora(model, Path(folder) / "lora.safetensors")
        file = {"lora": ModelFile("lora", path.name, path)}
        calls: dict[str, Callable[[], Any]] = {
            "encode": lambda: model.autoencoder.encode(pixels),
            "decode": lambda: model.autoencoder.decode(latents),
            "merge": lambda: with_loras(model, [Lora("lora")], file),
        }
        for turn in range(rounds):
            for name, call in calls.items():
                began = perf_counter()
                call()
                figures[f"{name}, {turn}"] = perf_counter() - began
    return figures


def write_lora(model: Model, path: Path) -> Path:
    """A LoRA of all matrices of the U-Net's attentions, as most files are."""
    weights: dict[str, torch.Tensor] = {}
    shapes = {name: weight.shape for name, weight in model.unet.network.named_parameters()}
    named = {module: name for name, (part, module) in lora_modules(model).items() if part == "unet"}
    for module, name in named.items():
        if ".attn" not in module:
            continue
        out, into = shapes[f"{module}.weight"]
        weights[f"{name}.lora_down.weight"] = torch.randn(RANK, into, dtype=torch.float16)
        weights[f"{name}.lora_up.weight"] = torch.zeros(out, RANK, dtype=torch.float16)
    save_file(weights, path)
    return path


if __name__ == "__main__":
    use_large_pages()
    with torch.inference_mode():
        print(json.dumps(measure(Path(sys.argv[1]))))
