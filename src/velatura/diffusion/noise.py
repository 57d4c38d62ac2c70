"""Reproducible noise: every picture of a batch draws from generators of its own.

A picture therefore looks the same alone and in a batch. The first noise can be a mixture of two
seeds (:func:`mix_rows`) or be drawn at another size; whatever a sampler draws later continues the
picture's generator, or a second one where an eta noise seed delta is set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from velatura.diffusion.brownian import BrownianPath
from velatura.diffusion.philox import philox_normal
from velatura.records import NoiseOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Generator, Tensor

    Shape = tuple[int, int, int]

LATENT_CELL = 8
"""Pixels along one side of a latent cell."""

SEEDS = 2**64
"""Seeds beyond begin again at 0."""

PARALLEL = 0.9995
"""Above this mean cosine two noises count as parallel and are mixed linearly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRecipe:
    """All that decides a batch's noise.

    Attributes:
        seeds: One for each picture.
        shape: Of one picture's latents, (c h w).
        options: Source of random numbers, eta noise seed delta, size to draw at.
        variation_seeds: One for each picture; a missing one counts as 0.
        variation_strength: How much of the variation seed goes into the first noise, 0..1.
        span: Lowest positive and highest sigma of the full schedule: where Brownian paths live.
        picture_brownian: One Brownian path per picture, by its seed; else one for the batch, by
            the first seed.
        device: Where the noise is wanted, and drawn for source "GPU".
    """

    seeds: tuple[int, ...]
    shape: Shape
    options: NoiseOptions = field(default_factory=NoiseOptions)
    variation_seeds: tuple[int, ...] = ()
    variation_strength: float = 0.0
    span: tuple[float, float] = (0.0, 1.0)
    picture_brownian: bool = True
    device: str = "cpu"


class Source(Protocol):
    """One stream of standard-normal numbers."""

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """The next float32 tensor."""
        ...

    def state(self) -> bytes:
        """Where the stream stands."""
        ...

    def restore(self, state: bytes) -> None:
        """Go on from a :meth:`state`."""
        ...


class TorchSource:
    """PyTorch's generator on a device: Mersenne Twister on a CPU, Philox on a CUDA card."""

    def __init__(self, seed: int, device: str) -> None:
        import torch

        self._generator: Generator = torch.Generator(device).manual_seed(seed)

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """The next float32 tensor, on the generator's device."""
        import torch

        return torch.randn(shape, generator=self._generator, device=self._generator.device)

    def state(self) -> bytes:
        """The generator's own state."""
        return self._generator.get_state().numpy().tobytes()

    def restore(self, state: bytes) -> None:
        """Go on from a :meth:`state`."""
        import torch

        self._generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


