"""The blocking calls of A1111's API that paint, from body to answer."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

from velatura.errors import UnknownModel
from velatura.metadata import Encoding
from velatura.metadata.embed import encode_pixels
from velatura.metadata.postprocessing import format_postprocessing
from velatura.records import Faces
from velatura.server.inputs import decode_base64, open_upload
from velatura.server.problems import Answer, Refusal
from velatura.server.sdapi.answers import encoding_of, grid_of, to_base64, told
from velatura.server.sdapi.arguments import Args, Drawn
from velatura.server.sdapi.growing import grown_requests
from velatura.server.sdapi.options import known
from velatura.server.sdapi.pasting import with_infotext
from velatura.server.sdapi.scripts import check_always_on, find_script
from velatura.server.sdapi.translate import extras_steps, img2img_requests, txt2img_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.records import Bitmap, Img2Img, Request, Txt2Img
    from velatura.server.sdapi.bodies import ExtrasBody, Img2ImgBody, PaintBody, Txt2ImgBody
    from velatura.server.sdapi.calls import Call, Made
    from velatura.server.studio import Studio

_MISSING = Answer(404, "Init image not found", "Send pictures in init_images.")


async def txt2img(body: Txt2ImgBody, studio: Studio) -> dict[str, Any]:
    """Paint from words."""
    body = with_infotext(body)
    options = await asyncio.to_thread(options_for, body, studio)
    return await _painted(body, [txt2img_request(body, options)], options, studio)


async def img2img(body: Img2ImgBody, studio: Studio) -> dict[str, Any]:
    """Paint over pictures."""
    body = with_infotext(body)
    if not body.init_images:
        raise Refusal("Init image not found", _MISSING)
    options = await asyncio.to_thread(options_for, body, studio)
    return await _painted(
        body, await asyncio.to_thread(_img2img_requests, body, options, studio), options, studio
    )


async def enlarge(body: ExtrasBody, images: Sequence[Bitmap], studio: Studio) -> dict[str, Any]:
    """Enlarge pictures and restore the faces in them, each by jobs one after another."""
    options = await asyncio.to_thread(studio.options.set_ones)
    done: list[Made] = []
    with studio.calls.begun(studio) as call:
        for step in extras_steps(body):
            done = await _each(call, [step(image) for image in images])
            images = [each.picture.bitmap for each in done]
    lines = [f"<p>{format_postprocessing(each.picture.request)}</p>" for each in done[:1]]
    encoding = encoding_of(options)
    return {
        "html_info": "".join(lines),
        "images": await asyncio.to_thread(lambda: [to_base64(each, encoding) for each in done]),
    }


async def _each(call: Call, requests: Sequence[Request]) -> list[Made]:
    return [each for made in await call.paint(requests) for each in made]


def options_for(body: PaintBody, studio: Studio) -> dict[str, Any]:
    """The options that hold for a call: those that were set, and what the body overrides.

    Options that are not known here are passed over, and so is a checkpoint that does not exist.
    """
    override = known(body.override_settings)
    if name := override.get("sd_model_checkpoint"):
        try:
            studio.models.catalogue().find("checkpoint", name, studio.models.hashes)
        except UnknownModel:
            del override["sd_model_checkpoint"]
    return studio.options.set_ones() | override


def read_image(text: str, studio: Studio, field: str) -> Bitmap:
    """A picture in base64.

    Raises:
        RequestError: it is an address, no base64, or out of bounds.
        PictureError: it is no picture.
    """
    return open_upload(decode_base64(text, field), studio.config.bounds, field).bitmap


def _img2img_requests(
    body: Img2ImgBody, options: dict[str, Any], studio: Studio
) -> Sequence[Img2Img]:
    def read(text: str) -> Bitmap:
        return read_image(text, studio, "mask" if text is body.mask else "init_images")

    if body.script_name and find_script(body.script_name, is_img2img=True).run is None:
        return grown_requests(body, options, read)
    return img2img_requests(body, options, read)


async def _painted(
    body: PaintBody,
    requests: Sequence[Txt2Img | Img2Img],
    options: dict[str, Any],
    studio: Studio,
) -> dict[str, Any]:
    check_always_on(body)
    is_img2img = requests[0].kind != "txt2img"
    script = find_script(body.script_name, is_img2img=is_img2img) if body.script_name else None
    restores = body.restore_faces or options.get("face_restoration", False)
    with studio.calls.begun(studio) as call:
        if script and script.run:
            drawn = await script.run(call, requests[0], Args(script, body.script_args))
        else:
            made = await call.paint(requests)
            drawn = Drawn(pictures=[each for pictures in made for each in pictures])
        if restores:
            restorer = options.get("face_restoration_model", "CodeFormer")
            weight = options.get("code_former_weight", 0.5)
            pictures = await _restored(call, drawn.pictures, restorer, 1.0, weight)
            drawn = Drawn(sheets=drawn.sheets, pictures=pictures)
    return await asyncio.to_thread(answer, body, drawn, options)


async def _restored(
    call: Call, pictures: Sequence[Made], restorer: str, visibility: float, weight: float
) -> list[Made]:
    requests = [
        Faces(image=each.picture.bitmap, restorer=restorer, visibility=visibility, weight=weight)
        for each in pictures
    ]
    return await _each(call, requests)


def answer(body: PaintBody, drawn: Drawn, options: dict[str, Any]) -> dict[str, Any]:
    """The answer to a call that painted."""
    pictures, encoding = drawn.pictures, encoding_of(options)
    sheets = [
        base64.b64encode(encode_pixels(it.pixels, Encoding(), it.infotext).data).decode()
        for it in drawn.sheets
    ]
    texts = [it.infotext for it in drawn.sheets]
    if not sheets and body.save_images and (grid := grid_of(pictures, options)):
        sheets, texts = [grid], [pictures[0].infotext]
    images = [*sheets, *(to_base64(each, encoding) for each in pictures)]
    echo = body.model_dump()
    if not echo.get("include_init_images"):
        echo |= {name: None for name in ("init_images", "mask") if name in echo}
    return {
        "images": images if body.send_images else [],
        "parameters": echo,
        "info": told(body, pictures, first=len(sheets), texts=texts),
    }
