"""Score checkpoints: paint the evaluation's prompts, ask the judge, compare with real pictures.

Gives ``evaluation/<checkpoint>/``: the pictures, contact sheets and ``scores.json``. What is
painted already is not painted again. Without a checkpoint it measures the autoencoder.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from training.evaluation.classifier import SEED, compose_for_judge, hit_rates, load_judge, to_judge
from training.evaluation.pictures import one_thread, paint_all
from training.evaluation.prompts import DRAWN, LOOKS, Task, colour_tasks, style_tasks
from training.evaluation.scores import frechet_distance, nearest, score
from training.evaluation.sheets import contact_sheet
from training.evaluation.similarity import measure_autoencoder
from training.recipe import Bench, open_bench, stage_parser

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from training.evaluation.classifier import Judge, Labels

STYLE_SEED, COLOUR_SEED = 10_000, 20_000
REAL_PICTURES, REAL_SEED = 400, SEED + 2
PER_SHEET, COLUMNS = 80, 10


def read_training_pictures(bench: Bench) -> Tensor:
    """Return every square picture that the denoiser saw: ``n 3 h w``, bytes."""
    file = bench.work / "composed/square.npy"
    pixels = np.load(file, mmap_mode="r")[: bench.recipe.compose.square, ::2, ::2]
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2)


def closest(bench: Bench, shown: Tensor, real: Tensor) -> dict[str, float]:
    """Return how near painted pictures are to those of the training, beside what is usual.

    The usual distance is that of new compositions of the same cut-outs.
    """
    known = read_training_pictures(bench).float() / 127.5 - 1
    painted, usual = nearest(shown, known)[0], nearest(real, known)[0]
    return {
        "painted, median": float(painted.median()),
        "painted, least": float(painted.min()),
        "real, median": float(usual.median()),
        "nearer than 95 % of real": float((painted < usual.quantile(0.05)).float().mean()),
    }


def by_style(
    judge: Judge, labels: Labels, shown: Tensor, tasks: list[Task]
) -> dict[str, dict[str, float]]:
    """Return the scores of each style."""
    found: dict[str, dict[str, float]] = {}
    for look in dict.fromkeys(task.style for task in tasks):
        rows = [n for n, task in enumerate(tasks) if task.style == look]
        found[look] = asdict(score(judge, labels, shown[rows], [tasks[n] for n in rows]))
    return found


def write_sheets(pictures: list[Image.Image], tasks: list[Task], folder: Path) -> None:
    """Write contact sheets of all pictures."""
    for start in range(0, len(tasks), PER_SHEET):
        part = slice(start, start + PER_SHEET)
        words = [task.prompt for task in tasks[part]]
        sheet = contact_sheet(pictures[part], words, COLUMNS)
        sheet.save(folder / f"sheet-{start // PER_SHEET}.png")


def evaluate(bench: Bench, checkpoint: Path, looks: tuple[str, ...]) -> None:
    """Paint with one checkpoint and write its scores."""
    judge, labels = load_judge(bench)
    coloured = tuple(look for look in looks if look in DRAWN) or looks
    styles = style_tasks(bench.recipe, looks, STYLE_SEED)
    colours = colour_tasks(coloured, COLOUR_SEED)
    tasks, folder = styles + colours, bench.work / "evaluation" / checkpoint.stem
    pictures = paint_all(checkpoint, tasks, bench.recipe.picture.size, folder)
    shown = to_judge(pictures)
    real, scenes = compose_for_judge(bench, REAL_PICTURES, REAL_SEED)
    truth = torch.tensor([labels.of(scene) for scene in scenes])
    rates = dict(zip(("top1", "style", "colour"), hit_rates(judge, real, truth), strict=True))
    real = real.float() / 127.5 - 1
    with torch.inference_mode():
        distance = frechet_distance(judge.features(shown), judge.features(real))
        floor = frechet_distance(judge.features(real[::2]), judge.features(real[1::2]))
    scores = {
        "things in styles": asdict(score(judge, labels, shown[: len(styles)], styles)),
        "things in colours": asdict(score(judge, labels, shown[len(styles) :], colours)),
        "by style": by_style(judge, labels, shown, tasks),
        "real pictures": rates,
        "frechet": {"painted to real": distance, "real to real": floor},
        "nearest": closest(bench, shown, real),
    }
    (folder / "scores.json").write_text(json.dumps(scores, indent=1), encoding="utf-8")
    write_sheets(pictures, tasks, folder)
    print(f"{checkpoint.stem}: {json.dumps(scores, indent=1)}", flush=True)


def main() -> None:
    """Score the checkpoints named."""
    parser = stage_parser(__doc__)
    parser.add_argument("checkpoints", nargs="*", type=Path, help="single files")
    parser.add_argument("--styles", nargs="+", choices=LOOKS, default=list(LOOKS))
    options = parser.parse_args()
    bench = open_bench(options)
    one_thread()
    if not options.checkpoints:
        print(json.dumps(measure_autoencoder(bench), indent=1))
    for checkpoint in options.checkpoints:
        evaluate(bench, checkpoint, tuple(options.styles))


if __name__ == "__main__":
    main()
