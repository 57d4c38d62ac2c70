"""Initial weights that already are an autoencoder: every latent cell holds its block's mean colour.

Group normalisation with a channel or two a group takes the mean colour of a whole picture away,
and a network that starts at random needs thousands of steps to find a way around it. Here three
channels of the residual stream carry the colours, each beside an anchor channel of a large
constant, which fixes what the normalisation subtracts and divides by; the residual branches start
at nought (as in Zhang et al. 2019, "Fixup", arXiv:1901.09321), and the two last convolutions are
fitted by least squares. Training starts from blurred pictures in the right colours and learns what
is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import avg_pool2d

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor

CARRIERS = (0, 4, 8)
ANCHORS = (1, 5, 9)
ANCHOR = -8.0
LOG_VARIANCE = -6.0


def colour_axes(pictures: Tensor) -> Tensor:
    """Return lightness and two colour axes of each 8×8 block, about unit variance: ``b 3 h w``."""
    red, green, blue = avg_pool2d(pictures, 8).unbind(1)
    return torch.stack([(red + green + blue) / 1.4, 1.5 * (red - blue), 2 * green - red - blue], 1)


def _carry(conv: nn.Conv2d, *, halves: bool) -> None:
    """Let a convolution pass carriers and anchors on: their 2×2 mean, or just as they are."""
    for channel in CARRIERS + ANCHORS:
        conv.weight[channel] = 0
        taps = conv.weight[channel, channel]
        if halves:
            taps[:2, :2] = 0.25
        else:
            taps[taps.shape[0] // 2, taps.shape[1] // 2] = 1
        if conv.bias is not None:
            conv.bias[channel] = 0


def _enter(conv: nn.Conv2d) -> None:
    """Let the first convolution put its first three inputs on the carriers; set the anchors."""
    for number, (carrier, anchor) in enumerate(zip(CARRIERS, ANCHORS, strict=True)):
        conv.weight[carrier], conv.weight[anchor] = 0, 0
        conv.weight[carrier, number, 1, 1] = 1
        assert conv.bias is not None
        conv.bias[carrier], conv.bias[anchor] = 0, ANCHOR


def _identity(conv: nn.Conv2d) -> None:
    nn.init.dirac_(conv.weight)
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)


def _fit(conv: nn.Conv2d, features: Tensor, target: Tensor) -> None:
    """Set the middle taps of a convolution's first rows to the least-squares fit of a target."""
    x = features.permute(0, 2, 3, 1).flatten(0, 2)
    y = target.permute(0, 2, 3, 1).flatten(0, 2)
    x = torch.cat([x, torch.ones_like(x[:, :1])], 1).double()
    ridge = 1e-3 * len(x) * torch.eye(x.shape[1], dtype=torch.float64)
    solution = torch.linalg.solve(x.T @ x + ridge, x.T @ y.double()).float().T
    rows = len(solution)
    conv.weight[:rows] = 0
    conv.weight[:rows, :, 1, 1] = solution[:, :-1]
    assert conv.bias is not None
    conv.bias[:rows] = solution[:, -1]


def _features(half: nn.Module, x: Tensor) -> Tensor:
    """Return what the last convolution of an encoder or decoder is given."""
    seen: list[Tensor] = []
    hook = half.get_submodule("conv_out").register_forward_pre_hook(lambda _, a: seen.append(a[0]))
    half(x)
    hook.remove()
    return seen[0]


@torch.no_grad()
def make_first_guess(network: AutoencoderKL, pictures: Tensor) -> None:
    """Give the network its first weights, fitted on some pictures (``b 3 h w``, -1..1)."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            if name.endswith("conv2"):
                nn.init.zeros_(module.weight)
            elif "conv_shortcut" in name or "samplers" in name:
                _carry(module, halves="downsamplers" in name)
            elif name.endswith("conv_in"):
                _enter(module)
            elif "quant_conv" in name:
                _identity(module)
        elif name.endswith("to_out.0") and isinstance(module, nn.Linear):
            nn.init.zeros_(module.weight)
    encoder_out, decoder_out = network.encoder.conv_out, network.decoder.conv_out
    encoder_out.weight[4:] = 0
    encoder_out.bias[4:] = LOG_VARIANCE  # pyright: ignore[reportOptionalSubscript]
    _fit(encoder_out, _features(network.encoder, pictures), colour_axes(pictures))
    latents = network.encode(pictures, return_dict=False)[0].mode()  # pyright: ignore
    _fit(decoder_out, _features(network.decoder, latents), pictures)
