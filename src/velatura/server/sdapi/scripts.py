"""A1111's named scripts, as far as there are such things here: what ``script_name`` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError
from velatura.server.problems import Answer, Refusal
from velatura.server.sdapi.arguments import Argument, Script
from velatura.server.sdapi.running import run_lines, run_loopback, run_matrix, run_plot
from velatura.server.sdapi.translate import CONTENTS

if TYPE_CHECKING:
    from velatura.server.sdapi.bodies import PaintBody

ALWAYS_ON = ("extra options", "hypertile", "soft inpainting", "refiner", "sampler", "seed")
"""Scripts that run by themselves there, and may be given arguments."""

_UNKNOWN = Answer(422, "No such script", "Choose one that GET /sdapi/v1/scripts lists.")


def find_script(name: str, *, is_img2img: bool) -> Script:
    """The script of a title, whatever its case.

    Raises:
        Refusal: 422, there is none.
    """
    script = SCRIPTS.get(name.strip().lower())
    if script is None or (script.is_img2img and not is_img2img):
        there = [it.title for it in SCRIPTS.values() if is_img2img or not it.is_img2img]
        raise Refusal(f"Script '{name[:80]}' not found; there is {', '.join(there)}", _UNKNOWN)
    return script


def check_always_on(body: PaintBody) -> None:
    """Refuse scripts that are not always on, or that ask for what there is not.

    Raises:
        Refusal: 422.
        RequestError: a refiner.
    """
    for name, told in body.alwayson_scripts.items():
        if name.lower() in SCRIPTS:
            raise Refusal(f"always on script {name[:80]} is a selectable script", _UNKNOWN)
        if name.lower() not in ALWAYS_ON:
            raise Refusal(
                f"always on script {name[:80]} not found; there is {', '.join(ALWAYS_ON)}",
                _UNKNOWN,
            )
        arguments: Any = told.get("args") if isinstance(told, dict) else None
        is_on = isinstance(arguments, list) and arguments[:1] == [True]
        if name.lower() in ("refiner", "hypertile") and is_on:
            raise RequestError(
                f"alwayson_scripts: there is no {name.lower()} here", field="alwayson_scripts"
            )
    if body.refiner_checkpoint not in (None, "", "None"):
        raise RequestError(
            "refiner_checkpoint: there is no refiner here; leave it out",
            field="refiner_checkpoint",
        )


SIDES = {"left": "left", "right": "right", "up": "top", "down": "bottom"}
"""A direction of outpainting, and the side of ours that grows."""

_DIRECTIONS = tuple(SIDES)

SD_UPSCALE = Script(
    title="sd upscale",
    is_img2img=True,
    arguments=(
        Argument(label="", value=""),
        Argument(label="Tile overlap", value=64),
        Argument(label="Upscaler", value="None"),
        Argument(label="Scale Factor", value=2.0),
    ),
)
OUTPAINTING = Script(
    title="outpainting mk2",
    is_img2img=True,
    arguments=(
        Argument(label="", value=""),
        Argument(label="Pixels to expand", value=128),
        Argument(label="Mask blur", value=8),
        Argument(label="Outpainting direction", value=list(_DIRECTIONS), choices=_DIRECTIONS),
        Argument(label="Fall-off exponent (lower=higher detail)", value=1.0),
        Argument(label="Color variation", value=0.05),
    ),
)
_AXIS = tuple(
    argument
    for side in "XYZ"
    for argument in (
        Argument(label=f"{side} type", value="Seed" if side == "X" else "Nothing"),
        Argument(label=f"{side} values", value=""),
        Argument(label=f"{side} values"),
    )
)
SCRIPTS: dict[str, Script] = {
    script.title: script
    for script in (
        Script(
            title="prompt matrix",
            run=run_matrix,
            arguments=(
                Argument(label="Put variable parts at start of prompt", value=False),
                Argument(label="Use different seed for each picture", value=False),
                Argument(label="Select prompt", value="positive", choices=("positive", "negative")),
                Argument(label="Select joining char", value="comma", choices=("comma", "space")),
                Argument(label="Grid margins (px)", value=0),
            ),
        ),
        Script(
            title="prompts from file or textbox",
            run=run_lines,
            arguments=(
                Argument(label="Iterate seed every line", value=False),
                Argument(label="Use same random seed for all lines", value=False),
                Argument(label="Insert prompts at the", value="start", choices=("start", "end")),
                Argument(label="List of prompt inputs", value=""),
            ),
        ),
        Script(
            title="x/y/z plot",
            run=run_plot,
            arguments=(
                *_AXIS,
                Argument(label="Draw legend", value=True),
                Argument(label="Include Sub Images", value=False),
                Argument(label="Include Sub Grids", value=False),
                Argument(label="Keep -1 for seeds", value=False),
                Argument(label="Vary seeds for X", value=False),
                Argument(label="Vary seeds for Y", value=False),
                Argument(label="Vary seeds for Z", value=False),
                Argument(label="Grid margins (px)", value=0),
                Argument(label="Use text inputs instead of dropdowns", value=False),
            ),
        ),
        Script(
            title="loopback",
            run=run_loopback,
            is_img2img=True,
            arguments=(
                Argument(label="Loops", value=4),
                Argument(label="Final denoising strength", value=0.5),
                Argument(
                    label="Denoising strength curve",
                    value="Linear",
                    choices=("Aggressive", "Linear", "Lazy"),
                ),
                Argument(label="Append interrogated prompt at each iteration", value="None"),
            ),
        ),
        OUTPAINTING,
        Script(
            title="poor man's outpainting",
            is_img2img=True,
            arguments=(
                Argument(label="Pixels to expand", value=128),
                Argument(label="Mask blur", value=4),
                Argument(label="Masked content", value="fill", choices=CONTENTS),
                Argument(
                    label="Outpainting direction", value=list(_DIRECTIONS), choices=_DIRECTIONS
                ),
            ),
        ),
        SD_UPSCALE,
    )
}
"""Scripts by title."""
