"""A whole run with a network of full size: Velatura's own cost, and diffusers beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rows import Row, megabytes, ratios
from benchmarks.scene import Scene
from benchmarks.trial import Trial, run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options

NETWORKS = ("text", "unet", "decoder")


def painting(options: Options) -> list[Row]:
    """Paint one scene with Velatura and with diffusers in turn, each in a fresh process."""
    scene = Scene(
        checkpoint=options.checkpoint,
        picture=options.folder / "velatura.npy",
        cache=options.folder / "cache",
        size=options.size,
        steps=options.steps,
    )
    other = replace(scene, picture=options.folder / "diffusers.npy")
    run_trial("loading", str(scene.checkpoint))  # brings the file into the system's memory
    ours: list[Trial] = []
    theirs: list[Trial] = []
    for _ in range(options.repeats):
        ours.append(run_trial("velatura_painting", scene.to_json()))
        theirs.append(run_trial("diffusers_painting", other.to_json()))
    return [*_overhead(ours), *_against(ours, theirs), _difference(scene, other)]


def _overhead(trials: list[Trial]) -> list[Row]:
    """Everything but the calls of the networks, as a share of the run."""
    runs = [trial.figures for trial in trials]
    networks = [sum(run[name] for name in NETWORKS) for run in runs]
    whole = [run["painting"] - network for run, network in zip(runs, networks, strict=True)]
    loop = [run["sampling"] - run["text"] - run["unet"] for run in runs]
    return [
        Row(
            what="Everything but the networks' calls, of the whole run",
            values=[100 * rest / run["painting"] for rest, run in zip(whole, runs, strict=True)],
            unit="%",
            bar=3,
        ),
        Row(
            what="Everything but the networks' calls, of the sampling",
            values=[100 * rest / run["sampling"] for rest, run in zip(loop, runs, strict=True)],
            unit="%",
            bar=3,
        ),
        Row(what="U-Net, a step", values=[r["unet"] / r["unet calls"] for r in runs], unit="s"),
    ]


def _against(ours: list[Trial], theirs: list[Trial]) -> list[Row]:
    """Time and memory, Velatura's over those of diffusers."""

    def both(name: str) -> tuple[list[float], list[float]]:
        return [t.figures[name] for t in ours], [t.figures[name] for t in theirs]

    time = both("painting")
    peak = [_peak(trial) for trial in ours], [_peak(trial) for trial in theirs]
    return [
        Row(what="Run, Velatura", values=time[0], unit="s"),
        Row(what="Run, diffusers", values=time[1], unit="s"),
        Row(what="Run, Velatura over diffusers", values=ratios(*time), unit="×", bar=1),
        Row(what="... in processor time", values=ratios(*both("processor")), unit="×"),
        Row(what="... of which U-Net alone", values=ratios(*both("unet")), unit="×"),
        Row(what="Peak resident memory, Velatura", values=megabytes(peak[0]), unit="MB"),
        Row(what="Peak resident memory, diffusers", values=megabytes(peak[1]), unit="MB"),
        Row(what="Peak resident memory, over diffusers", values=ratios(*peak), unit="×", bar=1),
    ]


def _peak(trial: Trial) -> float:
    """Most resident memory of the whole process: imports, loading and painting."""
    return max(trial.figures["loading peak"], trial.figures["painting peak"])


def _difference(ours: Scene, theirs: Scene) -> Row:
    """Whether both painted the same picture; they round to eight bits differently."""
    pixels = np.load(ours.picture).astype(int) - np.load(theirs.picture).astype(int)
    return Row(
        what="Largest difference of the two pictures, of 255",
        values=[float(np.abs(pixels).max())],
        unit="",
        bar=1,
    )
