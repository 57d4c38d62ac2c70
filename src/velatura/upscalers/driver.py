"""The rule that every pixel upscaler obeys.

An upscaler enlarges by its own factor, in as many passes as it needs; the driver then brings the
result to the target, whose sides are multiples of 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from velatura.errors import RequestError
from velatura.records.bitmap import LARGEST_AREA, LARGEST_SIDE
from velatura.upscalers.resample import lanczos

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import numpy as np
    from numpy.typing import NDArray

PASSES = 3
"""An upscaler of fixed factor is run at most this often on its own output."""

Result = TypeVar("Result")


class Enlarge(Protocol):
    """The function of an upscaler."""

    def __call__(
        self, pixels: NDArray[np.uint8], width: int, height: int
    ) -> Generator[None, None, NDArray[np.uint8]]:
        """One pass over ``pixels``, (h, w, 3 or 4), towards width x height.

        Any size may come back. Each tile but the last is announced when it is done.
        """
        ...


def one_step(width: int, height: int) -> int:  # noqa: ARG001
    """Steps of a pass that is not divided."""
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler:
    """Something that enlarges pictures.

    Attributes:
        label: The field's name for it.
        enlarge: One pass.
        scale: The factor of one pass; 0 where it goes to any size at once.
        steps: Steps that one pass over width x height pixels takes.
        summary: One line for a menu: what it is good for.
        aliases: Other names it answers to.
    """

    label: str
    enlarge: Enlarge
    scale: int = 0
    steps: Callable[[int, int], int] = one_step
    summary: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement:
    """A picture's way to its target.

    Attributes:
        target: Width and height it shall have.
        wanted: Width and height before they were rounded down to the target.
        sizes: Width and height before each pass.
    """

    target: tuple[int, int]
    wanted: tuple[int, int]
    sizes: tuple[tuple[int, int], ...]


def at_once(
    function: Callable[[NDArray[np.uint8], int, int], NDArray[np.uint8]],
) -> Enlarge:
    """A plain function as that of an upscaler."""

    def enlarge(
        pixels: NDArray[np.uint8], width: int, height: int
    ) -> Generator[None, None, NDArray[np.uint8]]:
        yield from ()
        return function(pixels, width, height)

    return enlarge


def plan_enlargement(
    size: tuple[int, int], factor: float, scale: int, *, multiple: int = 8
) -> Enlargement:
    """How an upscaler brings a picture to its target.

    There is no pass where both sides have reached the target, except for a first one by a factor
    of 1; and no further one where a pass changes nothing.

    Args:
        size: Width and height of the picture.
        factor: From the picture's sides to the target's.
        scale: The upscaler's own factor; 0 where it goes to any size at once.
        multiple: The target's sides are rounded down to multiples of this; 1 rounds them to the
            nearest whole number.

    Raises:
        RequestError: the target has no pixels, or it or a pass on the way has too many.
    """
    width, height = size
    wanted = int(width * factor), int(height * factor)
    target = int(width * factor / multiple) * multiple, int(height * factor / multiple) * multiple
    if multiple == 1:
        wanted = target = int(width * factor + 0.5), int(height * factor + 0.5)
    if min(target) < multiple:
        raise RequestError(
            f"factor: {factor:.6g} makes {width}x{height} smaller than {multiple} pixels; "
            f"use a larger factor{', or exact sides' if multiple > 1 else ''}",
            field="factor",
        )
    sizes: list[tuple[int, int]] = []
    while len(sizes) < PASSES:
        if _reaches(size, target) and (sizes or factor != 1):
            break
        sizes.append(size)
        size = (size[0] * scale, size[1] * scale) if scale else wanted
        _refuse_too_large(size, scale)
        if size == sizes[-1]:
            break
    _refuse_too_large((target[0], target[1]), 0)
    return Enlargement(
        target=(target[0], target[1]), wanted=(wanted[0], wanted[1]), sizes=tuple(sizes)
    )


def upscaling(
    pixels: NDArray[np.uint8], factor: float, upscaler: Upscaler, *, multiple: int = 8
) -> Generator[tuple[int, int], None, NDArray[np.uint8]]:
    """Enlarge a picture step by step; leaving the loop stops the work.

    Args:
        pixels: uint8, (h, w, 3 or 4).
        factor: From the input's sides to the output's.
        upscaler: Who enlarges; a last Lanczos pass corrects the size where it differs.
        multiple: See :func:`plan_enlargement`.

    Yields:
        Steps done, and steps in all.

    Raises:
        RequestError: the result would have no pixels, or too many.
    """
    height, width = pixels.shape[:2]
    plan = plan_enlargement((width, height), factor, upscaler.scale, multiple=multiple)
    total = sum(upscaler.steps(*size) for size in plan.sizes)
    done = 0
    for size in plan.sizes:
        announced = 0
        work = upscaler.enlarge(pixels, *plan.wanted)
        try:
            while True:
                next(work)
                announced += 1
                yield done + announced, total
        except StopIteration as end:
            pixels = end.value
        done += upscaler.steps(*size)
        yield done, total
    return lanczos(pixels, *plan.target)


def upscale(
    pixels: NDArray[np.uint8], factor: float, upscaler: Upscaler, *, multiple: int = 8
) -> NDArray[np.uint8]:
    """Enlarge a picture; see :func:`upscaling`."""
    return finish(upscaling(pixels, factor, upscaler, multiple=multiple))


def finish(work: Generator[object, None, Result]) -> Result:
    """What a generator returns in the end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def _reaches(size: tuple[int, ...], target: tuple[int, ...]) -> bool:
    return size[0] >= target[0] and size[1] >= target[1]


def _refuse_too_large(size: tuple[int, int], scale: int) -> None:
    if max(size) <= LARGEST_SIDE and size[0] * size[1] <= LARGEST_AREA:
        return
    way = f"a pass of the {scale}x network makes" if scale else "this makes"
    raise RequestError(
        f"factor: {way} {size[0]}x{size[1]} pixels; each side must be at most {LARGEST_SIDE}, and "
        f"the whole at most {LARGEST_AREA} pixels; use a smaller factor",
        field="factor",
    )
