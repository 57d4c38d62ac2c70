"""Paint the evaluation's pictures with the product itself, as anyone would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from PIL import Image

from velatura import LocalEngine, Picture, Txt2Img

if TYPE_CHECKING:
    from pathlib import Path

    from training.evaluation.prompts import Task

STEPS, GUIDANCE, SAMPLER = 20, 5.0, "DPM++ 2M"


def paint_task(engine: LocalEngine, checkpoint: str, task: Task, size: int) -> Image.Image:
    """Paint one picture."""
    request = Txt2Img(
        prompt=task.prompt,
        checkpoint=checkpoint,
        seed=task.seed,
        steps=STEPS,
        guidance_scale=GUIDANCE,
        sampler=SAMPLER,
        width=size,
        height=size,
    )
    (picture,) = [event for event in engine.run(request) if isinstance(event, Picture)]
    return Image.fromarray(picture.pixels)


def paint_all(checkpoint: Path, tasks: list[Task], size: int, folder: Path) -> list[Image.Image]:
    """Paint every task into a folder; what is there already is not painted again."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = LocalEngine([checkpoint.parent])
    pictures: list[Image.Image] = []
    for task in tasks:
        file = folder / f"{task.seed}.png"
        if not file.exists():
            paint_task(engine, checkpoint.stem, task, size).save(file)
        pictures.append(Image.open(file).convert("RGB"))
    return pictures


def one_thread() -> None:
    """Leave the other cores to others: pictures one by one gain little from threads."""
    torch.set_num_threads(1)
