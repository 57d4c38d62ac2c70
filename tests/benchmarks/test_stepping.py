"""The measurement of steps, on a tiny network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import torch

from benchmarks.plot import Point, draw
from benchmarks.stepping import step_rows
from benchmarks.trials import stepping
from velatura.models.architecture import UnetArchitecture

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from velatura.models.unet_network import UnetNetwork

TINY = UnetArchitecture(
    channels=(32, 64), res_blocks=(1, 1), attention=(True, False), depth=(1, 1), context_width=16
)
NAMES = ("diffusers", "Velatura", "diffusers, channels last")


def test_everyone_gives_the_same_estimate_and_is_told_of() -> None:
    with torch.inference_mode():
        figures = stepping.measure(NAMES, (64, 64), rounds=1, sizes=TINY)
    told = [row.what for row in step_rows(figures, NAMES, "64×64", 1)]
    assert told[:4] == [
        *(f"A step of 64×64, {name}" for name in NAMES),
        "... Velatura over diffusers",
    ]


def test_openvino_gives_the_same_estimate() -> None:
    pytest.importorskip("openvino")
    names = ("diffusers", "Velatura", "OpenVINO")
    with torch.inference_mode():
        figures = stepping.measure(names, (64, 64), rounds=1, sizes=TINY)
    assert figures["OpenVINO, 0"] > 0


def test_another_estimate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(network: UnetNetwork) -> Callable[[stepping.Question], Tensor]:
        right = stepping.diffusers(network)
        return lambda asked: right(asked) + 1

    monkeypatch.setattr(stepping, "CONTESTANTS", {**stepping.CONTESTANTS, "wrong": wrong})
    with torch.inference_mode(), pytest.raises(RuntimeError, match="wrong gives another estimate"):
        stepping.measure(("diffusers", "wrong"), (64, 64), rounds=1, sizes=TINY)


def test_time_is_held_against_that_of_a_matrix_product() -> None:
    figures = {"operations": 60.0, "product, 0": 20.0}
    for name, seconds in (("Velatura", 4.0), ("diffusers", 5.0)):
        figures |= {f"{name}, 0": seconds, f"{name}, 0, processor": 2 * seconds}
        figures |= {f"{name}, first": seconds + 5, f"{name}, memory": 5e6}
    rows = step_rows(figures, ("diffusers", "Velatura"), "64×64", 1)
    verdicts = {row.what: (row.value, row.cells()[4]) for row in rows}
    assert verdicts["The first step, Velatura"] == (9.0, "")
    assert verdicts["... memory it took beside"] == (5.0, "")
    assert verdicts["... Velatura over diffusers"] == (0.8, "met")
    assert verdicts["... over a matrix product's time"] == (pytest.approx(4 / 3), "met")


def test_plot_is_a_line_for_each_number_of_pictures() -> None:
    points = [
        Point(side=side, batch=batch, seconds=side * batch / 100)
        for side in (128, 256)
        for batch in (1, 4)
    ]
    plot = ET.fromstring(draw(points))
    assert len(plot.findall("{*}polyline")) == 2
    assert len(plot.findall("{*}circle")) == len(points)
