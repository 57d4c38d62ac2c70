"""``/sdapi/v1``: A1111's API, for the clients that speak it.

Its calls block, as theirs do; behind them is the same queue as behind our own interface.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from velatura.errors import RequestError
from velatura.metadata import Story, complete_fields
from velatura.server.bodies import Body
from velatura.server.inputs import decode_base64, open_upload
from velatura.server.problems import Answer, Refusal
from velatura.server.sdapi import listing, painting
from velatura.server.sdapi.bodies import (
    ExtrasBatchBody,
    ExtrasSingleBody,
    ImageBody,
    Img2ImgBody,
    InterrogateBody,
    Txt2ImgBody,
    read_body,
    takes,
)
from velatura.server.sdapi.calls import Standing
from velatura.server.studio import Studio, StudioDep

router = APIRouter(prefix="/sdapi/v1", tags=["A1111"])

_NO_MODEL = Answer(404, "Model not found", "There is nothing here that describes pictures.")
_NOT_HERE = Answer(501, "Not possible here", "Use the command line that started the server.")

FIRST_SHARE = 0.01
"""What the web UI adds to a progress, so that it is never 0 while there is work."""

SECRET_CHUNKS = ("velatura",)
"""Texts of a file that are no A1111 client's business: our own JSON, at times with pictures."""


@router.post("/txt2img", openapi_extra=takes(Txt2ImgBody))
async def txt2img(request: Request, studio: StudioDep) -> dict[str, Any]:
    """Paint from words."""
    return await painting.txt2img(await read_body(Txt2ImgBody, request), studio)


@router.post("/img2img", openapi_extra=takes(Img2ImgBody))
async def img2img(request: Request, studio: StudioDep) -> dict[str, Any]:
    """Paint over pictures, all of them or where a mask is white."""
    return await painting.img2img(await read_body(Img2ImgBody, request), studio)


@router.post("/extra-single-image", openapi_extra=takes(ExtrasSingleBody))
async def extra_single_image(request: Request, studio: StudioDep) -> dict[str, Any]:
    """Enlarge a picture, and restore the faces in it."""
    body = await read_body(ExtrasSingleBody, request)
    image = await asyncio.to_thread(painting.read_image, body.image, studio, "image")
    done = await painting.enlarge(body, [image], studio)
    return {"html_info": done["html_info"], "image": next(iter(done["images"]), "")}


@router.post("/extra-batch-images", openapi_extra=takes(ExtrasBatchBody))
async def extra_batch_images(request: Request, studio: StudioDep) -> dict[str, Any]:
    """Enlarge pictures, and restore the faces in them."""
    body = await read_body(ExtrasBatchBody, request)
    if not body.imageList:
        raise RequestError("imageList: send at least one picture", field="imageList")

    def read(text: str) -> Any:  # noqa: ANN401
        return painting.read_image(text, studio, "imageList")

    images = await asyncio.to_thread(lambda: [read(each.data) for each in body.imageList])
    return await painting.enlarge(body, images, studio)


@router.post("/png-info", openapi_extra=takes(ImageBody))
async def png_info(request: Request, studio: StudioDep) -> dict[str, Any]:
    """What a picture file tells of its making."""
    body = await read_body(ImageBody, request)
    story = await run_in_threadpool(_story, body.image, studio)
    items = {name: it for name, it in story.texts.items() if name not in SECRET_CHUNKS}
    items.pop("parameters", None)
    parameters = complete_fields(story.infotext) if story.text else {}
    return {"info": story.text, "items": items, "parameters": parameters}


@router.post("/interrogate", openapi_extra=takes(InterrogateBody))
async def interrogate(request: Request) -> None:
    """Describe a picture in words: there is no model here that does."""
    await read_body(InterrogateBody, request)
    raise Refusal("Model not found", _NO_MODEL)


@router.get("/progress")
def progress(studio: StudioDep, *, skip_current_image: bool = False) -> dict[str, Any]:
    """How far the call in hand is."""
    call = studio.calls.current
    at = call.standing() if call else None
    share = min(1.0, at.share + FIRST_SHARE) if at else 0.0
    preview = None
    if at and at.running and not skip_current_image:
        preview = studio.queue.preview(at.running)
    return {
        "progress": share,
        "eta_relative": at.left_s if at else 0.0,
        "state": _state(at, is_interrupted=bool(call and call.is_interrupted)),
        "current_image": base64.b64encode(preview).decode() if preview else None,
        "textinfo": None,
    }


@router.post("/interrupt")
def interrupt(studio: StudioDep) -> dict[str, Any]:
    """End the call in hand; it answers with the pictures that are finished."""
    if call := studio.calls.current:
        call.interrupt()
    return {}


