"""What A1111 v1.10.1 takes in the bodies of its API, with the defaults that it documents.

They differ from those of its pages: 50 steps, Euler, only what is masked. Unknown fields are passed
over and null is the default, as there.
"""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from velatura.server.bodies import parse_object


class Dialect(BaseModel):
    """A body in A1111's words."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: Any) -> Any:  # noqa: ANN401
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


B = TypeVar("B", bound=Dialect)


class PaintBody(Dialect):
    """What both ways of painting have in common."""

    prompt: str = ""
    negative_prompt: str = ""
    styles: list[str] | None = None
    seed: int = -1
    subseed: int = -1
    subseed_strength: float = 0
    seed_resize_from_h: int = -1
    seed_resize_from_w: int = -1
    sampler_name: str | None = None
    scheduler: str | None = None
    batch_size: int = 1
    n_iter: int = 1
    steps: int = 50
    cfg_scale: float = 7.0
    width: int = 512
    height: int = 512
    restore_faces: bool | None = None
    tiling: bool | None = None
    do_not_save_samples: bool = False
    do_not_save_grid: bool = False
    eta: float | None = None
    denoising_strength: float = 0.75
    s_min_uncond: float | None = None
    s_churn: float | None = None
    s_tmax: float | None = None
    s_tmin: float | None = None
    s_noise: float | None = None
    override_settings: dict[str, Any] = Field(default_factory=dict)
    override_settings_restore_afterwards: bool = True
    refiner_checkpoint: str | None = None
    refiner_switch_at: float | None = None
    disable_extra_networks: bool = False
    firstpass_image: str | None = None
    comments: dict[str, Any] | None = None
    force_task_id: str | None = None
    sampler_index: str = "Euler"
    script_name: str | None = None
    script_args: list[Any] = Field(default_factory=list)
    send_images: bool = True
    save_images: bool = False
    alwayson_scripts: dict[str, Any] = Field(default_factory=dict)
    infotext: str | None = None


class Txt2ImgBody(PaintBody):
    """``POST /sdapi/v1/txt2img``."""

    enable_hr: bool = False
    firstphase_width: int = 0
    firstphase_height: int = 0
    hr_scale: float = 2.0
    hr_upscaler: str | None = None
    hr_second_pass_steps: int = 0
    hr_resize_x: int = 0
    hr_resize_y: int = 0
    hr_checkpoint_name: str | None = None
    hr_sampler_name: str | None = None
    hr_scheduler: str | None = None
    hr_prompt: str = ""
    hr_negative_prompt: str = ""


class Img2ImgBody(PaintBody):
    """``POST /sdapi/v1/img2img``; pictures in base64."""

    init_images: list[str] | None = None
    resize_mode: int = Field(default=0, ge=0, le=3)
    image_cfg_scale: float | None = None
    mask: str | None = None
    mask_blur_x: int = 4
    mask_blur_y: int = 4
    mask_blur: int | None = None
    mask_round: bool = True
    inpainting_fill: int = Field(default=0, ge=0, le=3)
    inpaint_full_res: bool = True
    inpaint_full_res_padding: int = 0
    inpainting_mask_invert: int = 0
    initial_noise_multiplier: float | None = None
    latent_mask: str | None = None
    include_init_images: bool = False


class ExtrasBody(Dialect):
    """What both kinds of enlarging have in common."""

    resize_mode: int = Field(default=0, ge=0, le=1)
    show_extras_results: bool = True
    gfpgan_visibility: float = Field(default=0, ge=0, le=1)
    codeformer_visibility: float = Field(default=0, ge=0, le=1)
    codeformer_weight: float = Field(default=0, ge=0, le=1)
    upscaling_resize: float = Field(default=2, gt=0)
    upscaling_resize_w: int = Field(default=512, ge=1)
    upscaling_resize_h: int = Field(default=512, ge=1)
    upscaling_crop: bool = True
    upscaler_1: str = "None"
    upscaler_2: str = "None"
    extras_upscaler_2_visibility: float = Field(default=0, ge=0, le=1)
    upscale_first: bool = False


class ExtrasSingleBody(ExtrasBody):
    """``POST /sdapi/v1/extra-single-image``."""

    image: str = ""


class NamedImage(Dialect):
    """A picture of many: base64, and a name that stands for it."""

    data: str
    name: str = ""


class ExtrasBatchBody(ExtrasBody):
    """``POST /sdapi/v1/extra-batch-images``."""

    imageList: list[NamedImage] = Field(default_factory=list[NamedImage])


class ImageBody(Dialect):
    """``POST /sdapi/v1/png-info``."""

    image: str = ""


class InterrogateBody(ImageBody):
    """``POST /sdapi/v1/interrogate``."""

    model: str = "clip"


BODIES = (Txt2ImgBody, Img2ImgBody, ExtrasSingleBody, ExtrasBatchBody, ImageBody, InterrogateBody)


async def read_body(kind: type[B], request: Request) -> B:
    """The body of a request.

    Raises:
        RequestValidationError: a field is of the wrong type; answered in the framework's words.
    """
    values = parse_object(await request.body())
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        told = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(told) from error


def body_schemas() -> dict[str, Any]:
    """The schemas of the bodies by name, for the OpenAPI document."""
    schemas: dict[str, Any] = {}
    for kind in BODIES:
        schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.__name__] = schema
    return schemas


def takes(kind: type[Dialect]) -> dict[str, Any]:
    """What the OpenAPI document says of a route that takes such a body."""
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}, "required": True}}
