"""A1111's bodies as our requests. Pure: pictures are read by a function that is handed in.

What the web UI takes from its options rather than from the body comes beside it: options that were
set, or that the body overrides. Those left alone have the defaults of A1111, so noise comes from
the device that computes.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from velatura.diffusion.samplers import SAMPLERS, find_sampler
from velatura.diffusion.schedules import AUTOMATIC
from velatura.errors import RequestError
from velatura.pipelines.canvas import flattened
from velatura.records import (
    Bitmap,
    Faces,
    Hires,
    Img2Img,
    Inpaint,
    NoiseOptions,
    SamplingOptions,
    SoftInpainting,
    TextOptions,
    Txt2Img,
    Upscale,
    Variation,
)
from velatura.upscalers import resize_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from velatura.records import Request
    from velatura.server.sdapi.bodies import ExtrasBody, Img2ImgBody, PaintBody, Txt2ImgBody

    Options = Mapping[str, Any]
    Read = Callable[[str], Bitmap]

CELL = 8
"""Pixels along a side of a painting are a multiple of this."""

RESIZE_MODES = ("stretch", "crop", "fill", "latent")
CONTENTS = ("fill", "original", "latent noise", "latent nothing")

SUBSTITUTE_SAMPLER = "DPM++ 2M"
"""What the web UI paints with where it does not know the name."""

SAMPLING_OPTIONS = {
    "s_churn": "churn",
    "s_tmin": "churn_min",
    "s_tmax": "churn_max",
    "s_noise": "noise_scale",
    "s_min_uncond": "skip_guidance_below",
    "s_min_uncond_all": "skip_guidance_all",
    "skip_early_cond": "skip_guidance_until",
    "sigma_min": "sigma_min",
    "sigma_max": "sigma_max",
    "rho": "rho",
    "beta_dist_alpha": "beta_alpha",
    "beta_dist_beta": "beta_beta",
    "always_discard_next_to_last_sigma": "discard_penultimate",
    "use_old_karras_scheduler_sigmas": "old_karras_sigmas",
    "enable_quantization": "quantize",
    "sgm_noise_multiplier": "sgm_noise",
    "uni_pc_variant": "unipc_variant",
    "uni_pc_skip_type": "unipc_spacing",
    "uni_pc_order": "unipc_order",
    "uni_pc_lower_order_final": "unipc_lower_order_final",
    "use_downcasted_alpha_bar": "downcast_alphas",
}
"""Options and request fields of the web UI, by our names."""

TEXT_OPTIONS = {
    "emphasis": "emphasis",
    "comma_padding_backtrack": "comma_backtrack",
    "enable_prompt_comments": "comments",
    "use_old_emphasis_implementation": "old_emphasis",
    "use_old_scheduling": "old_scheduling",
}

USE_SAME = ("Use same sampler", "Use same scheduler", "Use same checkpoint")
"""What the pages say for an empty field of the second pass."""


def txt2img_request(body: Txt2ImgBody, options: Options) -> Txt2Img:
    """The request that paints what the web UI paints.

    Raises:
        RequestError: a value that no request takes, or a second checkpoint, which is not supported.
    """
    return Txt2Img(**painting_values(body, options), hires=_hires(body))


def img2img_requests(body: Img2ImgBody, options: Options, read: Read) -> list[Img2Img]:
    """The requests that paint what the web UI paints: one for each picture painted over.

    Args:
        body: The body.
        options: Options that were set.
        read: Gives the picture of a text in the body.

    Raises:
        RequestError: a value that no request takes, or a picture that cannot be read.
    """
    values = img2img_values(body, options)
    del values["seed"]
    images = [read(text) for text in body.init_images or ()]
    if len(images) > 1:
        values["batch_size"] = 1
    record = Img2Img
    if body.mask:
        record, values = Inpaint, values | _inpaint(body, options, read)
    elif (body.width % CELL or body.height % CELL) and not values["upscaler"]:
        images = [_of_asked_size(image, body, values) for image in images]
        values["resize_mode"] = "latent"
    return [record(**values, **_begun(body, index, image)) for index, image in enumerate(images)]


def _of_asked_size(image: Bitmap, body: Img2ImgBody, values: dict[str, Any]) -> Bitmap:
    """The picture at the very size that was asked for.

    Sides that are no multiples of 8 are those of what is painted over there, and only the painting
    itself is shorter; so the picture is encoded at its own size here.
    """
    mode = values["resize_mode"]
    if mode == "latent":
        return image
    pixels = flattened(image, values["background"])
    return Bitmap(resize_picture(pixels, mode, body.width, body.height))


def _begun(body: Img2ImgBody, index: int, image: Bitmap) -> dict[str, Any]:
    """What sets the request of one picture apart from that of the next."""
    return {"image": image, "seed": body.seed + index if body.seed != -1 else -1}


def img2img_values(body: Img2ImgBody, options: Options) -> dict[str, Any]:
    """The fields of a request to paint over a picture, but for the picture."""
    return painting_values(body, options) | {
        "strength": body.denoising_strength,
        "resize_mode": RESIZE_MODES[body.resize_mode],
        "upscaler": options.get("upscaler_for_img2img") or "",
        "exact_steps": options.get("img2img_fix_steps", False),
        "color_correction": options.get("img2img_color_correction", False),
        "background": options.get("img2img_background_color", "#ffffff"),
    }


def painting_values(body: PaintBody, options: Options) -> dict[str, Any]:
    """The fields that all requests to paint have in common."""
    return {
        "prompt": body.prompt,
        "negative_prompt": body.negative_prompt,
        "styles": tuple(body.styles or ()),
        "checkpoint": options.get("sd_model_checkpoint", ""),
        "vae": options.get("sd_vae", "Automatic"),
        "sampler": _sampler(body),
        "schedule": _schedule(body.scheduler) or AUTOMATIC,
        "steps": body.steps,
        "guidance_scale": body.cfg_scale,
        "width": body.width // CELL * CELL,
        "height": body.height // CELL * CELL,
        "seed": body.seed,
        "batch_size": body.batch_size,
        "batch_count": body.n_iter,
        "clip_skip": max(1, options.get("CLIP_stop_at_last_layers", 1)),
        "tiling": bool(body.tiling or options.get("tiling")),
        "variation": _variation(body),
        "text": _text(options),
        "sampling": _sampling(body, options),
        "noise": _noise(body, options),
    }


def upscale_request(body: ExtrasBody, image: Bitmap) -> Upscale:
    """The request that enlarges what the web UI enlarges."""
    is_to_size = body.resize_mode == 1
    return Upscale(
        image=image,
        upscaler=body.upscaler_1,
        factor=body.upscaling_resize,
        width=body.upscaling_resize_w if is_to_size else 0,
        height=body.upscaling_resize_h if is_to_size else 0,
        crop=is_to_size and body.upscaling_crop,
        second_upscaler=body.upscaler_2,
        second_visibility=body.extras_upscaler_2_visibility,
    )


def extras_steps(body: ExtrasBody) -> list[Callable[[Bitmap], Request]]:
    """What is done to a picture, one after another: enlarged, then its faces restored.

    A body that says itself that it does not upscale first is taken at its word; there it has no
    effect.
    """

    def enlarged(image: Bitmap) -> Request:
        return upscale_request(body, image)

    told = (("GFPGAN", body.gfpgan_visibility), ("CodeFormer", body.codeformer_visibility))
    weight = body.codeformer_weight
    faces = [_restored(restorer, visibility, weight) for restorer, visibility in told if visibility]
    is_last = "upscale_first" in body.model_fields_set and not body.upscale_first
    return [*faces, enlarged] if is_last else [enlarged, *faces]


def _restored(restorer: str, visibility: float, weight: float) -> Callable[[Bitmap], Request]:
    def faces(image: Bitmap) -> Request:
        return Faces(image=image, restorer=restorer, visibility=visibility, weight=weight)

    return faces


def _inpaint(body: Img2ImgBody, options: Options, read: Read) -> dict[str, Any]:
    """What a request with a mask has beside."""
    is_both = body.mask_blur is not None
    is_whole = not body.inpaint_full_res
    return {
        "mask": read(body.mask or ""),
        "latent_mask": read(body.latent_mask) if body.latent_mask else None,
        "invert": bool(body.inpainting_mask_invert),
        "mask_blur": float(body.mask_blur if is_both else body.mask_blur_x),  # pyright: ignore[reportArgumentType]
        "mask_blur_y": float(body.mask_blur if is_both else body.mask_blur_y),  # pyright: ignore[reportArgumentType]
        "mask_round": body.mask_round,
        "content": CONTENTS[body.inpainting_fill],
        "area": "whole" if is_whole else "masked",
        "padding": body.inpaint_full_res_padding,
        "overlay": options.get("overlay_inpaint", True),
        "conditioning_mask": float(options.get("inpainting_mask_weight", 1)),
        "soft": _soft(body),
        "empty_mask": "keep" if is_whole else "whole",
        "old_latent_overlay": True,
    }


def _soft(body: PaintBody) -> SoftInpainting | None:
    enabled, *values = arguments_of(body, "soft inpainting") or [False]
    names = (entry.name for entry in fields(SoftInpainting))
    given = dict(zip(names, values, strict=False))
    if any(isinstance(value, bool | str | list | dict) for value in given.values()):
        raise RequestError("alwayson_scripts: soft inpainting takes numbers")
    return SoftInpainting(**given) if enabled else None


def arguments_of(body: PaintBody, script: str) -> list[Any]:
    """The arguments for a script that is always on; none where the body does not name it.

    Raises:
        RequestError: they are no list.
    """
    scripts = {name.lower(): told for name, told in body.alwayson_scripts.items()}
    told: Any = scripts.get(script, {})
    arguments: Any = told.get("args", []) if isinstance(told, dict) else told
    if not isinstance(arguments, list):
        raise RequestError(
            f"alwayson_scripts: {script}: expected a list of args", field="alwayson_scripts"
        )
    return arguments


def _sampler(body: PaintBody) -> str:
    """An alias is understood in ``sampler_name``; ``sampler_index`` takes labels only."""
    if not body.sampler_name:
        return body.sampler_index if body.sampler_index in SAMPLERS else SUBSTITUTE_SAMPLER
    try:
        find_sampler(body.sampler_name)
    except RequestError:
        return SUBSTITUTE_SAMPLER
    labels = {alias: entry.label for entry in SAMPLERS.values() for alias in entry.aliases}
    return labels.get(body.sampler_name, body.sampler_name)


def _variation(body: PaintBody) -> Variation | None:
    if not body.subseed_strength:
        return None
    return Variation(seed=body.subseed, strength=body.subseed_strength)


def _hires(body: Txt2ImgBody) -> Hires | None:
    if not body.enable_hr:
        return None
    if body.hr_checkpoint_name and body.hr_checkpoint_name not in USE_SAME:
        raise RequestError(
            "hr_checkpoint_name: the second pass has the first one's checkpoint; leave it out",
            field="hr_checkpoint_name",
        )
    return Hires(
        scale=body.hr_scale,
        width=body.hr_resize_x,
        height=body.hr_resize_y,
        upscaler=body.hr_upscaler or "Latent",
        steps=body.hr_second_pass_steps,
        strength=body.denoising_strength,
        sampler=_unless_same(body.hr_sampler_name),
        schedule=_schedule(_unless_same(body.hr_scheduler)),
        prompt=body.hr_prompt,
        negative_prompt=body.hr_negative_prompt,
    )


def _unless_same(name: str | None) -> str:
    return "" if name is None or name in USE_SAME else name


def _schedule(name: str | None) -> str:
    """A schedule's name; that of the sampler's own choice is none of a schedule, in any case."""
    return AUTOMATIC if name and name.lower() == AUTOMATIC.lower() else name or ""


def _text(options: Options) -> TextOptions:
    values = {ours: options[theirs] for theirs, ours in TEXT_OPTIONS.items() if theirs in options}
    if options.get("pad_cond_uncond_v0"):
        values["padding"] = "pad v0"
    elif options.get("pad_cond_uncond"):
        values["padding"] = "pad"
    return TextOptions(**values)


def _sampling(body: PaintBody, options: Options) -> SamplingOptions:
    """An option that was set wins over the body's own field, but for eta."""
    own = body.model_dump(include=set(SAMPLING_OPTIONS), exclude_none=True)
    values = {
        SAMPLING_OPTIONS[theirs]: value
        for theirs, value in {**own, **options}.items()
        if theirs in SAMPLING_OPTIONS
    }
    for theirs in ("eta_ancestral", "eta_ddim"):
        if theirs in options and _uses_eta(body, theirs):
            values["eta"] = float(options[theirs])
    if body.eta is not None:
        values["eta"] = body.eta
    values["picture_brownian"] = not options.get("no_dpmpp_sde_batch_determinism", False)
    values["zero_terminal_snr"] = options.get("sd_noise_schedule") == "Zero Terminal SNR"
    values["fp8"] = options.get("fp8_storage") == "Enable"
    return SamplingOptions(**values)


def _uses_eta(body: PaintBody, option: str) -> bool:
    """Whether the request's sampler listens to that one of the two eta options."""
    is_ddim = (body.sampler_name or "").startswith(("DDIM", "PLMS", "UniPC"))
    return is_ddim == (option == "eta_ddim")


def _noise(body: PaintBody, options: Options) -> NoiseOptions:
    multiplier = getattr(body, "initial_noise_multiplier", None)
    return NoiseOptions(
        source=options.get("randn_source", "GPU"),
        ensd=options.get("eta_noise_seed_delta", 0),
        resize_width=max(body.seed_resize_from_w, 0),
        resize_height=max(body.seed_resize_from_h, 0),
        multiplier=1.0 if multiplier is None else multiplier,
        extra=float(options.get("img2img_extra_noise", 0)),
    )
