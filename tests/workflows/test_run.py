"""Workflows are carried out in order, and only what changed is made again."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.workflows.chains import SETTINGS, Counting, every_kind, finished, kept, named, result
from velatura.engines.fake import FakeEngine
from velatura.errors import RequestError, UnknownModel
from velatura.records import Bitmap, Faces, Img2Img, ModelUse, Picture, Step, Txt2Img, Upscale
from velatura.workflows import (
    PictureCache,
    Stage,
    StageFinished,
    StageStarted,
    Workflow,
    parse_workflow,
    picture_key,
    run_workflow,
)

if TYPE_CHECKING:
    from pathlib import Path

MODEL = ModelUse(kind="checkpoint", name="apples", hash="0123456789")


def changed(workflow: Workflow, name: str, **changes: Any) -> Workflow:
    stage = workflow.stages[name]
    request = replace(stage.request, **changes)
    return replace(workflow, stages={**workflow.stages, name: replace(stage, request=request)})


def ran(workflow: Workflow, cache: PictureCache | None, **options: Any) -> list[str]:
    """The kinds of requests that a run had to carry out."""
    engine = Counting(**options)
    finished(run_workflow(workflow, engine, cache))
    return engine.kinds


@pytest.fixture
def cache(tmp_path: Path) -> PictureCache:
    return PictureCache(tmp_path / "pictures")


ALL = "txt2img img2img inpaint outpaint sd-upscale detail faces upscale adjust".split()


def test_stages_are_told_in_their_order_with_steps_and_pictures() -> None:
    events = list(run_workflow(every_kind(), FakeEngine()))
    started = [event for event in events if isinstance(event, StageStarted)]
    assert [event.name for event in started][:3] == ["compose", "repaint", "repair"]
    assert [(event.index, event.total) for event in started][::8] == [(1, 9), (9, 9)]
    assert isinstance(events[1], Step)
    assert sum(isinstance(event, Picture) for event in events) == 4 + 8
    assert isinstance(events[-1], StageFinished)
    assert events[-1].is_result
    assert "over" not in [event.name for event in started], "the result does not need it"


def test_the_picked_picture_goes_on() -> None:
    for pick in (1, 4):
        workflow = every_kind()
        compose = replace(workflow.stages["compose"], pick=pick)
        workflow = replace(workflow, stages={**workflow.stages, "compose": compose})
        done = finished(run_workflow(workflow, FakeEngine()))
        composed = done["compose"].pictures[pick - 1]
        assert done["repaint"].picked.request.image == composed.bitmap
        assert done["repaint"].picked.request.image.origin.request.seed == 5 + pick - 1


def test_leaving_the_loop_stops_the_work() -> None:
    engine = Counting()
    events = run_workflow(every_kind(), engine)
    assert next(events)
    assert next(events)
    events.close()  # type: ignore[attr-defined]
    assert engine.kinds == ["txt2img"]


# The cache


def test_nothing_is_made_twice(cache: PictureCache) -> None:
    assert ran(every_kind(), cache) == ALL
    assert ran(every_kind(), cache) == []
    first = result(every_kind(), Counting())
    again = finished(run_workflow(every_kind(), Counting(), cache))["finish"].picked
    assert again.id == first.id
    assert again.request == first.request
    assert again.bitmap.origin.request.image.origin == again.request.image.origin


def test_only_what_changed_and_what_follows_is_made_again(cache: PictureCache) -> None:
    ran(every_kind(), cache)
    assert ran(changed(every_kind(), "finish", adjustments=()), cache) == ["adjust"]
    assert ran(changed(every_kind(), "repair", seed=99), cache) == ALL[2:]
    assert ran(changed(every_kind(), "compose", seed=99), cache) == ALL


def test_a_change_that_changes_no_pixels_goes_no_further(cache: PictureCache) -> None:
    ran(every_kind(), cache)
    assert ran(changed(every_kind(), "enlarge", tile=256), cache) == ["upscale"]


def test_another_name_for_the_same_is_no_change(cache: PictureCache) -> None:
    workflow = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS, sampler="Euler a"))})
    ran(workflow, cache)
    assert ran(changed(workflow, "a", sampler="k_euler_a"), cache) == []


def test_another_pick_makes_only_what_follows(cache: PictureCache) -> None:
    ran(every_kind(), cache)
    workflow = every_kind()
    compose = replace(workflow.stages["compose"], pick=2)
    again = replace(workflow, stages={**workflow.stages, "compose": compose})
    assert ran(again, cache)[0] == "img2img"


def test_pictures_of_a_batch_are_kept_one_by_one(cache: PictureCache) -> None:
    base = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS, batch_size=2))})
    ran(base, cache)
    larger = changed(base, "a", batch_size=4)
    engine = Counting()
    events = list(run_workflow(larger, engine, cache))
    assert kept(events) == {"a": 2}
    assert [request.seed for request in engine.ran] == [7, 8], "only the two that are new"
    apart = finished(run_workflow(larger, Counting()))["a"].pictures
    assert [p.id for p in finished(events)["a"].pictures] == [p.id for p in apart]
    assert ran(changed(base, "a", batch_size=1, seed=8), cache) == [], "made within a batch"


def test_another_model_file_of_the_same_name_makes_everything_again(cache: PictureCache) -> None:
    ran(every_kind(), cache, models=(MODEL,))
    assert ran(every_kind(), cache, models=(MODEL,)) == []
    other = replace(MODEL, hash="9876543210")
    assert ran(every_kind(), cache, models=(other,))[0] == "txt2img"


def test_a_key_tells_everything_apart_that_decides_a_picture(monkeypatch) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    request = Img2Img(image=Bitmap(pixels), seed=1)
    keys = {
        picture_key(request, ()),
        picture_key(replace(request, seed=2), ()),
        picture_key(request, (MODEL,)),
        picture_key(request, (replace(MODEL, hash="x"),)),
        picture_key(Img2Img(image=Bitmap(pixels + 1), seed=1), ()),
        picture_key(Img2Img(image=Bitmap(pixels, profile=b"wide"), seed=1), ()),
        picture_key(Faces(image=Bitmap(pixels)), ()),
    }
    assert len(keys) == 7
    monkeypatch.setattr("velatura.workflows.cache.PIXELS", 2)
    assert picture_key(request, ()) not in keys


def test_random_seeds_are_drawn_at_each_run_and_told(cache: PictureCache) -> None:
    workflow = changed(every_kind(), "compose", seed=-1)
    first = list(run_workflow(workflow, Counting(seed=123), cache))
    assert first[0].request.seed == 123
    assert ran(workflow, cache, seed=124)[0] == "txt2img"
    assert ran(changed(workflow, "compose", seed=123), cache) == [], "the seed told is kept"


def test_equal_pixels_made_otherwise_are_kept_with_their_new_history(cache: PictureCache) -> None:
    workflow = Workflow(
        stages={
            "a": Stage(request=Txt2Img(**SETTINGS)),
            "b": Stage(request=Faces(image=named("a"))),
        }
    )
    ran(workflow, cache)
    longer = replace(
        workflow,
        stages={
            "a": workflow.stages["a"],
            "same": Stage(request=Faces(image=named("a"), weight=1.0)),
            "b": Stage(request=Faces(image=named("same"))),
        },
    )
    events = list(run_workflow(longer, FakeEngine(), cache))
    assert kept(events) == {"a": 1, "same": 0, "b": 1}
    assert finished(events)["b"].picked.request.image.origin.request.weight == 1.0


def entries(cache_folder: Path) -> list[Path]:
    return sorted(cache_folder.glob("*/*.png"))


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "words", "swap"])
def test_a_damaged_entry_is_found_out_and_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    cache = PictureCache(tmp_path)
    workflow = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS))})
    ran(workflow, cache)
    (path,) = entries(tmp_path)
    data = bytearray(path.read_bytes())
    if damage == "swap":  # the file of another key under this name
        ran(changed(workflow, "a", seed=6), cache)
        (other,) = set(entries(tmp_path)) - {path}
        data = other.read_bytes()
    if damage == "flip":
        data[data.index(b"IDAT") + 12] ^= 0xFF
    damaged = {"cut": data[:-40], "empty": b"", "other": data[:40], "words": b"words"}
    path.write_bytes(damaged.get(damage, bytes(data)))
    with caplog.at_level(logging.WARNING):
        assert ran(workflow, cache) == ["txt2img"]
    assert "it will be made again" in caplog.text
    assert ran(workflow, cache) == []


def test_a_folder_that_cannot_be_written_costs_only_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be")
    workflow = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS))})
    assert ran(workflow, PictureCache(tmp_path / "taken")) == ["txt2img"]
    assert "cannot be kept there" in caplog.text


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_only_be_read_is_read(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path)
    ran(every_kind(), cache)
    for folder in (*tmp_path.iterdir(), tmp_path):
        folder.chmod(0o500)
    assert ran(every_kind(), PictureCache(tmp_path)) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    base = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS))})
    roomy = PictureCache(tmp_path)
    for seed in (1, 2, 3):
        ran(changed(base, "a", seed=seed), roomy)
    for age, path in enumerate(entries(tmp_path)):
        os.utime(path, (1000 - age, 1000 - age))
    ran(changed(base, "a", seed=2), roomy)  # used again
    sizes = sum(path.stat().st_size for path in entries(tmp_path))
    tight = PictureCache(tmp_path, budget_bytes=sizes)
    ran(changed(base, "a", seed=4), tight)
    assert sum(path.stat().st_size for path in entries(tmp_path)) <= sizes
    assert ran(changed(base, "a", seed=2), tight) == []
    assert ran(changed(base, "a", seed=4), tight) == []


def test_abandoned_files_are_swept_and_fresh_ones_left(tmp_path: Path) -> None:
    workflow = Workflow(stages={"a": Stage(request=Txt2Img(**SETTINGS))})
    cache = PictureCache(tmp_path)
    (tmp_path / "ab").mkdir()
    old, fresh = tmp_path / "ab" / ".velatura-1.tmp", tmp_path / "ab" / ".velatura-2.tmp"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    ran(workflow, cache)
    assert not old.exists()
    assert fresh.exists()


KILLED = """
import sys
from pathlib import Path
from tests.workflows.chains import Counting, every_kind
from velatura.workflows import PictureCache, run_workflow
for event in run_workflow(every_kind(), Counting(), PictureCache(Path(sys.argv[1]))):
    print(type(event).__name__, flush=True)
    if "slow" in sys.argv:
        import time; time.sleep(0.05)
