"""Noise that looks like a picture from afar: its frequencies, its phases, its colours.

The noise's spectrum is shaped by that of the picture (Heeger and Bergen 1995, "Pyramid-based
texture analysis/synthesis", in spirit), then its histogram is matched to the picture's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.float64]

NOISE_SEED = 0
"""The noise is always the same: what is painted over it depends on the request's seed alone."""

MASKED, KNOWN = 1e-6, 1e-3
"""Above the one a pixel counts as masked, below the other as known."""


def matched_noise(
    pixels: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    fall_off: float,
    color_variation: float,
) -> NDArray[np.uint8]:
    """The picture with noise in its likeness under the mask.

    Args:
        pixels: (h, w, 3); what is masked does not matter.
        mask: (h, w); 255 becomes noise.
        fall_off: Exponent on the picture's amplitudes.
        color_variation: How colourful the noise is, 0..1.
    """
    picture, share = pixels / 255, (mask / 255)[..., None]
    noise = _coloured_noise(picture.shape, color_variation)
    spectrum = np.abs(_spectrum(_damped(noise))) ** 2
    likeness = _spectrum(_windowed(picture, share))
    amplitude = np.abs(likeness)
    phase = np.divide(likeness, amplitude, out=np.zeros_like(likeness), where=amplitude > 0)
    shaped = _picture((spectrum * amplitude**fall_off).astype(np.complex128) * phase)
    shaped -= shaped.min()
    shaped /= shaped.max() or 1.0
    masked, known = share[..., 0] > MASKED, share[..., 0] < KNOWN
    if known.any():
        for channel in range(3):
            shaped[masked, channel] = _matched(shaped[masked, channel], picture[known, channel])
    mixed = np.clip(picture * (1 - share) + shaped * share, 0, 1)
    return np.where(masked[..., None], (mixed * 255).astype(np.uint8), pixels)


def _windowed(picture: Image, share: Image) -> Image:
    """The known part, brightened so that its highest value is 1, on its mean colour."""
    known = picture * (1 - share)
    return known / (known.max() or 1.0) + picture.mean() * share


def _coloured_noise(shape: tuple[int, ...], color_variation: float) -> Image:
    """Even noise, 0..1, most of it the same in all channels."""
    noise = np.random.default_rng(NOISE_SEED).random(shape)
    grey = noise.sum(axis=2, keepdims=True) / 3
    return noise * color_variation + grey * (1 - color_variation)


def _damped(noise: Image) -> Image:
    """The noise with the weight 1 / ((x² + 1)(y² + 1)) on its frequencies."""
    height, width = noise.shape[:2]
    shorter = min(height, width)
    y, x = ((np.arange(side) / side * 2 - 1) * (side / shorter) for side in (height, width))
    window = 1 / ((y[:, None] ** 2 + 1) * (x[None, :] ** 2 + 1))
    return _picture(_spectrum(noise) * window[..., None])


def _matched(values: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values with the distribution of others: histogram specification."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    levels, target_counts = np.unique(target, return_counts=True)
    shares = np.cumsum(counts) / values.size
    return np.interp(shares, np.cumsum(target_counts) / target.size, levels)[places]


def _spectrum(picture: Image) -> NDArray[np.complex128]:
    """The frequencies of each channel, (h, w, c), the lowest in the middle."""
    shifted = np.fft.fftshift(picture, axes=(0, 1))
    return np.fft.ifftshift(np.fft.fft2(shifted, axes=(0, 1), norm="ortho"), axes=(0, 1))


def _picture(spectrum: NDArray[np.complex128]) -> Image:
    """The picture of a :func:`_spectrum`."""
    shifted = np.fft.fftshift(spectrum, axes=(0, 1))
    pixels = np.fft.ifftshift(np.fft.ifft2(shifted, axes=(0, 1), norm="ortho"), axes=(0, 1))
    return pixels.real.copy()
