"""Latents to pixels and back, as fast as the device computes it.

Features are changed where they lie as soon as nobody else needs them: it takes a fifth less memory
at its peak than diffusers' autoencoder, which gives the same to within rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import pad, silu

from velatura.models.layers import (
    as_image,
    as_tokens,
    attend,
    doubled,
    keys_and_values,
    residual,
)

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.models.blocks import Level, Residual
    from velatura.models.paths import Path
    from velatura.models.vae_network import Decoder, Encoder, PixelAttention, VaeNetwork


def decode(network: VaeNetwork, latents: Tensor, path: Path) -> Tensor:
    """Pixels of latents.

    Args:
        network: The autoencoder.
        latents: (b c h w), in the network's precision and scale.
        path: How it is computed.

    Returns:
        (b 3 h·8 w·8), about -1..1.
    """
    decoder = network.decoder
    x = latents.contiguous(memory_format=path.layout)
    x = path.convolve(decoder.conv_in, path.convolve(network.post_quant_conv, x, None), None)
    x = _through(path, decoder.mid_block, x)
    for level in decoder.up_blocks:
        x = _through(path, level, x)
        for up in level.upsamplers:
            x = doubled(path, up.conv, x)
    return _ended(path, decoder, x).contiguous()


def encode(network: VaeNetwork, pixels: Tensor, path: Path) -> Tensor:
    """The mean of the latents' distribution.

    Args:
        network: The autoencoder.
        pixels: (b 3 h w), -1..1, in the network's precision.
        path: How it is computed.

    Returns:
        (b c h/8 w/8), in the network's scale.
    """
    encoder = network.encoder
    x = path.convolve(encoder.conv_in, pixels.contiguous(memory_format=path.layout), None)
    for level in encoder.down_blocks:
        x = _through(path, level, x)
        for down in level.downsamplers:
            x = path.convolve(down.conv, pad(x, (0, 1, 0, 1)), None)
    x = _ended(path, encoder, _through(path, encoder.mid_block, x))
    x = path.convolve(network.quant_conv, x, None)
    return x[:, : x.shape[1] // 2].contiguous()


def _through(path: Path, level: Level[Residual, PixelAttention], x: Tensor) -> Tensor:
    """What a level makes of features, without the way to the next."""
    for block, attention in level.pairs():
        x = residual(path, block, x)
        if attention is not None:
            seen = as_tokens(path.normalise(attention.group_norm, x))
            told = keys_and_values(path, attention, seen)
            tokens = attend(path, attention, seen, told, as_tokens(x))
            x = as_image(tokens, (x.shape[-2], x.shape[-1]))
    return x


def _ended(path: Path, coder: Encoder | Decoder, x: Tensor) -> Tensor:
    x = silu(path.normalise(coder.conv_norm_out, x), inplace=True)
    return path.convolve(coder.conv_out, x, None)
