"""Weights of upscaling networks under the names of the networks we run.

ESRGAN's own programs changed the names twice; ncnn's files have none, only an order. Networks are
told apart by names and shapes alone; values are not read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from velatura.models.ncnn_file import NcnnLayer
    from velatura.models.stored import StoredTensor

    Weights = Mapping[str, StoredTensor]

FIRST_NAMES = {
    "conv_first": "conv_first",
    "trunk_conv": "conv_body",
    "HRconv": "conv_hr",
    "conv_last": "conv_last",
}
"""Modules by the names of ESRGAN's second program -> ours."""

CONVOLUTIONS_A_BLOCK = 15
OTHER_CONVOLUTIONS = 4
"""Convolutions outside the blocks, those behind each doubling left out."""

MOST_LAYERS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class RRDBWeights:
    """Weights of :class:`~velatura.upscalers.rrdb.RRDBNet`, and its sizes."""

    tensors: Weights
    blocks: int
    doublings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactWeights:
    """Weights of :class:`~velatura.upscalers.compact.CompactNet`, and its sizes."""

    tensors: Weights
    convolutions: int

    @property
    def last(self) -> str:
        """Name of the last convolution's weight."""
        return f"body.{2 * self.convolutions + 2}.weight"


def recognised(tensors: Weights) -> RRDBWeights | CompactWeights | None:
    """The weights of a network that we run; None where they are of another."""
    if _has(tensors, "body.0.weight", 4) and _has(tensors, "body.1.weight", 1):
        count = _highest(tensors, r"body\.(\d+)\.weight")
        if count % 2 or not _has(tensors, f"body.{count}.weight", 4):
            return None
        return CompactWeights(tensors=tensors, convolutions=count // 2 - 1)
    named = {name: tensor for old, tensor in tensors.items() if (name := _present(old, tensors))}
    if not _has(named, "conv_first.weight", 4) or not _has(named, "body.0.rdb1.conv1.weight", 4):
        return None
    if len(named) != len(tensors):
        return None  # a relative with more in its blocks
    return RRDBWeights(
        tensors=named,
        blocks=_highest(named, r"body\.(\d+)\.rdb1\.conv1\.weight") + 1,
        doublings=_highest(named, r"conv_up(\d+)\.weight"),
    )


def from_ncnn(source: Path, layers: Sequence[NcnnLayer]) -> RRDBWeights | CompactWeights:
    """The weights of a graph: its layers stand in the order in which the network runs them.

    Raises:
        BrokenModel: if there are too many or too few for a network that we run.
    """
    tensors: dict[str, StoredTensor] = {}
    if any(layer.kind == "PReLU" for layer in layers):
        names = [f"body.{index}" for index in range(len(layers))]
        weights = CompactWeights(tensors=tensors, convolutions=len(layers) // 2 - 1)
    else:
        blocks, rest = divmod(len(layers) - OTHER_CONVOLUTIONS, CONVOLUTIONS_A_BLOCK)
        if blocks < 1 or rest > 3:
            raise BrokenModel(f"{source}: has {len(layers)} convolutions; no network we know")
        names = _rrdb_modules(blocks, rest)
        weights = RRDBWeights(tensors=tensors, blocks=blocks, doublings=rest)
    for name, layer in zip(names, layers, strict=True):
        tensors[f"{name}.weight"] = layer.weight
        if layer.bias is not None:
            tensors[f"{name}.bias"] = layer.bias
    return weights


def _rrdb_modules(blocks: int, doublings: int) -> list[str]:
    """The convolutions of the network in the order of their work."""
    dense = [f"rdb{part}.conv{index}" for part in (1, 2, 3) for index in (1, 2, 3, 4, 5)]
    inner = [f"body.{block}.{name}" for block in range(blocks) for name in dense]
    ups = [f"conv_up{index + 1}" for index in range(doublings)]
    return ["conv_first", *inner, "conv_body", *ups, "conv_hr", "conv_last"]


def _present(name: str, tensors: Weights) -> str | None:
    """Our name for a weight of ESRGAN; None where it has no place there."""
    module, _, kind = name.rpartition(".")
    if kind not in ("weight", "bias"):
        return None
    if module.startswith("model."):
        ours = _from_numbers(module, tensors)
    elif match := re.fullmatch(r"RRDB_trunk\.(\d+)\.RDB([123])\.conv([1-5])", module):
        ours = f"body.{match[1]}.rdb{match[2]}.conv{match[3]}"
    elif match := re.fullmatch(r"upconv(\d)", module):
        ours = f"conv_up{match[1]}"
    else:
        ours = FIRST_NAMES.get(module, module)
    if re.fullmatch(r"body\.\d{1,3}\.rdb[123]\.conv[1-5]|conv_(first|body|up\d|hr|last)", ours):
        return f"{ours}.{kind}"
    return None


def _from_numbers(module: str, tensors: Weights) -> str:
    """Our name for a module of ESRGAN's first program, which numbered them.

    The last two numbers are the convolutions after the doublings, whose number differs.
    """
    if match := re.fullmatch(r"model\.1\.sub\.(\d+)\.RDB([123])\.conv([1-5])\.0", module):
        return f"body.{match[1]}.rdb{match[2]}.conv{match[3]}"
    if re.fullmatch(r"model\.1\.sub\.\d+", module):
        return "conv_body"
    found = {match[1] for name in tensors if (match := re.fullmatch(r"model\.(\d+)\.weight", name))}
    numbers = sorted(found, key=int)
    number = module.removeprefix("model.")
    if number not in numbers or len(numbers) < 3:
        return ""
    ups = [f"conv_up{index + 1}" for index in range(len(numbers) - 3)]
    return dict(zip(numbers, ["conv_first", *ups, "conv_hr", "conv_last"], strict=True))[number]


def _has(tensors: Weights, name: str, dimensions: int) -> bool:
    return name in tensors and len(tensors[name].shape) == dimensions


def _highest(tensors: Weights, pattern: str) -> int:
    """The highest number that the pattern finds in the names; 0 where it finds none."""
    numbers = (int(match[1][:4]) for name in tensors if (match := re.fullmatch(pattern, name)))
    return min(MOST_LAYERS, max(numbers, default=0))
