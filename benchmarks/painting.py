"""A whole run with a network of full size: Velatura's own cost, and diffusers beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rivals import RIVALS
from benchmarks.rows import Row, megabytes, ratios
from benchmarks.scene import Scene
from benchmarks.trial import Trial, run_trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.options import Options

NETWORKS = ("text", "unet", "encoder", "decoder")


def painting(options: Options) -> list[Row]:
    """Paint one scene with everyone who takes part in turn, each in a fresh process."""
    import torch

    scene = Scene(
        checkpoint=options.checkpoint,
        picture=options.folder / "velatura.npy",
        cache=options.folder / "cache",
        size=options.size,
        steps=options.steps,
        strength=options.strength,
    )
    other = replace(scene, picture=options.folder / "diffusers.npy")
    run_trial("loading", str(scene.checkpoint))  # brings the file into the system's memory
    ours: list[Trial] = []
    theirs: list[Trial] = []
    others: list[Trial] = []
    for _ in range(options.repeats):
        ours.append(run_trial("velatura_painting", scene.to_json()))
        theirs.append(run_trial("diffusers_painting", other.to_json()))
        if "sdcpp" in options.against:
            told = replace(scene, picture=options.folder / "sdcpp.npy").to_json()
            others.append(run_trial("sdcpp_painting", told, str(torch.get_num_threads())))
    return [
        *_alone(ours),
        *_against("diffusers", ours, theirs, bar=1),
        _difference(scene, other),
        *(_against(RIVALS["sdcpp"].label, ours, others) if others else ()),
    ]


def _alone(trials: list[Trial]) -> list[Row]:
    """Velatura's time and memory, and the share of everything but the networks' calls."""
    runs = [trial.figures for trial in trials]
    networks = [sum(run[name] for name in NETWORKS) for run in runs]
    whole = [run["painting"] - network for run, network in zip(runs, networks, strict=True)]
    asked = ("text", "unet", "encoder")
    loop = [run["sampling"] - sum(run[name] for name in asked) for run in runs]
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
        Row(what="U-Net, a step", values=list(map(_step, trials)), unit="s"),
        Row(what="Run, Velatura", values=[run["painting"] for run in runs], unit="s"),
        Row(
            what="Peak resident memory, Velatura",
            values=megabytes(list(map(_peak, trials))),
            unit="MB",
        ),
    ]


def _against(
    name: str, ours: list[Trial], theirs: list[Trial], bar: float | None = None
) -> list[Row]:
    """Another's time and memory, and Velatura's over them."""

    def over(read: Callable[[Trial], float]) -> list[float]:
        return ratios(list(map(read, ours)), list(map(read, theirs)))

    def figure(name: str) -> Callable[[Trial], float]:
        return lambda trial: trial.figures[name]

    peak = megabytes(list(map(_peak, theirs)))
    return [
        Row(what=f"Run, {name}", values=list(map(figure("painting"), theirs)), unit="s"),
        Row(what=f"Run, Velatura over {name}", values=over(figure("painting")), unit="×", bar=bar),
        Row(what="... in processor time", values=over(figure("processor")), unit="×"),
        Row(what="... a step of the U-Net", values=over(_step), unit="×"),
        Row(what=f"Peak resident memory, {name}", values=peak, unit="MB"),
        Row(what=f"Peak resident memory, over {name}", values=over(_peak), unit="×", bar=bar),
    ]


def _step(trial: Trial) -> float:
    """Seconds of a step; where only whole steps can be watched, all that they do."""
    told = trial.figures
    return told["step"] if "step" in told else told["unet"] / told["unet calls"]


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
