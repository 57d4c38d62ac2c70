"""Recorded A1111 API requests as Velatura's own.

What the web UI took from its options rather than from the request has the values those recordings
were made with: noise from the "GPU" source (their device was a CPU), the first checkpoint.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from velatura.diffusion.samplers import SAMPLERS
from velatura.library.pictures import read_pixels
from velatura.records import (
    Bitmap,
    Hires,
    Img2Img,
    Inpaint,
    NoiseOptions,
    Painting,
    SamplingOptions,
    SdUpscale,
    SoftInpainting,
    TextOptions,
    Txt2Img,
    Upscale,
    Variation,
)

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_STEPS, DEFAULT_SAMPLER, DEFAULT_STRENGTH = 50, "Euler", 0.75

DEFAULT_BLUR = 4
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


def txt2img_from_api(request: dict[str, Any], seed: int) -> Txt2Img:
    """The request that paints what the web UI painted.

    Args:
        request: Body of a ``POST /sdapi/v1/txt2img``.
        seed: The seed that was used, also where the body asks for a random one.
    """
    request = {name: value for name, value in request.items() if value is not None}
    return Txt2Img(**_painting(request, seed), hires=_hires(request))


def img2img_from_api(request: dict[str, Any], seed: int, folder: Path) -> list[Img2Img]:
    """The requests that paint what the web UI painted: one for each picture painted over.

    Of its scripts, "SD upscale" is known.

    Args:
        request: Body of a ``POST /sdapi/v1/img2img``, with names of files for pictures.
        seed: The seed that was used.
        folder: Where the files lie.
    """
    request = {name: value for name, value in request.items() if value is not None}
    options: dict[str, Any] = request.get("override_settings", {})
    values = _painting(request, seed) | {
        "strength": float(request.get("denoising_strength", DEFAULT_STRENGTH)),
        "resize_mode": RESIZE_MODES[request.get("resize_mode", 0)],
        "upscaler": options.get("upscaler_for_img2img", ""),
        "exact_steps": bool(options.get("img2img_fix_steps")),
        "color_correction": bool(options.get("img2img_color_correction")),
        "background": options.get("img2img_background_color", "#ffffff"),
    }
    images = [_bitmap(name, folder) for name in request["init_images"]]
    if len(images) > 1:
        values["batch_size"] = 1
    record = Img2Img
    if request.get("script_name", "").lower() == "sd upscale":
        _, overlap, upscaler, factor = request["script_args"]
        record = SdUpscale
        values |= {"overlap": overlap, "upscaler": upscaler, "factor": float(factor)}
    elif "mask" in request:
        record, values = Inpaint, values | _inpaint(request, folder)
    return [
        record(**values | {"image": image, "seed": seed + index})
        for index, image in enumerate(images)
    ]


def _painting(request: dict[str, Any], seed: int) -> dict[str, Any]:
    """What all kinds of requests have in common."""
    options: dict[str, Any] = request.get("override_settings", {})
    return {
        "prompt": request.get("prompt", ""),
        "negative_prompt": request.get("negative_prompt", ""),
        "styles": tuple(request.get("styles", ())),
        "checkpoint": options.get("sd_model_checkpoint", ""),
        "vae": options.get("sd_vae", "Automatic"),
        "sampler": _sampler(request),
        "schedule": request.get("scheduler", "Automatic"),
        "steps": request.get("steps", DEFAULT_STEPS),
        "guidance_scale": float(request.get("cfg_scale", 7)),
        "width": request.get("width", 512) // 8 * 8,
        "height": request.get("height", 512) // 8 * 8,
        "seed": seed,
        "batch_size": request.get("batch_size", 1),
        "batch_count": request.get("n_iter", 1),
        "clip_skip": options.get("CLIP_stop_at_last_layers", 1),
        "tiling": bool(request.get("tiling") or options.get("tiling")),
        "variation": _variation(request),
        "text": _text(options),
        "sampling": _sampling(request, options),
        "noise": _noise(request, options),
    }


def _inpaint(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What a request with a mask has beside."""
    options: dict[str, Any] = request.get("override_settings", {})
    blur = request.get("mask_blur")
    is_whole = not request.get("inpaint_full_res", True)
    return {
        "mask": _bitmap(request["mask"], folder),
        "invert": bool(request.get("inpainting_mask_invert", 0)),
        "mask_blur": float(request.get("mask_blur_x", DEFAULT_BLUR) if blur is None else blur),
        "mask_blur_y": float(request.get("mask_blur_y", DEFAULT_BLUR) if blur is None else blur),
        "mask_round": request.get("mask_round", True),
        "content": CONTENTS[request.get("inpainting_fill", 0)],
        "area": "whole" if is_whole else "masked",
        "padding": request.get("inpaint_full_res_padding", 0),
        "overlay": options.get("overlay_inpaint", True),
        "conditioning_mask": float(options.get("inpainting_mask_weight", 1)),
        "soft": _soft(request),
        "empty_mask": "keep" if is_whole else "whole",
        "old_latent_overlay": True,
    }


