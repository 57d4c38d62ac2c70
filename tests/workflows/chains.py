"""Workflows and pictures at their ends, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from velatura.engines.fake import FakeEngine
from velatura.records import (
    Adjust,
    Bitmap,
    Curves,
    Detail,
    Faces,
    Hires,
    Img2Img,
    Inpaint,
    Levels,
    Outpaint,
    Picture,
    SdUpscale,
    SoftInpainting,
    Txt2Img,
    Upscale,
)
from velatura.workflows import Stage, StageFinished, StageStarted, Workflow, run_workflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from velatura.records import Request


def named(name: str) -> Bitmap:
    """What stands for the picture of a stage, or for an image."""
    return Bitmap(None, id=name)


def pixels(shade: int = 0, side: int = 8, channels: int = 3) -> Bitmap:
    return Bitmap(np.full((side, side, channels), shade, np.uint8))


SKETCH, MASK = pixels(200), pixels(255, channels=1)
SETTINGS = {"prompt": "a red apple", "steps": 2, "width": 64, "height": 64, "seed": 5}


def every_kind() -> Workflow:
    """A chain through requests of every kind there is."""
    return Workflow(
        images={"sketch": SKETCH, "mask": MASK, "fine": pixels(90, channels=1)},
        stages={
            "compose": Stage(
                request=Txt2Img(**SETTINGS, batch_size=4, hires=Hires(steps=1)), pick=3
            ),
            "repaint": Stage(request=Img2Img(**SETTINGS, image=named("compose"), strength=0.5)),
            "over": Stage(request=Img2Img(**SETTINGS, image=named("sketch"), upscaler="Lanczos")),
            "repair": Stage(
                request=Inpaint(
                    **SETTINGS,
                    image=named("repaint"),
                    mask=named("mask"),
                    latent_mask=named("fine"),
                    soft=SoftInpainting(bias=2.0),
                )
            ),
            "extend": Stage(request=Outpaint(**SETTINGS, image=named("repair"), left=8)),
            "refine": Stage(request=SdUpscale(**SETTINGS, image=named("extend"))),
            "faces": Stage(request=Detail(**SETTINGS, image=named("refine"))),
            "restore": Stage(request=Faces(image=named("faces"))),
            "enlarge": Stage(request=Upscale(image=named("restore"), factor=2.0)),
            "finish": Stage(
                request=Adjust(
                    image=named("enlarge"),
                    adjustments=(Levels(gamma=1.5), Curves(points=((0.0, 0.0), (1.0, 0.5)))),
                )
            ),
        },
    )


def _mixed(picture: Picture) -> np.ndarray:
    """The pixels, changed by what a painting was painted over; twice as high if enlarged."""
    request = picture.request
    if isinstance(request, Upscale):
        return picture.pixels.repeat(2, axis=0)
    over = int(request.image.id[:2], 16) if isinstance(request, Img2Img | Detail) else 0
    return picture.pixels ^ np.uint8(over)


class Counting(FakeEngine):
    """A fake engine that notes what it carries out, and whose paintings show what is below."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.ran: list[Request] = []

    def run(self, request: Request, *, resume: bytes | None = None) -> Any:
        self.ran.append(request)
        for event in super().run(request, resume=resume):
            yield replace(event, pixels=_mixed(event)) if isinstance(event, Picture) else event

    @property
    def kinds(self) -> list[str]:
        """The kinds of requests carried out."""
        return [request.kind for request in self.ran]


def finished(events: Iterable[Any]) -> dict[str, StageFinished]:
    """The stages that were finished, by name."""
    return {event.name: event for event in events if isinstance(event, StageFinished)}


def kept(events: Iterable[Any]) -> dict[str, int]:
    """How many pictures each stage had from an earlier run."""
    return {event.name: event.kept for event in events if isinstance(event, StageStarted)}


def result(workflow: Workflow, engine: Any = None) -> Picture:
    """The picture that a workflow leads to."""
    return finished(run_workflow(workflow, engine or FakeEngine()))[workflow.last].picked
