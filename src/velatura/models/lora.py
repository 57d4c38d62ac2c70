"""LoRA files merged into a model.

A model with LoRA is another model: it shares all weights that no LoRA touches, and has merged ones
of its own. The model it came from stays bit for bit as it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import pad

from velatura.errors import ModelError, UnsupportedModel
from velatura.models import keymap
from velatura.models.checkpoint import container, open_weights
from velatura.models.hashes import Hashes
from velatura.models.layout import dense
from velatura.models.lora_delta import bias_delta, weight_delta
from velatura.models.networks import share_weights
from velatura.models.safetensors_file import read_metadata
from velatura.models.tensors import read_tensors
from velatura.records import ModelUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from velatura.models.base import Model
    from velatura.models.catalogue import Catalogue, ModelFile
    from velatura.prompts.tags import Lora

FORBIDDEN_ALIASES = frozenset({"none", "addams"})
"""Names A1111 does not take as aliases, in lower case."""

FIRST_WEIGHT = "conv_in.weight"
"""The U-Net's first convolution, which has more input channels in inpainting checkpoints."""

PREFIXES: Mapping[str, str] = {
    "lora_te1_": "lora_te_",
    "text_encoder.": "lora_te_",
    "unet.": "lora_unet_",
}
"""Beginnings of module names in other programs' files -> ours."""

PARAMETER_NAMES: Mapping[str, str] = {
    "lora_A.weight": "lora_down.weight",
    "lora_B.weight": "lora_up.weight",
}
"""The same parameters by the names of peft."""


@dataclass(frozen=True, slots=True)
class LoraLayer:
    """What a file says about one module.

    Attributes:
        module: The module's name, dots as underscores, with ``lora_te_`` or ``lora_unet_`` before.
        parameters: By the name behind the module's, in float32.
    """

    module: str
    parameters: Mapping[str, Tensor]


def with_loras(
    model: Model,
    asked: Sequence[Lora],
    files: Mapping[str, ModelFile],
    hashes: Hashes | None = None,
) -> Model:
    """``model`` with LoRA merged, in the order they are asked for.

    Args:
        model: Stays as it is.
        asked: Which, and how strongly.
        files: Their files by name, see :func:`find_loras`; those without a file are left out.
        hashes: Remembers the files' hashes.

    Raises:
        UnsupportedModel: if a LoRA was made for another architecture.
        BrokenModel: if a file is incomplete.
        UnsafeModel: if reading a file would run code.
    """
    hashes = hashes or Hashes(None)
    there = [lora for lora in asked if lora.name in files]
    if not there:
        return model
    used = dict.fromkeys(files[lora.name] for lora in there)
    layers = {file: read_lora(file.path) for file in used}
    merged = _Merge(model)
    for lora in there:
        file = files[lora.name]
        merged.add(file.path, layers[file], lora)
    return merged.model(
        [ModelUse(kind="lora", name=file.stem, hash=hashes.lora(file.path)) for file in used]
    )


def find_loras(catalogue: Catalogue, asked: Sequence[Lora]) -> dict[str, ModelFile]:
    """The files of those that there are, by the names they are asked for by."""
    found = {lora.name: find_lora(catalogue, lora.name) for lora in asked}
    return {name: file for name, file in found.items() if file is not None}


def find_lora(catalogue: Catalogue, name: str) -> ModelFile | None:
    """The LoRA file of that name, else the one file whose metadata gives it that name."""
    files = catalogue.of("lora")
    for file in files:
        if file.stem == name:
            return file
    if name.lower() in FORBIDDEN_ALIASES:
        return None
    aliased = [file for file in files if _alias(file.path) == name]
    return aliased[0] if len(aliased) == 1 else None


def read_lora(path: Path) -> list[LoraLayer]:
    """The layers of a LoRA file.

    Raises:
        BrokenModel: if the file is incomplete.
        UnsafeModel: if reading it would run code.
    """
    grouped: dict[str, dict[str, Tensor]] = defaultdict(dict)
    tensors = read_tensors(open_weights(path).tensors, dtype=torch.float32)
    for key, tensor in tensors.items():
        module, parameter = _split(key)
        grouped[module][parameter] = tensor
    return [LoraLayer(module, parameters) for module, parameters in grouped.items()]


def lora_modules(model: Model) -> dict[str, tuple[str, str]]:
    """Every name that a LoRA may call a module by -> (network, the module's name there)."""
    names: dict[str, tuple[str, str]] = {}
    blocks = {new: old for old, new in keymap.unet_modules(model.architecture.unet).items()}
    for name in _weighted(model.unet.network):
        place = ("unet", name)
        names[f"lora_unet_{name.replace('.', '_')}"] = place
        if original := keymap.unet_original_name(name, blocks):
            names[f"lora_unet_{original.replace('.', '_')}"] = place
    for name in _weighted(model.text_encoder.network):
        names[f"lora_te_text_model_{name.replace('.', '_')}"] = ("text", name)
    return names


