"""Networks that take turns on a device too small for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from torch import Tensor, nn


class Turns:
    """A device's memory, for one network at a time.

    All weights have their home in the host's memory. The network at work has copies on the device;
    they are let go when another comes, and need not be copied back, since weights never change.

    Args:
        device: Where networks compute.
        copy: Copies a weight to the device; None copies it as it lies.

    Attributes:
        device: Where networks compute.
    """

    def __init__(
        self, device: torch.device, copy: Callable[[Tensor], Tensor] | None = None
    ) -> None:
        def to_device(weight: Tensor) -> Tensor:
            return weight.to(device)

        self.device = device
        self._copy = copy or to_device
        self._network: nn.Module | None = None
        self._homes: list[tuple[Tensor, Tensor]] = []

    def bring(self, network: nn.Module) -> None:
        """Have a network's weights on the device, and nobody else's."""
        if network is self._network:
            return
        self.clear()
        try:
            for weight in (*network.parameters(), *network.buffers()):
                self._homes.append((weight, weight.data))
                weight.data = self._copy(weight.data)
        except BaseException:
            self.clear()
            raise
        self._network = network

    def clear(self) -> None:
        """Have all weights at home."""
        for weight, home in self._homes:
            weight.data = home
        self._homes.clear()
        self._network = None
