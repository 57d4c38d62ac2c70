"""Upscalers of other architectures, and face restorers, run by spandrel where it is installed.

Spandrel is given the tensors as we read them; it never opens the file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.tensors import read_tensors
from velatura.upscalers.network import PixelNetwork

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from velatura.models.stored import StoredTensor


def load_with_spandrel(
    path: Path,
    tensors: Mapping[str, StoredTensor],
    *,
    dtype: torch.dtype,
    device: torch.device | str,
) -> PixelNetwork:
    """The network that spandrel recognises in the tensors.

    Raises:
        UnsupportedModel: if spandrel is not installed or does not know it, or if it is no network
            that makes a colour picture of another.
        BrokenModel: if its weights do not fit it.
    """
    model = recognise(path, tensors)
    if model.purpose == "Inpainting" or (model.input_channels, model.output_channels) != (3, 3):
        raise UnsupportedModel(
            f"{path}: {model.architecture.name} makes {model.output_channels} channels of "
            f"{model.input_channels}, for {model.purpose}; an upscaler makes colours of colours"
        )
    is_refused = dtype.itemsize < 4 and not model.supports_half
    model = model.to(device=device, dtype=torch.float32 if is_refused else dtype).eval()
    module = model.model.requires_grad_(False)
    return PixelNetwork(module=module, scale=model.scale, run=model)


def recognise(path: Path, tensors: Mapping[str, StoredTensor], extra: str = "spandrel") -> Any:  # noqa: ANN401 - spandrel may be missing
    """Spandrel's description of the network in the tensors, with the network in it.

    Args:
        path: Where they come from.
        tensors: Where each of them lies.
        extra: The extra of Velatura's that installs what knows such networks; "codeformer" are
            those of spandrel-extra-arches.

    Raises:
        UnsupportedModel: if spandrel is not installed or does not know the network.
        BrokenModel: if its weights do not fit it.
    """
    try:
        spandrel: Any = import_module("spandrel")
        registry: Any = (
            import_module("spandrel_extra_arches").EXTRA_REGISTRY
            if extra == "codeformer"
            else spandrel.MAIN_REGISTRY
        )
    except ImportError as error:
        raise UnsupportedModel(
            f"{path}: only spandrel runs this network, and it is not installed: "
            f"pip install 'velatura[{extra}]'"
        ) from error
    try:
        return spandrel.ModelLoader(registry=registry).load_from_state_dict(read_tensors(tensors))
    except spandrel.UnsupportedModelError as error:
        raise UnsupportedModel(f"{path}: spandrel does not know this network") from error
    except (RuntimeError, ValueError, KeyError) as error:
        raise BrokenModel(f"{path}: spandrel cannot build it: {error}") from error
