"""The scripts that make a larger picture; here each is one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.records import Outpaint, SdUpscale
from velatura.server.sdapi.arguments import Args
from velatura.server.sdapi.scripts import OUTPAINTING, SD_UPSCALE, SIDES, find_script
from velatura.server.sdapi.translate import CONTENTS, img2img_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from velatura.records import Bitmap, Img2Img
    from velatura.server.sdapi.bodies import Img2ImgBody


def grown_requests(
    body: Img2ImgBody, options: Mapping[str, Any], read: Callable[[str], Bitmap]
) -> list[Img2Img]:
    """The requests of the scripts that make larger pictures: "SD upscale" and both outpaintings.

    Raises:
        RequestError: an argument that no request takes.
    """
    script = find_script(body.script_name or "", is_img2img=True)
    args = Args(script, body.script_args)
    values = img2img_values(body, options)
    if script is SD_UPSCALE:
        overlap, factor = int(args.number(1, 0, 4096)), float(args.number(3, 0.01, 16))
        values |= {"overlap": overlap, "upscaler": args.text(2), "factor": factor}
        return [SdUpscale(**values, image=read(text)) for text in body.init_images or ()]
    is_noise = script is OUTPAINTING
    pixels, sides = int(args.number(int(is_noise), 1, 8192)), args.texts(3)
    values |= {"mask_blur": float(args.number(int(is_noise) + 1, 0, 64))}
    values |= {SIDES[side]: pixels for side in sides if side in SIDES}
    if is_noise:
        values |= {
            "fall_off": float(args.number(4, 0, 4)),
            "color_variation": float(args.number(5, 0, 1)),
            "most_new": 1.0,
        }
    else:
        values |= {"method": "tiles", "content": _content(args)}
    return [Outpaint(**values, image=read(text)) for text in body.init_images or ()]


def _content(args: Args) -> str:
    """Named, or by its place in the menu."""
    value = args[2]
    if isinstance(value, int) and 0 <= value < len(CONTENTS):
        return CONTENTS[value]
    return args.text(2)
