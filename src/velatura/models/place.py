"""Where the networks of a model live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from velatura.models.paths import path_for

if TYPE_CHECKING:
    from velatura.models.paths import Path
    from velatura.models.turns import Turns

HOST = torch.device("cpu")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """Where the networks of a model live, and how they compute.

    Attributes:
        device: Where they compute.
        dtype: Their precision. The autoencoder stays in float32 where this is float16, whose range
            its activations exceed.
        compiles: Whether the U-Net is compiled, where that makes it faster.
        turns: Where they take turns, on ``device``; None has them all there.
    """

    device: torch.device = HOST
    dtype: torch.dtype = torch.float32
    compiles: bool = False
    turns: Turns | None = None

    @property
    def home(self) -> torch.device:
        """Where weights stay while nobody computes."""
        return HOST if self.turns else self.device

    @property
    def vae_dtype(self) -> torch.dtype:
        """Precision of the autoencoder."""
        return torch.float32 if self.dtype is torch.float16 else self.dtype

    @property
    def unet_path(self) -> Path:
        """How the U-Net is computed; what is recorded or compiled needs weights that stay."""
        if self.turns:
            return replace(path_for(self.device, self.dtype), record=None)
        return path_for(self.device, self.dtype, compiles=self.compiles)

    @property
    def vae_path(self) -> Path:
        """How the autoencoder is computed."""
        return path_for(self.device, self.vae_dtype)
