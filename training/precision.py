"""In which numbers the trainings compute."""

from __future__ import annotations

import torch


def fast_numbers(device: torch.device, *, bfloat16: bool) -> torch.autocast:
    """Return the context of a network's pass, in bfloat16 or in single precision.

    A processor without units for bfloat16 computes it many times slower than single precision.
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16)
