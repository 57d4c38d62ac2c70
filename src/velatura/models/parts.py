"""A checkpoint taken apart: the three networks' sizes, and where each one's weights lie.

Names are those of the networks we run, whatever the file calls them; values are not read yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from velatura.errors import BrokenModel
from velatura.models import detect, keymap
from velatura.models.checkpoint import open_weights
from velatura.models.diffusers_folder import read_folder
from velatura.models.sidecar import read_sidecar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from velatura.models.architecture import Architecture, VaeArchitecture
    from velatura.models.stored import StoredTensor

IGNORED_TEXT = ("embeddings.position_ids",)
"""A table 0..76 that old files store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A checkpoint, ready to be read.

    Attributes:
        source: Where it came from.
        architecture: Its sizes.
        text: Weights of the text encoder, by name.
        unet: Weights of the U-Net.
        vae: Weights of the autoencoder; empty where the file has none.
    """

    source: Path
    architecture: Architecture
    text: Mapping[str, StoredTensor]
    unet: Mapping[str, StoredTensor]
    vae: Mapping[str, StoredTensor]


def read_parts(path: Path) -> Parts:
    """A checkpoint file in the original layout, or a folder in that of diffusers.

    Raises:
        BrokenModel: if the file is incomplete or no model.
        UnsafeModel: if reading it would run code.
        UnsupportedModel: if it is of an architecture that we do not run.
    """
    sidecar = read_sidecar(path)
    if path.is_dir():
        architecture, text, unet, vae = read_folder(path, sidecar)
        return Parts(source=path, architecture=architecture, text=text, unet=unet, vae=vae)
    file = open_weights(path)
    tensors = file.tensors
    architecture = detect.detect(path, file.shapes, sidecar)
    if sidecar.native_size is None and (size := stated_size(file.metadata)):
        architecture = replace(architecture, native_size=size)
    modules = keymap.unet_modules(architecture.unet)
    unet = {
        keymap.unet_name(name, modules) or name: tensor
        for name, tensor in _part(tensors, detect.UNET).items()
    }
    vae = {}
    if architecture.vae is not None:
        vae = vae_weights(architecture.vae, _part(tensors, detect.VAE))
    text = _part(tensors, detect.TEXT)
    text = {name: tensor for name, tensor in text.items() if name not in IGNORED_TEXT}
    return Parts(source=path, architecture=architecture, text=text, unet=unet, vae=vae)


def stated_size(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """Width and height that a file's ModelSpec metadata gives; None where it gives none we can use.

    >>> stated_size({"modelspec.resolution": "128x208"})
    (128, 208)
    """
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", metadata.get("modelspec.resolution", ""))
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    return (width, height) if width % 8 == height % 8 == 0 and width and height else None


def read_vae_parts(path: Path) -> tuple[VaeArchitecture, dict[str, StoredTensor]]:
    """An autoencoder from a file of its own, or from a whole checkpoint.

    Raises:
        BrokenModel: if there is no autoencoder in it.
        UnsafeModel: if reading it would run code.
        UnsupportedModel: if it is not of the KL layout.
    """
    tensors = open_weights(path).tensors
    if any(name.startswith(detect.VAE) for name in tensors):
        tensors = _part(tensors, detect.VAE)
    if "encoder.conv_in.weight" not in tensors or "decoder.conv_in.weight" not in tensors:
        raise BrokenModel(f"{path}: holds no autoencoder; not a VAE file")
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    scale = read_sidecar(path).scale_factor or 0.18215
    vae = detect.detect_vae(path, shapes, scale_factor=scale)
    return vae, vae_weights(vae, tensors)


def vae_weights(
    vae: VaeArchitecture, tensors: Mapping[str, StoredTensor]
) -> dict[str, StoredTensor]:
    """An autoencoder's tensors under the names of the network we run.

    The attention's 1×1 convolutions become the matrices that they are.
    """
    modules = keymap.vae_modules(vae)
    weights: dict[str, StoredTensor] = {}
    for old, tensor in tensors.items():
        name = keymap.vae_name(old, modules) or old
        if ".attentions." in name and tensor.shape[2:] == (1, 1) and tensor.strides is None:
            tensor = replace(tensor, shape=tensor.shape[:2])
        weights[name] = tensor
    return weights


def _part(tensors: Mapping[str, StoredTensor], prefix: str) -> dict[str, StoredTensor]:
    return {n.removeprefix(prefix): place for n, place in tensors.items() if n.startswith(prefix)}
