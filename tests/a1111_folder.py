"""A models folder as A1111 users have it, filled with small random files, for tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

from tests.ldm_layout import Layout, random_weights, vae_shapes

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = Layout().context


def write_a1111_folder(root: Path, checkpoint: Path) -> Path:
    """``models`` with ``Stable-diffusion``, ``VAE`` and ``Lora``, and ``embeddings`` beside it.

    Checkpoint "tiny" lies in a sub-folder, and so do LoRA "ink" and embedding "blob".
    """
    models = root / "models"
    folders = {
        "checkpoint": models / "Stable-diffusion" / "small ones [v1]",
        "vae": models / "VAE",
        "lora": models / "Lora" / "styles",
        "embedding": root / "embeddings" / "shapes",
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
    for file in (checkpoint, checkpoint.with_suffix(".json")):
        os.link(file, folders["checkpoint"] / file.name)
    save_file(random_weights(vae_shapes(Layout()), seed=1), folders["vae"] / "other.safetensors")
    write_lora(folders["lora"] / "ink.safetensors")
    write_embedding(folders["embedding"] / "blob.pt")
    return models


def write_lora(path: Path, *, seed: int = 2) -> Path:
    """A LoRA in the layout of kohya: one attention layer of the U-Net, one of the text encoder."""
    generator = torch.Generator().manual_seed(seed)
    block = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q"
    text = "lora_te_text_model_encoder_layers_0_mlp_fc1"
    sizes = {block: (32, 32), text: (WIDTH, 4 * WIDTH)}
    tensors: dict[str, torch.Tensor] = {}
    for module, (before, after) in sizes.items():
        tensors[f"{module}.lora_down.weight"] = torch.randn(2, before, generator=generator)
        tensors[f"{module}.lora_up.weight"] = torch.randn(after, 2, generator=generator)
        tensors[f"{module}.alpha"] = torch.tensor(2.0)
    save_file(tensors, path)
    return path


def write_embedding(path: Path, *, vectors: int = 2, width: int = WIDTH) -> Path:
    """A textual inversion as the web UI saves it."""
    generator = torch.Generator().manual_seed(3)
    words = {"*": torch.randn(vectors, width, generator=generator)}
    torch.save({"string_to_token": {"*": 265}, "string_to_param": words, "name": "blob"}, path)
    return path
