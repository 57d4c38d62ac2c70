"""Pictures painted over: what stays, what changes, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.events import pictures, steps
from velatura import LocalEngine, RequestError, Step
from velatura.masking import rectangle_mask
from velatura.records import (
    Bitmap,
    Img2Img,
    Inpaint,
    NoiseOptions,
    Outpaint,
    SdUpscale,
    SoftInpainting,
    Variation,
)

RAMP = np.add.outer(np.arange(64) * 3, np.arange(64) * 2) % 256
PIXELS = np.stack([RAMP, 255 - RAMP, RAMP // 2], axis=2).astype(np.uint8)
IMAGE = Bitmap(PIXELS)
MASK = rectangle_mask((64, 64), (16, 16, 24, 24))
PROMPT = "a [red|green] [apple:pear:0.5]"


def settings(**changes):
    return {"prompt": PROMPT, "steps": 4, "seed": 3, "sampler": "Euler a"} | changes


def img2img(**changes):
    return Img2Img(**settings(image=IMAGE, **changes))


def inpaint(**changes):
    return Inpaint(**settings(image=IMAGE, mask=MASK, **changes))


def outpaint(**changes):
    base = {"image": IMAGE, "right": 32, "width": 64, "height": 64, "mask_blur": 2.0}
    return Outpaint(**settings(**base | changes))


def sd_upscale(**changes):
    base = {"image": IMAGE, "width": 64, "height": 64, "overlap": 16, "factor": 1.5}
    return SdUpscale(**settings(**base | changes))


def one(engine, request):
    (picture,) = pictures(engine.run(request))
    return picture


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"area": "masked", "padding": 4, "width": 64, "height": 64},
        {"area": "masked", "width": 128, "height": 64},
        {"content": "fill"},
        {"content": "latent noise", "mask_blur": 0.0},
        {"content": "latent nothing", "sampler": "DDIM"},
        {"invert": True, "color_correction": True},
        {"mask_blur": 8.0, "mask_blur_y": 1.0, "sampler": "DPM++ SDE"},
    ],
    ids=str,
)
def test_outside_the_mask_the_picture_stays_to_the_byte(engine, changes):
    request = inpaint(**changes)
    picture = one(engine, request)
    white = MASK.array[..., 0] == (0 if request.invert else 255)
    far = 3 * max(request.mask_blur, request.mask_blur_y or 0) + 1
    rows, columns = np.nonzero(white)
    y, x = np.mgrid[:64, :64]
    distance = np.min(np.hypot(y[..., None] - rows, x[..., None] - columns), axis=-1)
    kept = distance > far
    assert picture.pixels.shape == PIXELS.shape
    assert np.array_equal(picture.pixels[kept], PIXELS[kept])
    assert not np.array_equal(picture.pixels[white], PIXELS[white])
    assert picture.seam is not None


def test_a_16_bit_picture_keeps_all_its_bits_outside_the_mask(engine):
    deep = PIXELS.astype(np.uint16) * 257 + 3
    picture = one(engine, replace(inpaint(mask_blur=0.0), image=Bitmap(deep)))
    assert np.array_equal(picture.pixels[:16], deep[:16])
    assert picture.pixels.dtype == np.uint16


@pytest.mark.parametrize("request_of", [img2img, inpaint])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"content": "latent noise"},
        {"soft": SoftInpainting(), "content": "latent noise"},
        {"sampler": "DPM++ 2M SDE", "noise": NoiseOptions(source="NV", ensd=7, multiplier=1.1)},
        {"variation": Variation(seed=5, strength=0.3)},
        {"resize_mode": "latent", "width": 96, "height": 48},
    ],
    ids=str,
)
def test_a_batch_equals_its_pictures_made_alone(engine, request_of, changes):
    if request_of is img2img and {"content", "soft"} & set(changes):
        pytest.skip("a mask's own")
    together = pictures(engine.run(request_of(batch_size=2, batch_count=2, **changes)))
    assert len({picture.id for picture in together}) == 4
    for made in (together[1], together[3]):
        alone = one(engine, made.request)
        assert np.array_equal(alone.pixels, made.pixels)
        assert alone.request == made.request


def steps_of(events):
    """The steps, one by one, as they are made."""
    return (event for event in events if isinstance(event, Step))


@pytest.mark.parametrize(
    "request_",
    [
        img2img(batch_count=2),
        inpaint(batch_size=2, content="latent noise"),
        inpaint(soft=SoftInpainting(), sampler="DDIM"),
        sd_upscale(batch_count=2),
        outpaint(bottom=32),
        outpaint(method="tiles", bottom=32),
    ],
    ids=lambda request: request.kind,
)
def test_work_goes_on_from_any_step_with_the_identical_result(tiny_checkpoint, engine, request_):
    events = list(engine.run(request_))
    moments = steps(events)
    wanted = [picture.id for picture in pictures(events)]
    middle = len(moments) // 2
    running = steps_of(engine.run(request_))
    saved = next(step for count, step in enumerate(running) if count == middle).snapshot()
    again = list(LocalEngine([tiny_checkpoint.parent]).run(request_, resume=saved))
    assert [picture.id for picture in pictures(again)] == wanted[-len(pictures(again)) :]
    assert len(steps(again)) == len(moments) - middle - 1


def test_strength_decides_how_many_steps_are_taken(engine):
    counts = {
        strength: len(steps(engine.run(img2img(steps=8, strength=strength))))
        for strength in (0.0, 0.5, 1.0)
    }
    assert counts == {0.0: 1, 0.5: 5, 1.0: 8}
    exact = img2img(steps=8, strength=0.5, exact_steps=True)
    assert len(steps(engine.run(exact))) == 8


def test_without_strength_and_with_exact_steps_nothing_is_sampled(engine):
    events = list(engine.run(img2img(strength=0.0, exact_steps=True)))
    assert not steps(events)
    assert len(pictures(events)) == 1


def test_transparency_shows_the_background(engine):
    alpha = np.dstack([PIXELS, np.zeros((64, 64), np.uint8)])
    seen = one(engine, replace(img2img(strength=0.0), image=Bitmap(alpha), background="#336699"))
    flat = np.broadcast_to(np.array([0x33, 0x66, 0x99], np.uint8), PIXELS.shape)
    plain = one(engine, replace(img2img(strength=0.0), image=Bitmap(flat)))
    assert np.array_equal(seen.pixels, plain.pixels)


def test_a_grey_picture_is_painted_over_in_colour(engine):
    picture = one(engine, replace(img2img(), image=Bitmap(PIXELS[..., 0])))
    assert picture.pixels.shape == PIXELS.shape


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 500), (65, 63)])
def test_pictures_of_any_size_are_painted_over(engine, width, height):
    image = Bitmap(np.full((height, width, 3), 90, np.uint8))
    picture = one(engine, replace(img2img(), image=image))
    assert picture.pixels.shape[:2] == (max(64, height // 8 * 8), max(64, width // 8 * 8))
    masked = Inpaint(**settings(image=image, mask=rectangle_mask((width, height), (0, 0, 1, 1))))
    assert one(engine, masked).pixels.shape == (height, width, 3)


def test_inpainting_gives_a_picture_of_odd_sides_back_in_its_own_size(engine):
    odd = PIXELS[:61, :59]
    request = replace(inpaint(mask_blur=1.0), image=Bitmap(odd), mask=Bitmap(MASK.array[:61, :59]))
    picture = one(engine, request)
    assert picture.pixels.shape == odd.shape
    assert np.array_equal(picture.pixels[:12], odd[:12])


@pytest.mark.parametrize(
    ("area", "fitted"), [("masked", "the mask was stretched"), ("whole", "in its own pixels")]
)
def test_a_mask_of_another_size_is_fitted_and_said(engine, area, fitted):
    small = Bitmap(MASK.array[::2, ::2])
    request = replace(inpaint(area=area, mask_blur=1.0, width=64, height=64), mask=small)
    picture = one(engine, request)
    assert any(fitted in remark for remark in picture.remarks)
    assert np.array_equal(picture.pixels[:, :2], PIXELS[:, :2])


def test_a_mask_of_one_pixel_is_painted_by_itself_or_said_to_be_too_small(engine):
    dot = rectangle_mask((64, 64), (30, 30, 1, 1))
    whole = one(engine, replace(inpaint(mask_blur=0.0), mask=dot))
    assert any("too small" in remark for remark in whole.remarks)
    masked = one(
        engine,
        replace(inpaint(mask_blur=0.0, area="masked", padding=8, width=192, height=192), mask=dot),
    )
    assert not any("too small" in remark for remark in masked.remarks)


@pytest.mark.parametrize("area", ["whole", "masked"])
def test_an_empty_mask_is_refused_before_any_work(engine, area):
    empty = Bitmap(np.zeros((64, 64), np.uint8))
    with pytest.raises(RequestError, match="nothing in it is white") as caught:
        engine.run(replace(inpaint(area=area), mask=empty))
    assert caught.value.field == "mask"


def test_an_empty_mask_can_mean_the_whole_picture_or_none_of_it(engine):
    empty = Bitmap(np.zeros((64, 64), np.uint8))
    whole = one(engine, replace(inpaint(empty_mask="whole"), mask=empty))
    assert np.array_equal(whole.pixels, one(engine, img2img()).pixels)
    kept = one(engine, replace(inpaint(empty_mask="keep"), mask=empty))
    assert np.array_equal(kept.pixels, PIXELS)


@pytest.mark.parametrize("kind", [img2img, inpaint, outpaint, sd_upscale])
def test_pictures_that_are_only_remembered_are_refused(engine, kind):
    with pytest.raises(RequestError, match="not at hand"):
        engine.run(replace(kind(), image=Bitmap(None, id="0" * 64)))


def test_soft_inpainting_keeps_what_is_far_from_the_mask(engine):
    corner = rectangle_mask((64, 64), (0, 0, 12, 12))
    request = inpaint(soft=SoftInpainting(), strength=1.0, mask_blur=2.0)
    picture = one(engine, replace(request, mask=corner))
    assert np.array_equal(picture.pixels[:, -8:], PIXELS[:, -8:])
    assert not np.array_equal(picture.pixels[:12, :12], PIXELS[:12, :12])


def test_colour_correction_brings_the_colours_back(engine):
    dark = Bitmap((PIXELS // 8).astype(np.uint8))
    plain = one(engine, replace(img2img(strength=1.0), image=dark))
    corrected = one(engine, replace(img2img(strength=1.0, color_correction=True), image=dark))
    assert not np.array_equal(plain.pixels, corrected.pixels)
    # Luminosity stays that of the painting.
    weights = np.array([0.299, 0.587, 0.114])
    inside = (corrected.pixels > 0).all(-1) & (corrected.pixels < 255).all(-1)
    difference = (corrected.pixels @ weights - plain.pixels @ weights)[inside]
    assert np.abs(difference).max() <= 1.01


@pytest.mark.parametrize("method", ["matched noise", "tiles"])
@pytest.mark.parametrize(
    "sides", [{"right": 32}, {"left": 32, "right": 0}, {"top": 64, "right": 0}, {"bottom": 40}]
)
def test_a_continued_picture_holds_the_old_one(engine, method, sides):
    request = outpaint(method=method, **sides)
    picture = one(engine, request)
    height, width = picture.pixels.shape[:2]
    assert (width, height) == (
        128 if request.left or request.right else 64,
        128 if request.top or request.bottom else 64,
    )
    top = height - 64 if request.top else 0
    left = width - 64 if request.left else 0
    old = picture.pixels[top : top + 64, left : left + 64]
    near = 1 + 4 + int(2.5 * 2 * request.mask_blur) + 3
    if method == "matched noise":
        near = 1 + 2 + int(2.5 * 4 * request.mask_blur) + 1
    rows = slice(near if request.top else 0, 64 - near if request.bottom else 64)
    columns = slice(near if request.left else 0, 64 - near if request.right else 64)
    assert np.array_equal(old[rows, columns], PIXELS[rows, columns])


def test_much_new_is_painted_in_several_goes(engine):
    picture = one(engine, outpaint(right=190))
    assert picture.pixels.shape == (64, 256, 3)
    new = picture.pixels[:, 80:].astype(int)
    assert new.std() > 5


def test_an_enlarged_picture_has_its_size_and_keeps_its_colours(engine):
    picture = one(engine, sd_upscale(strength=0.0))
    assert picture.pixels.shape == (96, 96, 3)


def test_the_tiles_of_an_enlarged_picture_have_seeds_of_their_own(engine):
    first, second = pictures(engine.run(sd_upscale(batch_count=2)))
    assert second.request.seed == first.request.seed + 1
    assert np.array_equal(second.pixels, one(engine, second.request).pixels)
    assert not np.array_equal(first.pixels, second.pixels)