"""


def test_a_killed_run_leaves_the_cache_whole_and_the_next_goes_on(tmp_path: Path) -> None:
    for lines in (3, 12, 25):
        program = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), "slow"], stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        for _ in range(lines):
            assert program.stdout.readline()
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
    engine = Counting()
    events = list(run_workflow(every_kind(), engine, PictureCache(tmp_path)))
    assert finished(events)["finish"].picked.id == result(every_kind(), Counting()).id
    assert sum(kept(events).values()) >= 4
    assert len(engine.ran) < len(ALL)


# At the door


def test_a_stage_that_cannot_be_is_refused_before_any_work() -> None:
    class Choosy(Counting):
        def settle(self, request: Any) -> Any:
            if isinstance(request, Upscale):
                raise UnknownModel("no upscaler named 'x'")
            return super().settle(request)

    engine = Choosy()
    with pytest.raises(UnknownModel, match=r"^stages.enlarge: no upscaler named 'x'"):
        run_workflow(every_kind(), engine)
    with pytest.raises(RequestError, match=r"^stages.compose: unknown sampler"):
        run_workflow(changed(every_kind(), "compose", sampler="none"), engine)
    assert engine.ran == []


def test_trouble_within_a_stage_names_it() -> None:
    class Failing(Counting):
        def run(self, request: Any, *, resume: bytes | None = None) -> Any:
            if request.kind == "inpaint":
                raise RequestError("mask: is black everywhere")
            return super().run(request, resume=resume)

    with pytest.raises(RequestError, match=r"^stages.repair: mask: is black everywhere"):
        finished(run_workflow(every_kind(), Failing()))


def test_hundreds_of_stages_are_no_trouble() -> None:
    stages = "\n".join(
        f"  s{i}: {{kind: adjust, image: {f's{i - 1}' if i else 'a'}}}" for i in range(300)
    )
    text = f"velatura: 1\nstages:\n  a: {{kind: txt2img, width: 8, height: 8, steps: 1}}\n{stages}"
    done = finished(run_workflow(parse_workflow(text), FakeEngine()))
    assert len(done) == 301
