"""A1111's named scripts, as far as there are such things here: what ``script_name`` asks for.

Those that need many pictures put each into the queue as a job of its own.
"""

from __future__ import annotations

import csv
import io
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from velatura.compare import (
    AXES,
    Axis,
    Comparison,
    Grid,
    Matrix,
    Outcome,
    PromptLines,
    draw_sheets,
    plan_grid,
    plan_matrix,
    read_axis,
    read_lines,
)
from velatura.errors import RequestError
from velatura.pipelines.loopback import CURVES, next_round, round_strength
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED, complete_seeds
from velatura.records import Img2Img, Outpaint, SdUpscale
from velatura.server.problems import Answer, Refusal
from velatura.server.sdapi.translate import CONTENTS, img2img_values

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from velatura.compare import Sheet
    from velatura.records import Bitmap, Painting, Txt2Img
    from velatura.server.sdapi.bodies import Img2ImgBody, PaintBody
    from velatura.server.sdapi.calls import Call, Made

    Base = Txt2Img | Img2Img

ALWAYS_ON = ("extra options", "hypertile", "soft inpainting", "refiner", "sampler", "seed")
"""Scripts that run by themselves there, and may be given arguments."""

_UNKNOWN = Answer(422, "No such script", "Choose one that GET /sdapi/v1/scripts lists.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What a script gives: sheets, then pictures."""

    sheets: Sequence[Sheet] = ()
    pictures: Sequence[Made] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of a script, as ``script-info`` tells it."""

    label: str
    value: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An entry of ``SCRIPTS``.

    Attributes:
        title: Its name in the API.
        arguments: In order.
        run: What carries it out; None where the translation does all of it.
        is_img2img: Whether it only works on a picture.
    """

    title: str
    arguments: tuple[Argument, ...]
    run: Callable[[Call, Base, Args], Awaitable[Drawn]] | None = None
    is_img2img: bool = False


class Args:
    """A script's arguments, by place, with their defaults.

    Args:
        script: Whose.
        values: What the body says.
    """

    def __init__(self, script: Script, values: Sequence[Any]) -> None:
        self._script = script
        defaults = [argument.value for argument in script.arguments]
        self._values = [*values, *defaults[len(values) :]]

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401
        return self._values[index]

    def number(self, index: int, least: float, most: float) -> float:
        """A number within limits.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refused(index, "expected a number")
        if not least <= value <= most:
            raise self.refused(index, f"must be from {least:g} to {most:g}")
        return value

    def text(self, index: int) -> str:
        """A text.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        if not isinstance(value, str):
            raise self.refused(index, "expected a text")
        return value

    def texts(self, index: int) -> list[str]:
        """A list of texts; one of them may stand alone.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        items: list[Any] = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.refused(index, "expected a list of texts")
        return items

    def refused(self, index: int, why: str) -> RequestError:
        """The refusal of an argument."""
        label = self._script.arguments[index].label
        return RequestError(
            f"script_args: {self._script.title}: {label}: {why}, "
            f"got {str(self._values[index])[:80]!r}",
            field="script_args",
        )


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


def grown_requests(
    body: Img2ImgBody, options: Mapping[str, Any], read: Callable[[str], Bitmap]
) -> list[Img2Img]:
    """The requests of the scripts that make larger pictures: "SD upscale" and both outpaintings.

    Raises:
        RequestError: an argument that no request takes.
    """
    script = find_script(body.script_name or "", is_img2img=True)
    args = Args(script, body.script_args)
    values = img2img_values(body, options)
    if script is SD_UPSCALE:
        overlap, factor = int(args.number(1, 0, 4096)), float(args.number(3, 0.01, 16))
        values |= {"overlap": overlap, "upscaler": args.text(2), "factor": factor}
        return [SdUpscale(**values, image=read(text)) for text in body.init_images or ()]
    is_noise = script is OUTPAINTING
    pixels, sides = int(args.number(int(is_noise), 1, 8192)), args.texts(3)
    values |= {"mask_blur": float(args.number(int(is_noise) + 1, 0, 64))}
    values |= {_SIDES[side]: pixels for side in sides if side in _SIDES}
    if is_noise:
        values |= {
            "fall_off": float(args.number(4, 0, 4)),
            "color_variation": float(args.number(5, 0, 1)),
        }
    else:
        values |= {"method": "tiles", "content": _content(args)}
    return [Outpaint(**values, image=read(text)) for text in body.init_images or ()]


def _content(args: Args) -> str:
    """Named, or by its place in the menu."""
    value = args[2]
    if isinstance(value, int) and 0 <= value < len(CONTENTS):
        return CONTENTS[value]
    return args.text(2)


async def _plot(call: Call, base: Base, args: Args) -> Drawn:
    axes = {side: _axis(args, 3 * place, type(base)) for place, side in enumerate("xyz")}
    grid = Grid(
        base=replace(base, batch_size=1, batch_count=1),
        vary_seeds=frozenset(side for place, side in enumerate("xyz") if args[13 + place]),  # pyright: ignore[reportArgumentType]
        keep_random=bool(args[12]),
        **axes,  # pyright: ignore[reportArgumentType]
    )
    comparison = plan_grid(grid, draw_seed)
    made = await _cells(call, comparison)
    sheets = _sheets(
        comparison, made, is_labelled=bool(args[9]), gap_px=int(args.number(16, 0, 500))
    )
    shown = [sheets[-1], *sheets[:-1]] if args[11] else sheets[-1:]
    return Drawn(sheets=shown, pictures=[each for each in made if each] if args[10] else ())


async def _matrix(call: Call, base: Base, args: Args) -> Drawn:
    matrix = Matrix(
        base=replace(base, batch_size=1, batch_count=1),
        field="negative_prompt" if args[2] == "negative" else "prompt",
        delimiter=" " if args[3] == "space" else ", ",
        constant_last=bool(args[0]),
        vary_seeds=bool(args[1]),
    )
    comparison = plan_matrix(matrix, draw_seed)
    made = await _cells(call, comparison)
    sheets = _sheets(comparison, made, is_labelled=True, gap_px=int(args.number(4, 0, 500)))
    return Drawn(sheets=sheets, pictures=[each for each in made if each])


async def _lines(call: Call, base: Base, args: Args) -> Drawn:
    lines = PromptLines(
        base=base,
        text=args.text(3),
        line_first=args[2] == "start",
        seeds="iterate" if args[0] else "same" if args[1] else "own",
    )
    requests = [line.request for line in read_lines(lines, draw_seed)]
    return Drawn(pictures=[each for made in await call.paint(requests) for each in made])


async def _loopback(call: Call, base: Base, args: Args) -> Drawn:
    if not isinstance(base, Img2Img):
        raise AssertionError("loopback was found for a request without a picture")
    rounds = int(args.number(0, 1, 100))
    last, curve = args.number(1, 0, 1), args.text(2).lower()
    if curve not in CURVES:
        raise args.refused(2, f"choose from {', '.join(CURVES)}")
    call.plan(rounds * base.batch_count)
    first = complete_seeds(replace(base, batch_size=1, batch_count=1), draw_seed)
    shown: list[Made] = []
    for _ in range(base.batch_count):
        made, first = await _rounds(call, replace(first, image=base.image), rounds, (last, curve))
        shown += made if base.batch_count == 1 else made[-1:]
    return Drawn(pictures=shown)


async def _rounds(
    call: Call, request: Img2Img, rounds: int, course: tuple[float, str]
) -> tuple[list[Made], Img2Img]:
    """The pictures of one loop, and the request that would come next."""
    made: list[Made] = []
    begun = request.strength
    for index in range(rounds):
        painted = [each for pictures in await call.paint([request]) for each in pictures]
        if not painted:
            break
        made += painted
        following = (index + 1) % rounds
        strength = round_strength(begun, course[0], following, rounds, cast("Any", course[1]))
        request = next_round(request, painted[0].picture.bitmap, strength)
    return made, request


async def _cells(call: Call, comparison: Comparison) -> list[Made | None]:
    """The picture of each cell; None where the call was interrupted before it."""
    painted = await call.paint([cell.request for cell in comparison.cells])
    made = [pictures[0] if pictures else None for pictures in painted]
    return [*made, *[None] * (len(comparison.cells) - len(made))]


def _sheets(
    comparison: Comparison, made: Sequence[Made | None], *, is_labelled: bool, gap_px: int
) -> list[Sheet]:
    outcomes = [
        Outcome(cell=cell, picture=each.picture if each else None)
        for cell, each in zip(comparison.cells, made, strict=True)
    ]
    if not any(outcome.picture for outcome in outcomes):
        return []
    return draw_sheets(comparison, outcomes, is_labelled=is_labelled, gap_px=gap_px)


def _axis(args: Args, index: int, kind: type[Painting]) -> Axis | None:
    """An axis of a plot: its type by name or place in the menu, its values as text or as a list."""
    labels = plot_axes(is_img2img=issubclass(kind, Img2Img))
    given = args[index]
    if isinstance(given, int) and not isinstance(given, bool):
        label = labels[int(args.number(index, 0, len(labels) - 1))]
    else:
        label = args.text(index)
    if label in ("Nothing", ""):
        return None
    values = args[index + 1]
    if not values and args[index + 2]:
        buffer = io.StringIO()
        csv.writer(buffer).writerow(args.texts(index + 2))
        values = buffer.getvalue().strip()
    if not isinstance(values, str):
        raise args.refused(index + 1, "expected values between commas")
    return read_axis(f"{label}: {values}", cast("Any", kind))


def plot_axes(*, is_img2img: bool) -> list[str]:
    """The menu of a plot's axes: those of A1111 in its order, with those that are not here."""
    left_out = ("Hires steps", "Hires sampler", "Hires upscaler") if is_img2img else _ONLY_IMG2IMG
    return [label for label in _PLOT_MENU if label not in left_out]


def draw_seed() -> int:
    """A random seed."""
    return secrets.randbelow(LARGEST_DRAWN_SEED + 1)


_ONLY_IMG2IMG = ("Image CFG Scale", "Cond. Image Mask Weight")


def _plot_menu() -> tuple[str, ...]:
    """A1111's menu: our axes, with the ones that we lack at their places."""
    before = {
        "Seed": ("Nothing",),
        "Prompt S/R": ("Image CFG Scale",),
        "Always discard next-to-last sigma": (
            "Face restore",
            "Token merging ratio",
            "Token merging ratio high-res",
        ),
        "RNG source": ("Refiner checkpoint", "Refiner switch at"),
        "Size": ("FP8 mode",),
    }
    return tuple(name for label in AXES for name in (*before.get(label, ()), label))


_PLOT_MENU = _plot_menu()
_SIDES = {"left": "left", "right": "right", "up": "top", "down": "bottom"}
_DIRECTIONS = tuple(_SIDES)

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
            run=_matrix,
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
            run=_lines,
            arguments=(
                Argument(label="Iterate seed every line", value=False),
                Argument(label="Use same random seed for all lines", value=False),
                Argument(label="Insert prompts at the", value="start", choices=("start", "end")),
                Argument(label="List of prompt inputs", value=""),
            ),
        ),
        Script(
            title="x/y/z plot",
            run=_plot,
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
            run=_loopback,
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
