"""A body's ``infotext``: fills what the body itself does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from velatura.errors import RequestError
from velatura.metadata import complete_fields, parse_infotext
from velatura.server.sdapi.bodies import PaintBody

if TYPE_CHECKING:
    from collections.abc import Mapping

B = TypeVar("B", bound=PaintBody)

FIELDS = {
    "Prompt": "prompt",
    "Negative prompt": "negative_prompt",
    "Steps": "steps",
    "Sampler": "sampler_name",
    "Schedule type": "scheduler",
    "CFG scale": "cfg_scale",
    "Seed": "seed",
    "Size-1": "width",
    "Size-2": "height",
    "Variation seed": "subseed",
    "Variation seed strength": "subseed_strength",
    "Seed resize from-1": "seed_resize_from_w",
    "Seed resize from-2": "seed_resize_from_h",
    "Denoising strength": "denoising_strength",
    "Hires upscale": "hr_scale",
    "Hires upscaler": "hr_upscaler",
    "Hires steps": "hr_second_pass_steps",
    "Hires resize-1": "hr_resize_x",
    "Hires resize-2": "hr_resize_y",
    "Hires sampler": "hr_sampler_name",
    "Hires schedule type": "hr_scheduler",
    "Hires prompt": "hr_prompt",
    "Hires negative prompt": "hr_negative_prompt",
}
"""What an infotext calls the fields of a body."""

OPTIONS = {
    "Clip skip": "CLIP_stop_at_last_layers",
    "ENSD": "eta_noise_seed_delta",
    "RNG": "randn_source",
    "Emphasis": "emphasis",
    "FP8 weight": "fp8_storage",
}
"""And what it calls options."""

NUMBERS = frozenset({"CLIP_stop_at_last_layers", "eta_noise_seed_delta"})


def with_infotext(body: B) -> B:
    """The body, with what its infotext says of fields that are not given.

    Raises:
        RequestError: the infotext has a value that the field does not take.
    """
    if not body.infotext:
        return body
    read = complete_fields(parse_infotext(body.infotext))
    told = {FIELDS[name]: value for name, value in read.items() if name in FIELDS}
    if "Hires upscaler" in read:
        told["enable_hr"] = "true"
    given = body.model_dump(include=body.model_fields_set)
    settings = _settings(read) | body.override_settings
    try:
        return body.model_validate(told | given | {"override_settings": settings})
    except ValidationError as error:
        raise RequestError(
            f"infotext: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}", field="infotext"
        ) from error


def _settings(read: Mapping[str, str]) -> dict[str, Any]:
    found = {OPTIONS[name]: value for name, value in read.items() if name in OPTIONS}
    try:
        return {name: int(it) if name in NUMBERS else it for name, it in found.items()}
    except ValueError as error:
        raise RequestError(f"infotext: {error}", field="infotext") from error
