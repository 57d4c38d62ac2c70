"""What a request's work is cut into."""

import numpy as np
import pytest

from velatura.forecast import Lap, laps_of
from velatura.records import (
    Adjust,
    Bitmap,
    Hires,
    Img2Img,
    SamplingOptions,
    SdUpscale,
    Txt2Img,
    Upscale,
)

PICTURE = Bitmap(np.zeros((100, 200, 3), np.uint8))


def sampling(request):
    return [lap for lap in laps_of(request) if lap.what == "sampling"]


def test_a_painting_begins_samples_and_is_finished():
    request = Txt2Img(checkpoint="a", width=64, height=32, steps=7, batch_size=3, batch_count=2)
    shape = {"model": "a", "pixels": 2048, "rows": 3}
    assert laps_of(request) == (
        Lap(what="beginning", **shape),
        Lap(what="sampling", **shape, count=2 * 7 * 2),
        Lap(what="finishing", **shape, count=2),
    )


@pytest.mark.parametrize(
    ("changes", "calls"),
    [
        ({}, 40),
        ({"guidance_scale": 1.0}, 20),
        ({"sampler": "Heun"}, 80),
        ({"sampler": "DPM++ 2M Karras"}, 40),
    ],
)
def test_the_calls_of_the_network_are_counted(changes, calls):
    (lap,) = sampling(Txt2Img(**({"width": 64, "height": 64, "steps": 20} | changes)))
    assert lap.count == calls


def test_a_larger_pass_is_sampled_at_its_own_size():
    hires = Hires(scale=2, steps=5, strength=0.5, sampler="Heun")
    first, second = sampling(Txt2Img(width=64, height=64, steps=20, hires=hires))
    assert (first.pixels, first.count) == (64 * 64, 40)
    assert (second.pixels, second.count) == (128 * 128, 5 * 2 * 2)
    assert laps_of(Txt2Img(width=64, height=64, hires=hires))[-1].pixels == 128 * 128


def test_painting_over_walks_the_steps_of_its_strength():
    asked = {"image": PICTURE, "width": 64, "height": 64, "steps": 20, "strength": 0.5}
    (lap,) = sampling(Img2Img(**asked))
    assert lap.count == 11 * 2
    (lap,) = sampling(Img2Img(**asked, exact_steps=True))
    assert lap.count == 20 * 2


def test_enlarging_is_measured_by_the_result():
    assert laps_of(Upscale(image=PICTURE, upscaler="Lanczos", factor=2)) == (
        Lap(what="upscale", model="Lanczos", pixels=80_000),
    )
    assert laps_of(Upscale(image=PICTURE, width=400))[0].pixels == 80_000


def test_what_paints_in_tiles_is_one_lap():
    (lap,) = laps_of(SdUpscale(image=PICTURE, checkpoint="a", factor=2, steps=10, strength=0.3))
    assert (lap.what, lap.model, lap.pixels, lap.count) == ("sd-upscale", "a", 80_000, 4 * 2)


def test_adjusting_needs_no_model():
    assert laps_of(Adjust(image=PICTURE)) == (Lap(what="adjust", model="", pixels=20_000),)


def test_sampling_with_features_used_again_is_another_work():
    def works(interval):
        request = Txt2Img(checkpoint="a", width=64, sampling=SamplingOptions(deep_cache=interval))
        return [lap.what for lap in laps_of(request)]

    assert works(1) == ["beginning", "sampling", "finishing"]
    first, cached, last = works(3)
    assert (first, last) == ("beginning", "finishing")
    assert cached not in ("sampling", works(2)[1])


def test_sampling_in_another_precision_is_another_work():
    def sampling(**options):
        request = Txt2Img(checkpoint="a", width=64, sampling=SamplingOptions(**options))
        return laps_of(request)[1].what

    forms = ({}, {"fp8": True}, {"bf16": True}, {"fp8": True, "bf16": True})
    works = {sampling(**form, deep_cache=interval) for form in forms for interval in (1, 2)}
    assert len(works) == 8
