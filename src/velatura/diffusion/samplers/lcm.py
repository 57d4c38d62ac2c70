"""The sampler of latent consistency models: jump to the clean estimate, add noise, again.

Luo et al. 2023 (arXiv:2310.04378), after Song et al. 2023 (arXiv:2303.01469), Algorithm 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions


def sample_lcm(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """``x <- D + s' e`` with fresh noise e."""
    del options
    x = state.x
    for i in range(state.index, len(levels) - 1):
        denoised = denoise(x, levels[i])
        x = denoised
        if levels[i + 1] > 0:
            x = x + noise.draw() * levels[i + 1]
        yield State(x, i + 1, denoised=denoised)