def _soft(request: dict[str, Any]) -> SoftInpainting | None:
    scripts = {name.lower(): script for name, script in request.get("alwayson_scripts", {}).items()}
    enabled, *values = scripts.get("soft inpainting", {}).get("args", [False])
    names = (entry.name for entry in fields(SoftInpainting))
    given = {name: float(value) for name, value in zip(names, values, strict=False)}
    return SoftInpainting(**given) if enabled else None


def _bitmap(name: str, folder: Path) -> Bitmap:
    """A file of the recordings, as a request names it: "@x.png" is an input."""
    path = name.removeprefix("@")
    return read_pixels(folder / (path if "/" in path else f"inputs/{path}"))


def upscale_from_api(request: dict[str, Any], image: Bitmap) -> Upscale:
    """The request that enlarges what the web UI enlarged.

    Args:
        request: Body of a ``POST /sdapi/v1/extra-single-image``, or one for many images.
        image: The picture, or one of those.
    """
    is_to_size = request.get("resize_mode", 0) == 1
    return Upscale(
        image=image,
        upscaler=request.get("upscaler_1", "None"),
        factor=float(request.get("upscaling_resize", 2)),
        width=request.get("upscaling_resize_w", 512) if is_to_size else 0,
        height=request.get("upscaling_resize_h", 512) if is_to_size else 0,
        crop=is_to_size and request.get("upscaling_crop", True),
        second_upscaler=request.get("upscaler_2", "None"),
        second_visibility=float(request.get("extras_upscaler_2_visibility", 0)),
    )


def picture_request(request: Painting, seed: int, variation_seed: int) -> Painting:
    """The request of one picture of a batch, by the seeds that were recorded for it."""
    variation = request.variation
    if variation is not None:
        variation = replace(variation, seed=variation_seed)
    return replace(request, seed=seed, variation=variation, batch_size=1, batch_count=1)


def _sampler(request: dict[str, Any]) -> str:
    """An alias is understood in ``sampler_name``; ``sampler_index`` takes labels only."""
    if name := str(request.get("sampler_name", "")):
        labels = {alias: entry.label for entry in SAMPLERS.values() for alias in entry.aliases}
        return labels.get(name, name)
    index = str(request.get("sampler_index", DEFAULT_SAMPLER))
    return index if index in SAMPLERS else SUBSTITUTE_SAMPLER


def _variation(request: dict[str, Any]) -> Variation | None:
    strength = float(request.get("subseed_strength", 0))
    return Variation(seed=request.get("subseed", -1), strength=strength) if strength else None


def _hires(request: dict[str, Any]) -> Hires | None:
    if not request.get("enable_hr"):
        return None
    return Hires(
        scale=float(request.get("hr_scale", 2)),
        width=request.get("hr_resize_x", 0),
        height=request.get("hr_resize_y", 0),
        upscaler=request.get("hr_upscaler", "Latent"),
        steps=request.get("hr_second_pass_steps", 0),
        strength=float(request.get("denoising_strength", DEFAULT_STRENGTH)),
        sampler=request.get("hr_sampler_name", ""),
        schedule=request.get("hr_scheduler", ""),
        prompt=request.get("hr_prompt", ""),
        negative_prompt=request.get("hr_negative_prompt", ""),
    )


def _text(options: dict[str, Any]) -> TextOptions:
    values = {ours: options[theirs] for theirs, ours in TEXT_OPTIONS.items() if theirs in options}
    if options.get("pad_cond_uncond_v0"):
        values["padding"] = "pad v0"
    elif options.get("pad_cond_uncond"):
        values["padding"] = "pad"
    return TextOptions(**values)


def _sampling(request: dict[str, Any], options: dict[str, Any]) -> SamplingOptions:
    """An option that differs from its default wins over the request's own field, but for eta."""
    given = {
        theirs: value
        for theirs, value in {**request, **options}.items()
        if theirs in SAMPLING_OPTIONS
    }
    values = {SAMPLING_OPTIONS[theirs]: value for theirs, value in given.items()}
    for theirs in ("eta_ancestral", "eta_ddim"):
        if theirs in options and _uses_eta(request, theirs):
            values["eta"] = float(options[theirs])
    if "eta" in request:
        values["eta"] = float(request["eta"])
    values["picture_brownian"] = not options.get("no_dpmpp_sde_batch_determinism", False)
    values["zero_terminal_snr"] = options.get("sd_noise_schedule") == "Zero Terminal SNR"
    return SamplingOptions(**values)


def _uses_eta(request: dict[str, Any], option: str) -> bool:
    """Whether the request's sampler listens to that one of the two eta options."""
    is_ddim = str(request.get("sampler_name", "")).startswith(("DDIM", "PLMS", "UniPC"))
    return is_ddim == (option == "eta_ddim")


def _noise(request: dict[str, Any], options: dict[str, Any]) -> NoiseOptions:
    return NoiseOptions(
        source=options.get("randn_source", "GPU"),
        ensd=options.get("eta_noise_seed_delta", 0),
        resize_width=max(request.get("seed_resize_from_w", 0), 0),
        resize_height=max(request.get("seed_resize_from_h", 0), 0),
        multiplier=float(request.get("initial_noise_multiplier", 1)),
        extra=float(options.get("img2img_extra_noise", 0)),
    )
