"""Our pictures as A1111's answers: base64, and the ``info`` that tells of all of them."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from velatura.library.sheet import contact_sheet
from velatura.metadata import Encoding, encode_picture, parse_infotext
from velatura.metadata.embed import encode_pixels
from velatura.metadata.infotext import COMPATIBLE_VERSION
from velatura.metadata.raster import FileFormat
from velatura.records import Img2Img, Painting, hires_of, painting_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from velatura.server.sdapi.bodies import PaintBody
    from velatura.server.sdapi.calls import Made

FORMATS: dict[str, FileFormat] = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}
"""The option ``samples_format``, and what it means here; others are PNG."""

GENERAL = frozenset(
    {
        "Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Face restoration", "Size",
        "Model hash", "Model", "VAE hash", "VAE", "Variation seed", "Variation seed strength",
        "Seed resize from", "Clip skip", "ENSD", "RNG", "Tiling", "Version",
    }
)  # fmt: skip
"""Fields of an infotext that ``info`` has keys of its own for; the rest are its extra ones."""


def encoding_of(options: Mapping[str, Any]) -> Encoding:
    """How pictures are sent, by the options."""
    return Encoding(
        format=FORMATS.get(str(options.get("samples_format", "png")), "png"),
        quality=min(100, max(1, int(options.get("jpeg_quality", 80)))),
        lossless=bool(options.get("webp_lossless", False)),
    )


def to_base64(made: Made, encoding: Encoding) -> str:
    """A picture's file, without any prefix."""
    data = made.data
    if encoding.format != "png":
        data = encode_picture(made.picture, encoding).data
    return base64.b64encode(data).decode()


def grid_of(pictures: Sequence[Made], options: Mapping[str, Any]) -> str | None:
    """The sheet of all pictures in base64, where A1111 would give one."""
    least = 2 if options.get("grid_only_if_multiple", True) else 1
    if not options.get("grid_save", True) or len(pictures) < least:
        return None
    rows = int(options.get("n_rows", -1))
    columns = -(-len(pictures) // rows) if rows > 0 else 0
    sheet = contact_sheet([each.picture.pixels for each in pictures], columns)
    return base64.b64encode(
        encode_pixels(sheet, encoding_of(options), pictures[0].infotext).data
    ).decode()


def told(
    body: PaintBody, pictures: Sequence[Made], *, first: int = 0, texts: Sequence[str] = ()
) -> str:
    """The text ``info`` of an answer: JSON.

    Args:
        body: What was asked.
        pictures: What was made; none where the call was interrupted before the first.
        first: Place of the first picture, behind the sheets.
        texts: Infotexts of those sheets.
    """
    requests = [painting_of(each.picture.request) for each in pictures]
    paintings = [each for each in requests if each]
    base = paintings[0] if paintings else None
    at = pictures[0].submitted if pictures else time.time()
    return json.dumps(
        _asked(body, base)
        | _all(paintings)
        | _models(pictures)
        | {
            "extra_generation_params": _extra(pictures),
            "index_of_first_image": first,
            "infotexts": [*texts, *(each.infotext for each in pictures)],
            "styles": body.styles or [],
            "job_timestamp": time.strftime("%Y%m%d%H%M%S", time.localtime(at)),
            "is_using_inpainting_conditioning": False,
            "version": COMPATIBLE_VERSION,
        }
    )


def _asked(body: PaintBody, base: Painting | None) -> dict[str, Any]:
    strength = body.denoising_strength if isinstance(base, Img2Img) else None
    if base and (hires := hires_of(base)):
        strength = hires.strength
    return {
        "prompt": base.prompt if base else body.prompt,
        "negative_prompt": base.negative_prompt if base else body.negative_prompt,
        "seed": base.seed if base else body.seed,
        "subseed": base.variation.seed if base and base.variation else body.subseed,
        "subseed_strength": body.subseed_strength,
        "width": base.width if base else body.width,
        "height": base.height if base else body.height,
        "sampler_name": base.sampler if base else body.sampler_name,
        "cfg_scale": body.cfg_scale,
        "steps": body.steps,
        "batch_size": body.batch_size,
        "restore_faces": bool(body.restore_faces),
        "face_restoration_model": None,
        "seed_resize_from_w": body.seed_resize_from_w,
        "seed_resize_from_h": body.seed_resize_from_h,
        "denoising_strength": strength,
        "clip_skip": base.clip_skip if base else 1,
    }


def _all(paintings: Sequence[Painting]) -> dict[str, Any]:
    return {
        "all_prompts": [each.prompt for each in paintings],
        "all_negative_prompts": [each.negative_prompt for each in paintings],
        "all_seeds": [each.seed for each in paintings],
        "all_subseeds": [each.variation.seed if each.variation else -1 for each in paintings],
    }


def _models(pictures: Sequence[Made]) -> dict[str, Any]:
    models = pictures[0].picture.models if pictures else ()
    found = {use.kind: use for use in reversed(models)}
    checkpoint, vae = found.get("checkpoint"), found.get("vae")
    return {
        "sd_model_name": checkpoint.name if checkpoint else None,
        "sd_model_hash": checkpoint.hash if checkpoint else None,
        "sd_vae_name": vae.name if vae else None,
        "sd_vae_hash": vae.hash if vae else None,
    }


def _extra(pictures: Sequence[Made]) -> dict[str, str]:
    if not pictures:
        return {}
    fields = parse_infotext(pictures[0].infotext).fields
    return {name: value for name, value in fields.items() if name not in GENERAL}
