"""``velatura txt2img``: pictures from words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.markup import escape

from velatura.cli.fields import Naming, says_options, takes_fields
from velatura.cli.forecast import IsForecast, tell_forecast
from velatura.cli.options import (
    AsJson,
    FileFormat,
    Folder,
    ModelsDir,
    parse_size,
    settings_with,
)
from velatura.cli.paint import Output, paint
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES
from velatura.errors import RequestError
from velatura.library.files import Target
from velatura.library.names import TOKENS
from velatura.metadata import Encoding
from velatura.records import (
    Hires,
    NoiseOptions,
    Painting,
    SamplingOptions,
    TextOptions,
    Txt2Img,
    Variation,
)
from velatura.settings import Settings
from velatura.upscalers import LATENT_UPSCALERS, PACKAGED_UPSCALERS, UPSCALERS

NAMES = " ".join(f"[{token}]" for token in TOKENS)
"""What a file name can be made of."""

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
        "hires": "hires",
    },
    leave=frozenset(
        ("kind", "prompt", "width", "height", "variation", "hires", "text", "sampling", "noise")
    ),
    extra={
        "styles": "Repeatable.",
        "sampler": f"One of: {', '.join(SAMPLERS)}.",
        "schedule": f"One of: {', '.join((AUTOMATIC, *SCHEDULES))}.",
    },
)
VARIATION = Naming(record=Variation, path="variation.", prefix="variation-", panel="Variation")
HIRES = Naming(
    record=Hires,
    path="hires.",
    prefix="hires-",
    names={"negative_prompt": "hires-negative", "width": "hires-size", "height": "hires-size"},
    leave=frozenset(("width", "height")),
    panel="Hires pass",
    extra={
        "upscaler": f"One of: {', '.join((*LATENT_UPSCALERS, *UPSCALERS, *PACKAGED_UPSCALERS))}; "
        "or the name of a file in the model folders."
    },
)
TEXT = Naming(record=TextOptions, path="text.", panel="Reading of prompts")
SAMPLING = Naming(
    record=SamplingOptions,
    path="sampling.",
    names={"unipc_lower_order_final": "unipc-lower-final"},
    panel="Sampling, in depth",
)
NOISE = Naming(
    record=NoiseOptions,
    path="noise.",
    prefix="noise-",
    names={"ensd": "ensd"},
    leave=frozenset(("multiplier",)),  # for image-to-image requests only
    panel="Random numbers",
)


Prompt = Annotated[str, typer.Argument(help="What to paint, in the prompt language.")]
Size = Annotated[
    str,
    typer.Option(
        metavar="WxH",
        help="Width and height in pixels, multiples of 8, as in 512x768; "
        "if not given: the checkpoint's own.",
    ),
]
IsHires = Annotated[bool, typer.Option("--hires", metavar="", help="Add a second, larger pass.")]
HiresSize = Annotated[
    str,
    typer.Option(metavar="WxH", help="Size of the second pass.", rich_help_panel=HIRES.panel),
]
Pattern = Annotated[
    str, typer.Option(metavar="PATTERN", help=f"What files are called. Of: {escape(NAMES)}.")
]


@takes_fields(REQUEST, VARIATION, HIRES, TEXT, SAMPLING, NOISE)
def txt2img(
    prompt: Prompt,
    values: Mapping[str, Any],
    size: Size = "",
    hires: IsHires = False,
    hires_size: HiresSize = "",
    out: Folder = None,
    name: Pattern = "[seed]",
    image_format: FileFormat = "png",
    models_dir: ModelsDir = None,
    as_json: AsJson = False,
    is_forecast: IsForecast = False,
) -> None:
    """Paint pictures from words.

    Each finished picture's path goes to standard output. Ctrl-C stops; finished pictures stay.
    """
    second = read_hires(values, hires_size) if hires else None
    request = read_request(prompt, values, size, second)
    settings = settings_with(models_dir)
    check_styles(request, settings)
    target = Target(
        folder=out or settings.output_dir, pattern=name, encoding=Encoding(format=image_format)
    )
    with says_options(REQUEST, VARIATION, HIRES, TEXT, SAMPLING, NOISE):
        if is_forecast:
            tell_forecast(request, settings, as_json=as_json)
            return
        paint(request, settings, Output(target=target, as_json=as_json))


def check_styles(request: Painting, settings: Settings) -> None:
    """Refuse styles where none are saved.

    Raises:
        RequestError: the settings name no file of them.
    """
    if request.styles and settings.styles_file is None:
        raise RequestError(
            "--style: there is no styles file; name one by VELATURA_STYLES_FILE, or by styles_file "
            "in the config file"
        )


def read_request(
    prompt: str,
    values: Mapping[str, Any],
    size: str,
    hires: Hires | None,
    naming: Naming = REQUEST,
) -> Txt2Img:
    """The request that the options make.

    Args:
        prompt: What to paint.
        values: The values of all options that stand for a field.
        size: ``WIDTHxHEIGHT``, or nothing.
        hires: The second pass.
        naming: The options of the request itself.

    Raises:
        RequestError: naming the option whose value is outside its limits.
    """
    width, height = parse_size(size, "--size") if size else (0, 0)
    variation = VARIATION.record_from(values)
    return naming.record_from(
        values,
        prompt=prompt,
        width=width,
        height=height,
        variation=variation if variation.strength > 0 else None,
        hires=hires,
        text=TEXT.record_from(values),
        sampling=SAMPLING.record_from(values),
        noise=NOISE.record_from(values),
    )


def read_hires(values: Mapping[str, Any], size: str) -> Hires:
    """The second pass that the options make.

    Raises:
        RequestError: naming the option whose value is outside its limits.
    """
    width, height = parse_size(size, "--hires-size") if size else (0, 0)
    return HIRES.record_from(values, width=width, height=height)
