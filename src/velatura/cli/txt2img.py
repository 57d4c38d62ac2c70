"""``velatura txt2img``: pictures from words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from velatura.cli.fields import Naming, says_options, takes_fields
from velatura.cli.options import AsJson, ModelsDir, parse_size, settings_with
from velatura.cli.paint import Output, paint
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES
from velatura.library.files import Target
from velatura.metadata import Encoding
from velatura.records import (
    Hires,
    NoiseOptions,
    SamplingOptions,
    TextOptions,
    Txt2Img,
    Variation,
)
from velatura.upscalers import LATENT_UPSCALERS, UPSCALERS

Format = Literal["png", "jpeg", "webp"]

REQUEST = Naming(
    record=Txt2Img,
    names={
        "negative_prompt": "negative",
        "styles": "style",
        "guidance_scale": "cfg",
        "batch_size": "batch",
        "batch_count": "count",
        "width": "size",
        "height": "size",
    },
    leave=frozenset(
        ("kind", "prompt", "width", "height", "variation", "hires", "text", "sampling", "noise")
    ),
    extra={
        "sampler": f"({', '.join(SAMPLERS)})",
        "schedule": f"({', '.join((AUTOMATIC, *SCHEDULES))})",
    },
)
VARIATION = Naming(record=Variation, prefix="variation-", panel="Variation")
HIRES = Naming(
    record=Hires,
    prefix="hires-",
    names={"negative_prompt": "hires-negative"},
    leave=frozenset(("width", "height")),
    panel="Hires pass",
    extra={"upscaler": f"({', '.join((*LATENT_UPSCALERS, *UPSCALERS))})"},
)
TEXT = Naming(record=TextOptions, panel="Reading of prompts")
SAMPLING = Naming(record=SamplingOptions, panel="Sampling, in depth")
NOISE = Naming(record=NoiseOptions, prefix="noise-", names={"ensd": "ensd"}, panel="Random numbers")


@takes_fields(REQUEST, VARIATION, HIRES, TEXT, SAMPLING, NOISE)
def txt2img(
    prompt: Annotated[str, typer.Argument(help="What to paint, in the prompt language.")],
    values: Mapping[str, Any],
    size: Annotated[
        str, typer.Option(metavar="WxH", help="In pixels; default: the checkpoint's own.")
    ] = "",
    hires: Annotated[bool, typer.Option("--hires", help="Add a second, larger pass.")] = False,
    hires_size: Annotated[
        str, typer.Option(metavar="WxH", help="Instead of a factor.", rich_help_panel=HIRES.panel)
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures.")] = None,
    name: Annotated[str, typer.Option(help="Pattern of the file names.")] = "[seed]",
    image_format: Annotated[Format, typer.Option("--format", help="Kind of file.")] = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
) -> None:
    """Paint pictures from words.

    Each finished picture's path goes to standard output. Ctrl-C stops; finished pictures stay.
    """
    width, height = parse_size(size, "--size") if size else (0, 0)
    hires_width, hires_height = parse_size(hires_size, "--hires-size") if hires_size else (0, 0)
    variation = VARIATION.record_from(values)
    request = REQUEST.record_from(
        values,
        prompt=prompt,
        width=width,
        height=height,
        variation=variation if variation.strength > 0 else None,
        hires=HIRES.record_from(values, width=hires_width, height=hires_height) if hires else None,
        text=TEXT.record_from(values),
        sampling=SAMPLING.record_from(values),
        noise=NOISE.record_from(values),
    )
    settings = settings_with(models_dir)
    target = Target(
        folder=out or settings.output_dir, pattern=name, encoding=Encoding(format=image_format)
    )
    with says_options(REQUEST, HIRES):
        paint(request, settings, Output(target=target, as_json=as_json))
