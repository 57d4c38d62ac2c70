"""Picture k of a batch is the same seed made alone: the same bits, for every sampler."""

import pytest

from tests.engines.events import pictures, small
from velatura import (
    SAMPLERS,
    Hires,
    NoiseOptions,
    SamplingOptions,
    TextOptions,
    Variation,
)

EVERYTHING = {
    "hires": Hires(scale=1.5, steps=2, strength=0.6),
    "variation": Variation(seed=5, strength=0.3),
    "noise": NoiseOptions(source="NV", ensd=31337),
}


def assert_batch_equals_its_pictures(engine, request):
    together = pictures(engine.run(request))
    assert len({picture.id for picture in together}) == request.batch_size * request.batch_count
    last = together[-1]
    (alone,) = pictures(engine.run(last.request))
    assert (last.pixels == alone.pixels).all()
    assert last.request == alone.request


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_batch_equals_its_pictures_made_alone(engine, sampler):
    assert_batch_equals_its_pictures(engine, small(sampler=sampler, batch_size=2))


@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name != "DPM adaptive"])
def test_a_batch_with_hires_variation_and_nv_noise_equals_its_pictures(engine, sampler):
    request = small(sampler=sampler, batch_size=2, steps=2, **EVERYTHING)
    assert_batch_equals_its_pictures(engine, request)


@pytest.mark.parametrize(
    "changes",
    [
        {"batch_count": 2, "sampler": "Euler a"},
        {"hires": Hires(upscaler="Lanczos", scale=1.5), "sampler": "DPM++ SDE"},
        {"hires": Hires(sampler="DPM adaptive", steps=2, scale=1.25)},
        {"prompt": "a [cat|dog] AND a tree :0.5", "negative_prompt": "bad " * 80},
        {"tiling": True, "clip_skip": 2},
        {"text": TextOptions(padding="pad"), "negative_prompt": "bad, " * 90},
        {"sampling": SamplingOptions(skip_guidance_until=0.5, skip_guidance_below=2.0)},
        {"sampler": "Euler", "sampling": SamplingOptions(churn=5.0)},
        {"sampler": "Heun", "sampling": SamplingOptions(deep_cache=2)},
        {"noise": NoiseOptions(resize_width=96, resize_height=48), "seed": 2**64 - 1},
    ],
    ids=str,
)
def test_a_batch_equals_its_pictures_under_other_settings(engine, changes):
    assert_batch_equals_its_pictures(engine, small(batch_size=2, **changes))
