"""Steps of the U-Net, by Velatura and by diffusers in several ways, in turn in one process.

Everyone is given the same random weights of Stable Diffusion 1.5's sizes, the same latents with
and without prompt as one call, the same precision, and large pages, which diffusers would not
ask for by itself.
"""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import peers
from benchmarks.memory import forget_peak, peak_bytes, read_memory
from benchmarks.stopwatch import timed
from velatura.engines.memory import use_large_pages
from velatura.models.architecture import UnetArchitecture
from velatura.models.unet import Unet
from velatura.models.unet_network import UnetNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor

    Step = Callable[["Question"], Tensor]

TOKENS = 77
SIDE = 1536
"""Of the square matrices whose product tells the machine's limit: larger ones gain no more."""

CLOSE = 1e-3
"""The most by which two contestants' estimates may differ; they are about 3 large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a step asks: latents, their time, and a prompt's features."""

    x: Tensor
    t: Tensor
    context: Tensor


def ask(width: int, height: int, batch: int, sizes: UnetArchitecture) -> Question:
    """A question for so many pictures, each with prompt and negative prompt."""
    rows = 2 * batch
    return Question(
        x=torch.randn(rows, sizes.in_channels, height // 8, width // 8),
        t=torch.full((rows,), 500.0),
        context=torch.randn(rows, TOKENS, sizes.context_width),
    )


def random_unet(sizes: UnetArchitecture) -> UnetNetwork:
    """A network whose features keep about the size of its input's."""
    with torch.device("meta"):
        network = UnetNetwork(sizes)
    network.to_empty(device="cpu")
    for parameter in network.parameters():
        if parameter.dim() > 1:
            bound = (3 / parameter[0].numel()) ** 0.5
            nn.init.uniform_(parameter, -bound, bound)
        else:
            nn.init.uniform_(parameter, -0.1, 0.1)
    return network.eval().requires_grad_(False)


def operations(question: Question, sizes: UnetArchitecture) -> int:
    """Multiplications and additions of a step, counted on a network without memory."""
    network = peers.empty_unet(sizes)
    shown = (one.to("meta") for one in (question.x, question.t, question.context))
    x, t, context = shown
    with FlopCounterMode(display=False) as counter:
        network(x, t, encoder_hidden_states=context)
    return counter.get_total_flops()


def product_speed(side: int = SIDE) -> float:
    """Operations a second of a product of two float32 matrices, the best of four.

    By PyTorch's own product and by oneDNN's, whichever is faster: PyTorch's takes MKL, which leaves
    the wide registers of other makers' processors unused.
    """
    a, b, out = (torch.randn(side, side) for _ in range(3))
    packed = torch.ops.mkldnn._reorder_linear_weight(b, side)

    def by_onednn() -> None:
        torch.ops.mkldnn._linear_pointwise(a, packed, None, "none", [], "")

    ways = (lambda: torch.mm(a, b, out=out)), by_onednn
    seconds = min(timed(way)[1] for way in ways for _ in range(4))
    return 2 * side**3 / seconds


def velatura(network: UnetNetwork) -> Step:
    """Ours, on weights of its own, which it rearranges."""
    unet = Unet(deepcopy(network))
    return lambda asked: unet.predict(asked.x, asked.t, asked.context)


def diffusers(network: UnetNetwork) -> Step:
    """Diffusers' network, called as it is."""
    return _calling(peers.unet(network))


def channels_last(network: UnetNetwork) -> Step:
    """The same on weights and features that lie channels last."""
    return _calling_channels_last(deepcopy(peers.unet(network)))


def compiled(network: UnetNetwork) -> Step:
    """The same compiled by PyTorch's own compiler; needs one for C++."""
    peer = deepcopy(peers.unet(network))
    return _calling_channels_last(cast("Any", torch.compile(peer)))


def _calling(peer: UNet2DConditionModel) -> Step:
    return lambda asked: peer(
        asked.x, asked.t, encoder_hidden_states=asked.context, return_dict=False
    )[0]


def _calling_channels_last(peer: UNet2DConditionModel) -> Step:
    call = _calling(peer.to(memory_format=torch.channels_last))  # pyright: ignore[reportCallIssue]
    return lambda asked: call(
        replace(asked, x=asked.x.contiguous(memory_format=torch.channels_last))
    )


def openvino(network: UnetNetwork) -> Step:
    """The network in OpenVINO's own form; converted and compiled at the first question."""
    run: Callable[[Sequence[Any]], Any] | None = None

    def step(asked: Question) -> Tensor:
        nonlocal run
        given = (asked.x, asked.t, asked.context)
        run = run or compile_openvino(peers.unet(network), given)
        return torch.from_numpy(run([one.numpy() for one in given])[0])

    return step


def compile_openvino(
    network: UNet2DConditionModel, given: tuple[Tensor, Tensor, Tensor]
) -> Callable[[Sequence[Any]], Any]:
    """The network for inputs of these sizes only, in full precision, with as many threads."""
    api = import_module("openvino")
    model = api.convert_model(_Positional(network), example_input=given)
    model.reshape({place: list(one.shape) for place, one in enumerate(given)})
    hints = {
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
    }
    return api.compile_model(model, "CPU", hints)


class _Positional(nn.Module):
    """The network as a call of three tensors that gives one."""

    def __init__(self, network: UNet2DConditionModel) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        """The network's own call."""
        return self.network(x, t, encoder_hidden_states=context, return_dict=False)[0]


CONTESTANTS: Mapping[str, Callable[[UnetNetwork], Step]] = {
    "diffusers": diffusers,
    "Velatura": velatura,
    "diffusers, channels last": channels_last,
    "diffusers, compiled": compiled,
    "OpenVINO": openvino,
}
"""Name -> what makes a step of a network."""


def measure(
    names: Sequence[str],
    size: tuple[int, int],
    batch: int = 1,
    rounds: int = 3,
    sizes: UnetArchitecture | None = None,
) -> dict[str, float]:
    """Seconds of each contestant's first step and its memory, then seconds of one in each round.

    Args:
        names: Keys of :data:`CONTESTANTS`; the first one's answer is what the others must give.
        size: Width and height in pixels.
        batch: Pictures at once.
        rounds: How often everyone takes a turn.
        sizes: The network's; None takes those of Stable Diffusion 1.5.

    Returns:
        "NAME, first" and "NAME, ROUND" in seconds, the same with ", processor" behind, "NAME,
        memory" in bytes, "product, ROUND" in operations a second, and "operations" of a step.

    Raises:
        RuntimeError: if a contestant gives another answer than the first.
    """
    sizes = sizes or UnetArchitecture()
    asked = ask(*size, batch, sizes)
    figures: dict[str, float] = {"operations": operations(asked, sizes)}
    network = random_unet(sizes)
    steps: dict[str, Step] = {}
    expected: Tensor | None = None
    for turn in ("first", *map(str, range(rounds))):
        for name in names:
            forget_peak()
            before = read_memory().get("resident", 0)
            if name not in steps:
                steps[name] = CONTESTANTS[name](network)
            given, seconds, worked = timed(partial(steps[name], asked))
            print(f"{name}, {turn}: {seconds:.2f} s, processor {worked:.2f} s", file=sys.stderr)
            figures |= {f"{name}, {turn}": seconds, f"{name}, {turn}, processor": worked}
            figures.setdefault(f"{name}, memory", peak_bytes() - before)
            expected = given if expected is None else expected
            if (given - expected).abs().max() > CLOSE:
                raise RuntimeError(f"{name} gives another estimate than {names[0]}")
        figures[f"product, {turn}"] = product_speed()
    return figures


def tell(measure: Callable[..., dict[str, float]]) -> None:
    """Print what is measured with the settings that this program was started with."""
    use_large_pages()
    told = json.loads(sys.argv[1])
    with torch.inference_mode():
        print(json.dumps(measure(**told)))


if __name__ == "__main__":
    tell(measure)
