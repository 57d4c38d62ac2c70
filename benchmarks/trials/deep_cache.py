"""Steps of a U-Net of full size, in turn with all of its blocks and with inner features kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.stopwatch import timed
from benchmarks.trials.stepping import ask, random_unet, tell
from velatura.models.architecture import UnetArchitecture
from velatura.models.deep_cache import Kept
from velatura.models.unet import Unet

if TYPE_CHECKING:
    from torch import Tensor


def measure(
    size: tuple[int, int], rounds: int, sizes: UnetArchitecture | None = None
) -> dict[str, float]:
    """Seconds of a whole step and of one that begins with its features, after one to warm up.

    Args:
        size: Width and height in pixels.
        rounds: How often both take a turn.
        sizes: The network's; None takes those of Stable Diffusion 1.5.

    Returns:
        "whole, ROUND" and "kept, ROUND".
    """
    sizes = sizes or UnetArchitecture()
    asked, unet = ask(*size, 1, sizes), Unet(random_unet(sizes))

    def step(kept: Kept) -> Tensor:
        return unet.predict(asked.x, asked.t, asked.context, kept)

    step(Kept())
    step(Kept())
    figures: dict[str, float] = {}
    for turn in range(rounds):
        kept = Kept()
        for name in ("whole", "kept"):
            _, figures[f"{name}, {turn}"], _ = timed(lambda kept=kept: step(kept))
    return figures


if __name__ == "__main__":
    tell(measure)