@router.post("/skip")
def skip(studio: StudioDep) -> None:
    """The same: what is not finished is given up."""
    interrupt(studio)


@router.get("/options")
def options(studio: StudioDep) -> dict[str, Any]:
    """All options."""
    return listing.all_options(studio.models, studio.options.set_ones())


@router.post("/options", openapi_extra={"requestBody": {"content": {"application/json": {}}}})
def set_options(body: Body, studio: StudioDep) -> None:
    """Set options; they are kept."""
    if name := body.get("sd_model_checkpoint"):
        studio.models.catalogue().find("checkpoint", str(name)[:1000], studio.models.hashes)
    studio.options.change(body)


@router.get("/cmd-flags")
def cmd_flags(studio: StudioDep) -> dict[str, Any]:
    """What the server was started with."""
    return listing.cmd_flags(studio.config)


@router.get("/samplers")
def samplers() -> listing.Entries:
    """The samplers."""
    return listing.samplers()


@router.get("/schedulers")
def schedulers() -> listing.Entries:
    """The schedules."""
    return listing.schedulers()


@router.get("/upscalers")
def upscalers(studio: StudioDep) -> listing.Entries:
    """The upscalers of pixels."""
    return listing.upscalers(studio.models)


@router.get("/latent-upscale-modes")
def latent_upscale_modes() -> listing.Entries:
    """The upscalers of latents."""
    return listing.latent_upscale_modes()


@router.get("/sd-models")
def sd_models(studio: StudioDep) -> listing.Entries:
    """The checkpoints."""
    return listing.sd_models(studio.models)


@router.get("/sd-vae")
def sd_vae(studio: StudioDep) -> listing.Entries:
    """The autoencoders."""
    return listing.sd_vae(studio.models)


@router.get("/hypernetworks")
def hypernetworks() -> listing.Entries:
    """None are known here."""
    return []


@router.get("/face-restorers")
def face_restorers() -> listing.Entries:
    """The face restorers."""
    return listing.face_restorers()


@router.get("/realesrgan-models")
def realesrgan_models() -> listing.Entries:
    """The networks of Real-ESRGAN."""
    return listing.realesrgan_models()


@router.get("/prompt-styles")
def prompt_styles(studio: StudioDep) -> listing.Entries:
    """The saved styles."""
    return listing.prompt_styles(studio.models)


@router.get("/embeddings")
def embeddings(studio: StudioDep) -> dict[str, Any]:
    """The embeddings."""
    return listing.embeddings(studio.models)


@router.get("/loras")
def loras(studio: StudioDep) -> listing.Entries:
    """The LoRA."""
    return listing.loras(studio.models)


@router.get("/extensions")
def extensions() -> listing.Entries:
    """None: no code of others runs in this program."""
    return []


@router.get("/scripts")
def scripts() -> dict[str, list[str]]:
    """The scripts by page."""
    return listing.scripts()


@router.get("/script-info")
def script_info() -> listing.Entries:
    """The scripts with their arguments."""
    return listing.script_info()


@router.get("/memory")
def memory() -> dict[str, Any]:
    """Memory of this machine."""
    return listing.memory()


@router.post("/refresh-checkpoints")
@router.post("/refresh-vae")
@router.post("/refresh-embeddings")
@router.post("/refresh-loras")
def refresh(studio: StudioDep) -> None:
    """Search the folders of models anew."""
    studio.models.refresh()


@router.post("/unload-checkpoint")
@router.post("/reload-checkpoint")
def load() -> dict[str, Any]:
    """Nothing to be done: the worker keeps models within its byte budget by itself."""
    return {}


@router.post("/server-kill")
@router.post("/server-restart")
@router.post("/server-stop")
def stop() -> None:
    """Nobody stops the server over the network."""
    raise Refusal("the server is not stopped over the network", _NOT_HERE)


def _story(text: str, studio: Studio) -> Story:
    data = decode_base64(text, "image")
    if not data:
        raise RequestError("image: send a picture in base64", field="image")
    return open_upload(data, studio.config.bounds).story


def _state(at: Standing | None, *, is_interrupted: bool) -> dict[str, Any]:
    return {
        "skipped": False,
        "interrupted": is_interrupted,
        "stopping_generation": is_interrupted,
        "job": at.running if at else "",
        "job_count": at.jobs if at else 0,
        "job_timestamp": "0",
        "job_no": at.done if at else 0,
        "sampling_step": at.step if at else 0,
        "sampling_steps": at.steps if at else 0,
    }
