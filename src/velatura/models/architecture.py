"""The sizes of a Stable Diffusion 1.x model's three networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Prediction = Literal["epsilon", "v"]
"""What the U-Net predicts: the noise, or the velocity of arXiv:2202.00512."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArchitecture:
    """The CLIP text model.

    Attributes:
        width: Features per token.
        layers: Transformer layers.
        intermediate: Features inside a layer's perceptron.
        heads: Attention heads. Neither names nor shapes tell it.
        vocabulary: Rows of the token table.
        positions: Tokens in a chunk, start and end included.
    """

    width: int = 768
    layers: int = 12
    intermediate: int = 3072
    heads: int = 12
    vocabulary: int = 49408
    positions: int = 77


@dataclass(frozen=True, slots=True, kw_only=True)
class UnetArchitecture:
    """The denoising U-Net. Tuples have an entry per level, the finest first.

    Attributes:
        in_channels: Channels of its input; 4 for plain SD 1.x, 9 for an inpainting checkpoint.
        out_channels: Channels of its output: of the latents.
        channels: Features at each level.
        res_blocks: Residual blocks on the way down; the way up has one more.
        attention: Whether the level's residual blocks are followed by transformers.
        depth: Transformer blocks in each of the level's transformers. The last entry also holds
            for the middle.
        context_width: Features per token of the text it attends to.
        heads: Attention heads. Neither names nor shapes tell it.
        linear_projection: Whether transformers project with matrices, not 1×1 convolutions.
    """

    in_channels: int = 4
    out_channels: int = 4
    channels: tuple[int, ...] = (320, 640, 1280, 1280)
    res_blocks: tuple[int, ...] = (2, 2, 2, 2)
    attention: tuple[bool, ...] = (True, True, True, False)
    depth: tuple[int, ...] = (1, 1, 1, 1)
    context_width: int = 768
    heads: int = 8
    linear_projection: bool = False

    @property
    def sees_mask(self) -> bool:
        """Whether the input is latents, a mask, and the latents of the picture without it."""
        return self.in_channels == 2 * self.out_channels + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeArchitecture:
    """The KL autoencoder.

    Attributes:
        channels: Features at each level, the finest first.
        res_blocks: Residual blocks per level of the encoder; the decoder has one more.
        latent_channels: Channels of the latents.
        scale_factor: The latents' factor to unit variance.
    """

    channels: tuple[int, ...] = (128, 256, 512, 512)
    res_blocks: int = 2
    latent_channels: int = 4
    scale_factor: float = 0.18215


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A whole model.

    Attributes:
        text: The text encoder.
        unet: The denoiser.
        vae: The autoencoder; None where the file has none.
        prediction: What the U-Net predicts.
        betas: First and last noise variance of the thousand training steps, linear in the root.
        native_size: Width and height in pixels that the model was made for.
    """

    text: TextArchitecture = field(default_factory=TextArchitecture)
    unet: UnetArchitecture = field(default_factory=UnetArchitecture)
    vae: VaeArchitecture | None = field(default_factory=VaeArchitecture)
    prediction: Prediction = "epsilon"
    betas: tuple[float, float] = (0.00085, 0.012)
    native_size: tuple[int, int] = (512, 512)