class PhiloxSource:
    """What an NVIDIA card would draw, computed on the CPU."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._draws = 0

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """The next float32 tensor, on the CPU."""
        import torch

        count = torch.Size(shape).numel()
        numbers = philox_normal(self._seed, self._draws, count)
        self._draws += 1
        return torch.from_numpy(numbers).reshape(shape)

    def state(self) -> bytes:
        """The number of tensors drawn."""
        return self._draws.to_bytes(8, "little")

    def restore(self, state: bytes) -> None:
        """Go on from a :meth:`state`."""
        self._draws = int.from_bytes(state, "little")


class PictureNoise:
    """The noise of one batch, as samplers draw it (satisfies ``samplers.base.Noise``)."""

    def __init__(self, recipe: NoiseRecipe) -> None:
        self.recipe = recipe
        self._streams = [self._source(seed) for seed in recipe.seeds]

    def first(self) -> Tensor:
        """The noise a batch begins with, (b c h w); draw it once, before all other noise."""
        pictures = [self._first(index) for index in range(len(self.recipe.seeds))]
        if delta := self.recipe.options.ensd:
            self._streams = [self._source(seed + delta) for seed in self.recipe.seeds]
        return self._stack(pictures)

    def draw(self) -> Tensor:
        """The next standard-normal tensor, (b c h w)."""
        return self._stack([stream.normal(self.recipe.shape) for stream in self._streams])

    def brownian(self) -> Callable[[float, float], Tensor]:
        """Increments of Brownian motion over sigma, scaled to unit variance, (b c h w).

        The increment from ``sigma`` to ``sigma_next`` is (W(sigma_next) - W(sigma)) divided by
        sqrt(|sigma_next - sigma|); there is one path for each picture.
        """
        recipe = self.recipe
        batch = len(recipe.seeds)
        if recipe.picture_brownian:
            paths = [self._path(seed, recipe.shape) for seed in recipe.seeds]
        else:
            paths = [self._path(recipe.seeds[0], (batch, *recipe.shape))]

        def increments(sigma: float, sigma_next: float) -> Tensor:
            low, high = min(sigma, sigma_next), max(sigma, sigma_next)
            sign = 1.0 if sigma < sigma_next else -1.0
            scale = sign / (high - low) ** 0.5
            drawn = self._stack([path.increment(low, high) for path in paths])
            return drawn.reshape(batch, *recipe.shape) * scale

        return increments

    def state(self) -> dict[str, bytes]:
        """Where every picture's generator stands, as plain data."""
        return {str(index): stream.state() for index, stream in enumerate(self._streams)}

    def restore(self, state: Mapping[str, bytes]) -> None:
        """Go on from a :meth:`state`; :meth:`first` must not be called afterwards."""
        if delta := self.recipe.options.ensd:
            self._streams = [self._source(seed + delta) for seed in self.recipe.seeds]
        for index, stream in enumerate(self._streams):
            stream.restore(state[str(index)])

    def _first(self, index: int) -> Tensor:
        recipe = self.recipe
        seed, options = recipe.seeds[index], recipe.options
        if not (options.resize_width and options.resize_height):
            return self._varied(index, self._streams[index].normal(recipe.shape))
        height, width = options.resize_height // LATENT_CELL, options.resize_width // LATENT_CELL
        small = self._varied(index, self._source(seed).normal((recipe.shape[0], height, width)))
        return paste_centred(small, self._streams[index].normal(recipe.shape))

    def _varied(self, index: int, noise: Tensor) -> Tensor:
        recipe = self.recipe
        if recipe.variation_strength == 0:
            return noise
        seed = recipe.variation_seeds[index] if index < len(recipe.variation_seeds) else 0
        other = self._source(seed).normal(tuple(noise.shape))
        return mix_rows(noise, other, recipe.variation_strength)

    def _source(self, seed: int) -> Source:
        seed %= SEEDS
        match self.recipe.options.source:
            case "NV":
                return PhiloxSource(seed)
            case "CPU":
                return TorchSource(seed, "cpu")
            case "GPU":
                return TorchSource(seed, self.recipe.device)

    def _path(self, seed: int, shape: tuple[int, ...]) -> BrownianPath:
        low, high = self.recipe.span
        return BrownianPath(low, high, seed, lambda leaf: self._source(leaf).normal(shape))

    def _stack(self, pictures: list[Tensor]) -> Tensor:
        import torch

        return torch.stack(pictures).to(self.recipe.device)


def mix_rows(noise: Tensor, other: Tensor, strength: float) -> Tensor:
    """Spherical interpolation from ``noise`` to ``other``, both (c h w), along h.

    With the angle w between the two in every channel and column, the result is
    ``sin((1-t) w) / sin w * noise + sin(t w) / sin w * other`` (Shoemake 1985,
    doi:10.1145/325334.325242). Noises that are nearly parallel are mixed linearly, with the
    roles exchanged: so the web UI has it, and seeds rely on it.
    """
    unit = noise / noise.norm(dim=1, keepdim=True)
    other_unit = other / other.norm(dim=1, keepdim=True)
    cosine = (unit * other_unit).sum(1, keepdim=True)
    if cosine.mean() > PARALLEL:
        return noise * strength + other * (1 - strength)
    angle = cosine.acos()
    sine = angle.sin()
    share, other_share = ((1 - strength) * angle).sin() / sine, (strength * angle).sin() / sine
    return share * noise + other_share * other


def paste_centred(small: Tensor, large: Tensor) -> Tensor:
    """``large`` with ``small`` laid over its middle; what juts out is cut off. Both (c h w)."""
    top, bottom, small_top = _overlap(small.shape[1], large.shape[1])
    left, right, small_left = _overlap(small.shape[2], large.shape[2])
    pasted = large.clone()
    pasted[:, top:bottom, left:right] = small[
        :, small_top : small_top + bottom - top, small_left : small_left + right - left
    ]
    return pasted


def _overlap(small: int, large: int) -> tuple[int, int, int]:
    """Along one side: where the small lies in the large (from, to), and where it is cut."""
    offset = (large - small) // 2
    if offset >= 0:
        return offset, offset + small, 0
    return 0, min(small + 2 * offset, large), -offset
