"""Recorded A1111 API requests as Velatura's own, by the translation that the server uses.

Seeds are those that were used, also where a body asks for random ones; pictures are files.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from velatura.library.pictures import read_pixels
from velatura.server.sdapi.bodies import ExtrasBody, Img2ImgBody, Txt2ImgBody
from velatura.server.sdapi.growing import grown_requests
from velatura.server.sdapi.options import known
from velatura.server.sdapi.translate import img2img_requests, txt2img_request, upscale_request

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Bitmap, Img2Img, Painting, Txt2Img, Upscale


def txt2img_from_api(request: dict[str, Any], seed: int) -> Txt2Img:
    """The request that paints what the web UI painted.

    Args:
        request: Body of a ``POST /sdapi/v1/txt2img``.
        seed: The seed that was used.
    """
    return txt2img_request(Txt2ImgBody(**{**request, "seed": seed}), _options(request))


def img2img_from_api(request: dict[str, Any], seed: int, folder: Path) -> list[Img2Img]:
    """The requests that paint what the web UI painted: one for each picture painted over.

    Args:
        request: Body of a ``POST /sdapi/v1/img2img``, with names of files for pictures.
        seed: The seed that was used.
        folder: Where the files lie.
    """

    def read(name: str) -> Bitmap:
        path = name.removeprefix("@")
        return read_pixels(folder / (path if "/" in path else f"inputs/{path}"))

    body = Img2ImgBody(**{**request, "seed": seed})
    if body.script_name:
        return grown_requests(body, _options(request), read)
    return img2img_requests(body, _options(request), read)


def upscale_from_api(request: dict[str, Any], image: Bitmap) -> Upscale:
    """The request that enlarges what the web UI enlarged.

    Args:
        request: Body of a ``POST /sdapi/v1/extra-single-image``, or one for many images.
        image: The picture, or one of those.
    """
    return upscale_request(ExtrasBody(**request), image)


def picture_request(request: Painting, seed: int, variation_seed: int) -> Painting:
    """The request of one picture of a batch, by the seeds that were recorded for it."""
    variation = request.variation
    if variation is not None:
        variation = replace(variation, seed=variation_seed)
    return replace(request, seed=seed, variation=variation, batch_size=1, batch_count=1)


def _options(request: dict[str, Any]) -> dict[str, Any]:
    return known(request.get("override_settings", {}))
