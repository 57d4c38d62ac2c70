"""What a client of OpenAI's API asks for, as requests of ours.

=================== =================================================================
``model``           a checkpoint; names of OpenAI's own models mean the first one
``size``            width and height, multiples of 8; "auto" is the checkpoint's size,
                    or that of the picture to edit
``n``               pictures of one job, from 1 to 10
``quality``         sampling steps, see :data:`STEPS`
``background``      nothing is transparent: "opaque" or "auto"
=================== =================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from velatura.errors import RequestError
from velatura.metadata import Encoding
from velatura.records import Bitmap, Img2Img, Inpaint, Txt2Img
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from velatura.records import Request

THEIR_MODELS = ("dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5")
"""What programs that know no other models ask for."""

STEPS = {"auto": 20, "low": 12, "medium": 20, "high": 30, "standard": 20, "hd": 30}
MOST_PICTURES = 10
LONGEST_PROMPT = 32_000

CHOICES: dict[str, tuple[str, ...]] = {
    "quality": tuple(STEPS),
    "response_format": ("url", "b64_json"),
    "output_format": ("png", "jpeg", "webp"),
    "background": ("auto", "opaque"),
    "style": ("vivid", "natural"),
    "moderation": ("auto", "low"),
    "input_fidelity": ("high", "low"),
}
"""Fields with few values. The last three change nothing here."""

WHOLE_STRENGTH = 0.75
"""Denoising strength where a picture is edited as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, read.

    Attributes:
        prompt: What to paint.
        checkpoint: Its name; empty takes the first one.
        n: How many pictures.
        width: In pixels; 0 is automatic.
        height: In pixels; 0 is automatic.
        steps: Sampling steps.
        is_url: Whether pictures are told by their address rather than sent in base64.
        encoding: How they are sent.
    """

    prompt: str
    checkpoint: str
    n: int
    width: int
    height: int
    steps: int
    is_url: bool
    encoding: Encoding


def read_asked(values: dict[str, Any]) -> Asked:
    """The call of a body's fields; those of a form are texts.

    Raises:
        RequestError: a field that is missing, unknown, or of a value that cannot be.
    """
    left = {name: value for name, value in values.items() if value is not None}
    prompt = _text(left, "prompt")
    if not prompt.strip() or len(prompt) > LONGEST_PROMPT:
        raise RequestError(
            f"prompt: expected a text of 1 to {LONGEST_PROMPT} characters", field="prompt"
        )
    model = _text(left, "model", "")
    chosen = {name: _choice(left, name) for name in CHOICES}
    width, height = _size(_text(left, "size", "auto"))
    default = "b64_json" if model.startswith("gpt-image") else "url"
    asked = Asked(
        prompt=prompt,
        checkpoint="" if model in THEIR_MODELS else model,
        n=_whole(left, "n", 1, MOST_PICTURES, 1),
        width=width,
        height=height,
        steps=STEPS[chosen["quality"] or "auto"],
        is_url=(chosen["response_format"] or default) == "url",
        encoding=Encoding(
            format=cast("Literal['png', 'jpeg', 'webp']", chosen["output_format"] or "png"),
            quality=max(1, _whole(left, "output_compression", 0, 100, 90)),
        ),
    )
    _text(left, "user", "")
    _finish(left)
    return asked


def painting(asked: Asked) -> Request:
    """What a call for new pictures asks for."""
    return Txt2Img(
        prompt=asked.prompt,
        checkpoint=asked.checkpoint,
        width=asked.width,
        height=asked.height,
        steps=asked.steps,
        batch_count=asked.n,
    )


def editing(asked: Asked, image: Bitmap, mask: Bitmap | None) -> Request:
    """What a call for an edited picture asks for.

    What is transparent in the mask is painted anew, or else what is transparent in the picture
    itself; where nothing is, all of the picture is painted over.

    Args:
        asked: The call.
        image: The picture.
        mask: A picture of its size.

    Raises:
        RequestError: the mask is of another size, or nothing in it is transparent.
    """
    hole = _hole(image if mask is None else mask)
    if mask is not None and mask.size != image.size:
        raise RequestError(
            f"mask: {mask.size[0]}x{mask.size[1]} pixels, the image has "
            f"{image.size[0]}x{image.size[1]}; expected the same size",
            field="mask",
        )
    if mask is not None and hole is None:
        raise RequestError(
            "mask: nothing in it is transparent; what is to be edited must be", field="mask"
        )
    common: dict[str, Any] = {
        "prompt": asked.prompt,
        "checkpoint": asked.checkpoint,
        "width": asked.width,
        "height": asked.height,
        "steps": asked.steps,
        "batch_count": asked.n,
    }
    if hole is None:
        return Img2Img(image=image, strength=WHOLE_STRENGTH, **common)
    solid = image if image.array.shape[2] < 4 else Bitmap(image.array[..., :3])
    return Inpaint(
        image=solid, mask=Bitmap(hole), strength=1.0, content="fill", exact_steps=True, **common
    )


def _hole(image: Bitmap) -> np.ndarray | None:
    """White where a picture is transparent, (h, w) of uint8; None where it is nowhere."""
    pixels = eight_bits(image.array)
    if pixels.shape[2] < 4 or pixels[..., 3].min() == 255:
        return None
    return 255 - pixels[..., 3]


def _text(left: dict[str, Any], name: str, default: str | None = None) -> str:
    value = left.pop(name, default)
    if not isinstance(value, str):
        raise RequestError(f"{name}: expected a text", field=name)
    return value


def _choice(left: dict[str, Any], name: str) -> str:
    value = left.pop(name, "")
    if value != "" and value not in CHOICES[name]:
        raise RequestError(
            f"{name}: {str(value)[:40]!r} is not one of {', '.join(CHOICES[name])}", field=name
        )
    return value


def _whole(left: dict[str, Any], name: str, least: int, most: int, default: int) -> int:
    value = left.pop(name, default)
    if isinstance(value, str) and re.fullmatch("[0-9]{1,6}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise RequestError(f"{name}: expected a whole number from {least} to {most}", field=name)
    return value


def _size(told: str) -> tuple[int, int]:
    match = re.fullmatch("([0-9]{1,5})x([0-9]{1,5})", told)
    if told == "auto":
        return 0, 0
    if match is None or int(match[1]) % 8 or int(match[2]) % 8 or not int(match[1]) * int(match[2]):
        raise RequestError(
            f'size: {told[:40]!r}; expected "auto", or width and height in multiples of 8 such as '
            "512x768",
            field="size",
        )
    return int(match[1]), int(match[2])


def _finish(left: dict[str, Any]) -> None:
    """Refuse what is left over; what is asked to be off is off here."""
    for name in ("stream", "partial_images"):
        if left.pop(name, False) not in (False, 0, "false", "0"):
            raise RequestError(f"{name}: pictures are not streamed; leave it out", field=name)
    if left:
        name = next(iter(left))[:80]
        raise RequestError(f"{name}: unknown field", field=name)
