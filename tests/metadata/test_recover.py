from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.metadata import Infotext, request_from_infotext
from velatura.records import Hires, Txt2Img

BASE = "a cat\nSteps: 8, Sampler: Euler, CFG scale: 7, Seed: 1"


def test_a_text_of_another_program_becomes_a_request() -> None:
    request, rest = request_from_infotext(
        "a cat\nNegative prompt: dog\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, "
        "Size: 512x768, Model hash: abc, Model: photo, Clip skip: 2, Mood: good"
    )
    assert (request.sampler, request.schedule) == ("DPM++ 2M", "Karras")
    assert (request.width, request.height) == (512, 768)
    assert (request.prompt, request.negative_prompt) == ("a cat", "dog")
    assert (request.checkpoint, request.clip_skip, request.noise.source) == ("photo", 2, "GPU")
    assert rest == {"Model hash": "abc", "Mood": "good"}


@pytest.mark.parametrize(
    ("pairs", "sampler", "schedule"),
    [
        ("Sampler: Euler a", "Euler a", "Automatic"),
        ("Sampler: k_euler_a", "Euler a", "Automatic"),
        ("Sampler: DPM++ 2M SDE Exponential", "DPM++ 2M SDE", "Exponential"),
        ("Sampler: Euler, Schedule type: SGM Uniform", "Euler", "SGM Uniform"),
        ("Sampler: Euler SGM Uniform", "Euler", "SGM Uniform"),
        ("Sampler: My own", "My own", "Automatic"),
    ],
)
def test_names_of_samplers_are_understood(pairs: str, sampler: str, schedule: str) -> None:
    request, rest = request_from_infotext(f"a\nSteps: 8, CFG scale: 7, Seed: 1, {pairs}")
    assert (request.sampler, request.schedule) == (sampler, schedule)
    assert not rest


def test_hires_needs_a_sign_of_it() -> None:
    assert request_from_infotext(f"{BASE}, Hires prompt: x")[0].hires is None
    request, rest = request_from_infotext(f"{BASE}, Denoising strength: 0.4, Hires upscale: 1.5")
    assert request.hires == Hires(scale=1.5, strength=0.4)
    assert not rest


def test_strength_without_hires_stays_with_the_rest() -> None:
    assert request_from_infotext(f"{BASE}, Denoising strength: 0.4")[1] == {
        "Denoising strength": "0.4"
    }


@pytest.mark.parametrize(("word", "is_on"), [("Enable", True), ("Enable for SDXL", False)])
def test_weights_are_in_eight_bits_where_the_text_says_so_of_this_family(
    word: str, *, is_on: bool
) -> None:
    request, rest = request_from_infotext(f"{BASE}, FP8 weight: {word}")
    assert request.sampling.fp8 is is_on
    assert bool(rest) is not is_on


def test_a_size_between_cells_is_rounded_down_as_it_was_painted() -> None:
    request, rest = request_from_infotext(f"{BASE}, Size: 100x70")
    assert (request.width, request.height) == (96, 64)
    assert not rest


@pytest.mark.parametrize(
    "pair",
    [
        "Steps: 0", "Steps: 1000000", "Steps: many", "CFG scale: nan", "CFG scale: inf",
        "Seed: -2", "Seed: 1.5", "Clip skip: 99", "Tiling: perhaps", "RNG: dice", "ENSD: x",
        "Emphasis: loud", "Variation seed strength: 7", "Size: 99999999x8", "Eta: 1e99",
    ],
)  # fmt: skip
def test_impossible_values_stay_with_the_rest(pair: str) -> None:
    key, value = pair.split(": ")
    request, rest = request_from_infotext(f"a\nAa: 1, Bb: 2, Cc: 3, {pair}")
    assert rest[key] == value
    assert (request.steps, request.seed, request.variation) == (20, -1, None)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_no_text_is_refused(prompt: str, fields: dict[str, str]) -> None:
    request, _ = request_from_infotext(Infotext(prompt, "", fields))
    assert isinstance(request, Txt2Img)


known = st.sampled_from((
    "Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Variation seed",
    "Variation seed strength", "Clip skip", "ENSD", "RNG", "First pass size", "Hypernet",
    "Hires upscale", "Hires resize", "Hires steps", "Version", "Emphasis", "Eta", "NGMS",
))  # fmt: skip
values = st.text() | st.integers().map(str) | st.floats().map(str) | st.just("512x0") | st.just(
    "9" * 5000
) | st.just("9" * 5000 + "x8") | st.just("v" + "9" * 5000 + ".1.1")  # fmt: skip


@given(st.dictionaries(known, values))
def test_no_value_of_a_known_field_is_refused(fields: dict[str, str]) -> None:
    request, _ = request_from_infotext(Infotext("a", "", fields))
    assert isinstance(request, Txt2Img)


@pytest.mark.parametrize("label", ["Steps", "Seed", "Clip skip", "ENSD", "CFG scale", "Eta"])
@pytest.mark.parametrize("value", ["1" + "0" * 400, "1e400", "-1" + "0" * 400, "9" * 5000])
def test_a_number_beyond_all_measure_is_left_aside_and_the_others_are_read(
    label: str, value: str
) -> None:
    request, rest = request_from_infotext(f"x\nSampler: Euler, {label}: {value}, Size: 128x64")
    assert rest == {label: value}
    assert (request.sampler, request.width, request.height) == ("Euler", 128, 64)


def test_of_two_names_of_a_setting_the_one_that_can_be_is_taken() -> None:
    request, rest = request_from_infotext("x\nSteps: 20, Eta: 0.3, Eta DDIM: 99")
    assert request.sampling.eta == 0.3
    assert rest == {"Eta DDIM": "99"}
