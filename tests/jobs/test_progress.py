"""How far a job is, and how long it will take."""

import numpy as np
import pytest

from velatura.jobs.progress import Gauge
from velatura.records import Hires, Step, Txt2Img, Upscale
from velatura.records.bitmap import Bitmap


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def step(index, total=10, phase="first", together=1, batch=0):
    denoised = np.zeros((together, 4, 1, 1))
    return Step(phase=phase, index=index, total=total, batch=batch, denoised=denoised)


def test_the_share_is_that_of_all_steps_of_all_pictures():
    gauge = Gauge(Txt2Img(steps=10, batch_size=2, batch_count=2), Clock())
    shares = [
        gauge.read(step(5, together=2), 0).share,
        gauge.read(step(10, together=2), 0).share,
        gauge.read(step(5, together=2, batch=1), 2).share,
        gauge.read(step(10, together=2, batch=1), 2).share,
    ]
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_pictures_sampled_one_by_one_count_one_by_one():
    gauge = Gauge(Txt2Img(steps=10, batch_size=2, batch_count=1), Clock())
    assert gauge.read(step(5, batch=1), 1).share == 0.75


def test_a_second_pass_has_its_part():
    gauge = Gauge(Txt2Img(steps=30, hires=Hires(steps=10)), Clock())
    assert gauge.read(step(30, total=30), 0).share == 0.75
    assert gauge.read(step(5, phase="hires"), 0).share == 0.875


def test_work_that_samples_nothing_has_the_share_of_its_steps():
    gauge = Gauge(Upscale(image=Bitmap(np.zeros((4, 4, 3), np.uint8))), Clock())
    assert gauge.read(Step(phase="upscale", index=3, total=4), 0).share == 0.75


def test_the_time_left_is_that_of_the_steps_so_far_carried_forward():
    clock = Clock()
    gauge = Gauge(Txt2Img(steps=10), clock)
    assert gauge.read(step(1), 0).left_s is None
    clock.now = 4.0
    assert gauge.read(step(3), 0).left_s == pytest.approx(14.0)
    clock.now = 18.0
    assert gauge.read(step(10), 0).left_s == 0.0


def test_a_job_that_was_resumed_is_judged_by_what_it_did_since():
    clock = Clock()
    gauge = Gauge(Txt2Img(steps=10), clock)
    gauge.read(step(6), 0)
    clock.now = 1.0
    assert gauge.read(step(8), 0).left_s == pytest.approx(1.0)
