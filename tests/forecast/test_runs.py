"""The laps of a run, timed."""

import numpy as np
import pytest

from velatura.forecast import Run, laps_of
from velatura.records import Bitmap, Hires, Picture, Step, Txt2Img, Upscale


class Clock:
    """Goes on only where the work says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def picture(request):
    return Picture(pixels=np.zeros((8, 8, 3), np.uint8), request=request)


def step(phase, index):
    return Step(phase=phase, index=index, total=9)


def timed(request, *work):
    """The laps of a run whose events take so long."""
    clock = Clock()

    def events():
        for seconds, event in work:
            clock.now += seconds
            yield event

    run = Run(clock, lambda: 1000)
    for _ in run.follow(events()):
        clock.now += 50  # what the caller does with an event
    return {lap.lap.what: lap for lap in run.laps(laps_of(request))}


def test_a_slow_first_step_is_the_beginning():
    asked = Txt2Img(width=64, height=64, steps=3)
    work = [
        (5, step("first", 1)),
        (2, step("first", 2)),
        (2, step("first", 3)),
        (1, picture(asked)),
    ]
    laps = timed(asked, *work)
    assert [laps[what].seconds for what in ("beginning", "sampling", "finishing")] == [3, 6, 1]
    assert [lap.peak_bytes for lap in laps.values()] == [None, None, 1000]


def test_both_passes_are_timed():
    asked = Txt2Img(width=64, height=64, steps=2, hires=Hires(steps=2))
    first = [(1, step("first", 1)), (1, step("first", 2))]
    second = [(9, step("hires", 1)), (4, step("hires", 2))]
    laps = timed(asked, *first, *second, (3, picture(asked)))
    assert laps["enlarging"].seconds == pytest.approx(2.5)
    assert laps["enlarging"].lap.pixels == 128 * 128
    assert laps["finishing"].seconds == 3


def test_what_is_one_lap_takes_all_its_time():
    asked = Upscale(image=Bitmap(np.zeros((8, 8, 3), np.uint8)))
    laps = timed(asked, (1, step("upscale", 1)), (2, step("upscale", 2)), (3, picture(asked)))
    assert laps["upscale"].seconds == 6


def test_work_that_is_left_ends_at_once():
    ended = []

    def events():
        try:
            yield step("first", 1)
            yield step("first", 2)
        finally:
            ended.append(True)

    work = events()
    followed = Run(Clock(), lambda: None).follow(work)
    next(followed)
    followed.close()
    assert ended
