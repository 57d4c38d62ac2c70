"""Weights in the format of the ncnn inference library.

Two files: ``.param`` lists the layers of a graph as text, ``.bin`` holds their weights one after
another, in that order. A convolution's weights are half-precision numbers behind a tag, filled up
to four bytes; biases and slopes are plain float32. Only what the packaged networks consist of is
read, and the two files must fit each other to the byte. Source: ncnn's documentation, "param and
model file structure" and "operation param weight table".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.stored import StoredTensor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

MAGIC = "7767517"
"""First line of a ``.param`` file."""

HALF_TAG = bytes.fromhex("476b3001")
"""Stands before weights of half precision: 0x01306B47."""

WEIGHTLESS = frozenset(
    ("Input", "Split", "Concat", "Eltwise", "BinaryOp", "Interp", "PixelShuffle")
)
"""Layers without weights that may stand in the graph."""

LARGEST_TEXT = 2**20
"""Bytes of a ``.param`` file that are read."""

MOST_CHANNELS, LARGEST_KERNEL = 2**14, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NcnnLayer:
    """A layer that has weights.

    Attributes:
        kind: A convolution, or a rectifier with a slope a channel.
        weight: (outputs, inputs, height, width), or (channels,).
        bias: (outputs,); a rectifier has none.
    """

    kind: Literal["Convolution", "PReLU"]
    weight: StoredTensor
    bias: StoredTensor | None = None


def read_ncnn(graph: Path) -> tuple[NcnnLayer, ...]:
    """The layers with weights, in the order of the graph.

    Args:
        graph: The ``.param`` file; the ``.bin`` file lies beside it.

    Raises:
        BrokenModel: if a file is missing, malformed, or shorter or longer than the other says.
        UnsupportedModel: if the graph has layers, or the weights a form, that we do not know.
    """
    weights = graph.with_suffix(".bin")
    try:
        with graph.open("rb") as file:
            text = file.read(LARGEST_TEXT + 1)
        with weights.open("rb") as file:
            layers, position = _layers(graph, text, weights, file)
            size = file.seek(0, 2)
    except OSError as error:
        raise BrokenModel(f"{error.filename}: cannot be read: {error.strerror}") from error
    if position != size:
        raise BrokenModel(
            f"{weights}: its layers take {position} bytes, the file has {size}; install it again"
        )
    return layers


def _layers(
    graph: Path, text: bytes, weights: Path, file: BinaryIO
) -> tuple[tuple[NcnnLayer, ...], int]:
    """The layers, and the byte of the weights file where the last one ends."""
    layers: list[NcnnLayer] = []
    position = 0
    for line in _lines(graph, text):
        kind, *words = line.split()
        if kind in WEIGHTLESS:
            continue
        numbers = _numbers(graph, line, words)
        if kind == "Convolution":
            file.seek(position)
            if file.read(4) != HALF_TAG:
                raise UnsupportedModel(f"{weights}: weights at byte {position} are not half floats")
            layer, position = _convolution(graph, weights, numbers, position + 4)
        elif kind == "PReLU":
            slopes = StoredTensor(weights, "F32", (_count(graph, numbers, 0),), position)
            layer, position = NcnnLayer(kind="PReLU", weight=slopes), position + 4 * slopes.span
        else:
            raise UnsupportedModel(f"{graph}: has a layer of a kind we do not run: {kind[:40]!r}")
        layers.append(layer)
    return tuple(layers), position


def _lines(graph: Path, text: bytes) -> list[str]:
    """The lines of the layers, as many as the head says."""
    if len(text) > LARGEST_TEXT:
        raise BrokenModel(f"{graph}: larger than {LARGEST_TEXT} bytes; no graph of ncnn")
    lines = text.decode("ascii", errors="replace").splitlines()
    head = re.fullmatch(r"(\d{1,6}) \d{1,6}\s*", lines[1]) if len(lines) > 1 else None
    if head is None or lines[0].strip() != MAGIC:
        raise BrokenModel(f"{graph}: not a graph of ncnn: it should begin with {MAGIC}")
    layers = [line for line in lines[2:] if line.strip()]
    if len(layers) != int(head[1]):
        raise BrokenModel(f"{graph}: has {len(layers)} layers of {head[1]}; install it again")
    return layers


def _numbers(graph: Path, line: str, words: list[str]) -> dict[int, int]:
    """A layer's settings by their ids: whole numbers only, others are left out."""
    # name, count of inputs, count of outputs, their names, settings
    if len(words) < 3 or not (words[1].isdecimal() and words[2].isdecimal()):
        raise BrokenModel(f"{graph}: cannot be read at {line[:60]!r}")
    settings = words[3 + int(words[1][:4]) + int(words[2][:4]) :]
    pairs = [re.fullmatch(r"(\d{1,4})=(\d{1,12})", word) for word in settings]
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def _count(graph: Path, numbers: Mapping[int, int], setting: int) -> int:
    """A number of channels."""
    count = numbers.get(setting, 0)
    if not 1 <= count <= MOST_CHANNELS:
        raise BrokenModel(f"{graph}: a layer has {count} channels")
    return count


def _convolution(
    graph: Path, weights: Path, numbers: Mapping[int, int], start: int
) -> tuple[NcnnLayer, int]:
    """A convolution whose numbers begin at ``start``, and the byte behind it."""
    outputs = _count(graph, numbers, 0)
    side = numbers.get(1, 0)
    inputs, rest = divmod(numbers.get(6, 0), max(1, outputs * side**2))
    if rest or not (1 <= inputs <= MOST_CHANNELS and 1 <= side <= LARGEST_KERNEL):
        raise BrokenModel(f"{graph}: a convolution of {outputs} channels has an impossible size")
    if numbers.get(5) != 1 or numbers.get(3, 1) != 1 or numbers.get(2, 1) != 1:
        raise UnsupportedModel(f"{graph}: has a convolution without bias, or one that skips pixels")
    weight = StoredTensor(weights, "F16", (outputs, inputs, side, side), start)
    bias_start = start + -(-2 * weight.span // 4) * 4
    bias = StoredTensor(weights, "F32", (outputs,), bias_start)
    return NcnnLayer(kind="Convolution", weight=weight, bias=bias), bias_start + 4 * outputs
