"""Results that are brought from where they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def fetching(tensor: Tensor) -> Callable[[], Tensor]:
    """Have a tensor brought to the host, as soon as it is computed.

    Returns:
        What waits for it and for nothing that the card is asked later, and gives it.
    """
    if tensor.device.type != "cuda":
        return tensor.cpu
    arrived = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    arrived.copy_(tensor, non_blocking=True)
    done = torch.cuda.Event()
    done.record()

    def wait() -> Tensor:
        done.synchronize()
        return arrived.clone()  # memory that the system may move, so that it can be kept for long

    return wait
