"""Weights into a network that was built without memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from torch import nn

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

Network = TypeVar("Network", bound=nn.Module)


def adopt(source: object, part: str, network: Network, weights: Mapping[str, Tensor]) -> Network:
    """Give ``network`` its weights, without a copy.

    Args:
        source: Where they come from, for the message.
        part: What the network is called in the message.
        network: Built on torch's "meta" device, without memory.
        weights: By the names of its parameters.

    Returns:
        The network, ready to be asked.

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    expected = network.state_dict()
    if wrong := sorted(
        name
        for name in expected.keys() & weights.keys()
        if expected[name].shape != weights[name].shape
    ):
        name = wrong[0]
        raise BrokenModel(
            f"{source}: {part}: {name} has shape {tuple(weights[name].shape)}, "
            f"expected {tuple(expected[name].shape)}"
        )
    _refuse_some(source, part, "missing", sorted(expected.keys() - weights.keys()))
    _refuse_some(source, part, "unexpected", sorted(weights.keys() - expected.keys()))
    network.load_state_dict(dict(weights), strict=True, assign=True)
    return network.eval().requires_grad_(False)


def _refuse_some(source: object, part: str, what: str, names: list[str]) -> None:
    if names:
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise BrokenModel(f"{source}: {part}: {len(names)} weights {what}: {shown}")
