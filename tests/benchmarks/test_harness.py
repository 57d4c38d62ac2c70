"""The measurements run, on a tiny checkpoint. How fast they are is no test's business."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks.checkpoint import write_checkpoint
from benchmarks.machine import describe_machine
from benchmarks.report import BEGIN, END, format_report, write_report
from benchmarks.rows import Row, ratios
from benchmarks.scene import Scene
from benchmarks.stopwatch import watched
from benchmarks.trial import run_trial
from benchmarks.trials import (
    adjusting,
    diffusers_painting,
    embedded_painting,
    enlarging,
    upscaling,
    velatura_painting,
)
from tests.ldm_layout import Layout
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.records import Txt2Img

if TYPE_CHECKING:
    from pathlib import Path


WHO = ("ours", "ours, processor", "Pillow", "Pillow, processor")


@pytest.fixture
def scene(tiny_checkpoint: Path, tmp_path: Path) -> Scene:
    return Scene(
        checkpoint=tiny_checkpoint,
        picture=tmp_path / "velatura.npy",
        cache=tmp_path / "cache",
        size=64,
        steps=2,
    )


def test_scene_survives_the_way_into_another_process(scene: Scene) -> None:
    assert Scene.from_json(scene.to_json()) == scene


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers' own
@pytest.mark.parametrize(("strength", "calls"), [(None, 3), (0.5, 2)])
def test_both_painters_paint_the_same_picture(
    scene: Scene, tmp_path: Path, strength: float | None, calls: int
) -> None:
    scene = replace(scene, steps=3, strength=strength)
    ours = velatura_painting.measure(scene)
    other = Scene.from_json(
        scene.to_json().replace(str(scene.picture), str(tmp_path / "other.npy"))
    )
    theirs = diffusers_painting.measure(other)
    assert ours["unet calls"] == theirs["unet calls"] == scene.calls == calls
    assert ours["text"] + ours["unet"] <= ours["sampling"] <= ours["painting"]
    difference = np.load(scene.picture).astype(int) - np.load(other.picture)
    assert np.abs(difference).max() <= 1


def test_both_ways_of_adjusting_give_the_same_pixels() -> None:
    figures = adjusting.measure(40, 30, rounds=1)
    assert set(figures) == {f"{name}, {who}" for name in adjusting.CHAINS for who in WHO}


def test_both_ways_of_upscaling_give_the_same_picture() -> None:
    figures = upscaling.measure("R-ESRGAN 4x+ Anime6B", 10, 8)
    kinds = ("", ", processor")
    assert set(figures) == {f"{who}{kind}" for who in ("ours", "plain") for kind in kinds}


@pytest.mark.parametrize(("label", "factor"), [("Lanczos", 2.0), (enlarging.NETWORK, 4.0)])
def test_memory_of_enlarging_is_told(label: str, factor: float) -> None:
    figures = enlarging.measure(label, 16, factor, real_tiles=0)
    assert figures["side"] == 16 * factor
    assert figures["peak"] > 10**7


@pytest.mark.slow
def test_loading_reports_the_weights(tiny_checkpoint: Path) -> None:
    trial = run_trial("loading", str(tiny_checkpoint))
    assert trial.figures["weights"] > tiny_checkpoint.stat().st_size  # stored in half precision
    assert trial.figures["hashing"] + trial.figures["loading"] < trial.seconds


def test_failing_trial_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"nothing failed:\n.*No module named"):
        run_trial("nothing")


def test_embedded_checkpoint_is_measured_where_there_is_one(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (tiny_checkpoint,)
    monkeypatch.setattr("velatura.models.discovery.embedded_checkpoints", lambda: found)
    request = Txt2Img(sampler="Euler a", steps=1, width=64, height=64, seed=1)
    figures = embedded_painting.measure(request, pictures=2)
    assert figures["first step"] <= figures["first picture"]
    assert figures["batch"] > 0


def test_written_checkpoint_is_one_that_loads(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "small.safetensors", Layout(context=96))
    model = load_model(ModelFile("checkpoint", path.name, path))
    assert model.width == 96


def test_stopwatch_counts_calls_and_leaves_the_class_as_it_was() -> None:
    class Bell:
        def ring(self) -> str:
            return "ding"

    original = Bell.ring
    with watched(Bell, "ring") as watch:
        assert [Bell().ring(), Bell().ring()] == ["ding", "ding"]
    assert watch.calls == 2
    assert Bell.ring is original


def test_row_tells_the_median_and_whether_the_bar_is_met() -> None:
    values = ratios([3.0, 4.0, 9.0], [2.0, 4.0, 9.0])
    assert Row(what="time", values=values, unit="×", bar=1.0).cells() == (
        "time", "1.000 ×", "1.000 to 1.500", "≤ 1 ×", "met",
    )  # fmt: skip
    assert Row(what="time", values=[1.1], unit="×", bar=1.0).cells()[2:] == (
        "", "≤ 1 ×", "missed",
    )  # fmt: skip


def test_report_replaces_only_what_was_measured(tmp_path: Path) -> None:
    page = tmp_path / "RESULTS.md"
    page.write_text(f"# Results\n{BEGIN}\nold\n{END}\nwords\n", encoding="utf-8")
    rows = [Row(what="time", values=[1.0], unit="s")]
    when = datetime(2026, 1, 2, tzinfo=UTC)
    write_report(format_report(rows, describe_machine(), when, "tiny"), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Results\n{BEGIN}\n\n- date: 2026-01-02 00:00 UTC\n- processor: ")
    assert text.endswith(f"| time | 1.000 s |  |  |  |\n\n{END}\nwords\n")


def test_unknown_measurement_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "speed"])
    with pytest.raises(SystemExit):
        program.main()
    assert "no measurement 'speed'; there is startup" in capsys.readouterr().err