class _Merge:
    """The weights that LoRA change, on their way from the old values to the new."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._modules = lora_modules(model)
        self._networks: dict[str, nn.Module] = {
            "unet": model.unet.network,
            "text": model.text_encoder.network,
        }
        self._weights = {n: dict(net.named_parameters()) for n, net in self._networks.items()}
        self._changed: dict[str, dict[str, Tensor]] = {"unet": {}, "text": {}}

    def add(self, path: Path, layers: Sequence[LoraLayer], lora: Lora) -> None:
        """Merge one LoRA on top of those before."""
        known = [layer for layer in layers if layer.module in self._modules]
        if not known:
            raise UnsupportedModel(f"{path}: changes nothing that an SD 1.x model has")
        for layer in known:
            network, module = self._modules[layer.module]
            multiplier = lora.text_weight if network == "text" else lora.unet_weight
            name = f"{module}.weight"
            try:
                weight = _plain_part(name, self._value(network, name), layer.parameters)
                change = weight_delta(layer.parameters, weight, lora.rank)
                self._change(network, name, change, multiplier)
                self._change(network, f"{module}.bias", bias_delta(layer.parameters), multiplier)
            except UnsupportedModel as error:
                raise UnsupportedModel(
                    f"{path}: {layer.module} has {error}; the LoRA was made for another model, "
                    "or is of a kind that Velatura does not read"
                ) from error

    def model(self, uses: Sequence[ModelUse]) -> Model:
        """The model with everything merged so far."""
        unet, text = (self._merged(name) for name in ("unet", "text"))
        old = self._model
        return replace(
            old,
            unet=old.unet.on(share_weights(old.unet.network, unet)) if unet else old.unet,
            text_encoder=(
                old.text_encoder.on(share_weights(old.text_encoder.network, text))
                if text
                else old.text_encoder
            ),
            uses=(*old.uses, *uses),
        )

    def _merged(self, network: str) -> dict[str, Tensor]:
        weights = self._weights[network]
        return {n: value.to(weights[n].dtype) for n, value in self._changed[network].items()}

    def _value(self, network: str, name: str) -> Tensor:
        """The present value of a weight, in float32."""
        changed = self._changed[network]
        return changed[name] if name in changed else dense(self._weights[network][name]).float()

    def _change(self, network: str, name: str, change: Tensor | None, multiplier: float) -> None:
        if change is None or multiplier == 0 or name not in self._weights[network]:
            return
        value = self._value(network, name)
        if name == FIRST_WEIGHT and change.dim() == value.dim():
            # A LoRA made for a plain checkpoint knows nothing of the mask an inpainting one sees.
            missing = value.shape[1] - change.shape[1]
            change = pad(change, (0, 0, 0, 0, 0, max(0, missing)))
        if change.numel() != value.numel():
            raise UnsupportedModel(f"{tuple(change.shape)} for a {name} of {tuple(value.shape)}")
        delta = change.reshape(value.shape).to(value)
        self._changed[network][name] = value + multiplier * delta


def _plain_part(name: str, weight: Tensor, parameters: Mapping[str, Tensor]) -> Tensor:
    """The first convolution without the channels that a LoRA's own one does not have."""
    inputs = [p.shape[1] for p in parameters.values() if p.dim() == 4 and p.shape[2:] != (1, 1)]
    if name != FIRST_WEIGHT or not inputs or max(inputs) >= weight.shape[1]:
        return weight
    return weight[:, : max(inputs)]


def _weighted(network: nn.Module) -> Iterator[str]:
    """Names of the modules that have a weight of their own."""
    for name, _ in network.named_parameters():
        if name.endswith(".weight"):
            yield name.removesuffix(".weight")


def _split(key: str) -> tuple[str, str]:
    """A tensor's name as (module, parameter), both in the spelling of kohya."""
    module, _, parameter = key.partition(".")
    for prefix, ours in PREFIXES.items():
        if key.startswith(prefix):
            path, parameter = _split_path(key.removeprefix(prefix))
            module = ours + path.replace(".", "_")
            break
    return module, PARAMETER_NAMES.get(parameter, parameter)


def _split_path(path: str) -> tuple[str, str]:
    """A dotted name as (module, parameter)."""
    for ending in (*PARAMETER_NAMES, "lora_up.weight", "lora_down.weight", "lora_mid.weight"):
        if path.endswith(f".{ending}"):
            return path.removesuffix(f".{ending}"), ending
    module, _, parameter = path.rpartition(".")
    return module, parameter


def _alias(path: Path) -> str | None:
    """The name that the program which made the file gave it."""
    try:
        is_safetensors = container(path) == "safetensors"
        return read_metadata(path).get("ss_output_name") if is_safetensors else None
    except (ModelError, OSError):
        return None  # a broken file has no other name, and fails when it is asked for by its own
