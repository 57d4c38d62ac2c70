from dataclasses import replace

import pytest

from velatura.errors import PromptError, RequestError
from velatura.pipelines.resolve import read_prompts, resolve, with_size
from velatura.prompts.styles import Style
from velatura.records import Hires, TextOptions, Txt2Img, Variation

STYLES = {"oil": Style(name="oil", prompt="oil painting of {prompt}", negative_prompt="photo")}


def resolved(request, **_):
    return resolve(request, styles=STYLES, draw_seed=lambda: 5)


@pytest.mark.parametrize(
    ("sampler", "schedule", "label", "resolved_schedule"),
    [
        ("DPM++ 2M", "Automatic", "DPM++ 2M", "Karras"),
        ("dpm++ 2m karras", "Automatic", "DPM++ 2M", "Karras"),
        ("DPM++ 2M Karras", "Exponential", "DPM++ 2M", "Exponential"),
        ("k_euler_a", "Automatic", "Euler a", "Automatic"),
        ("Euler", "karras", "Euler", "Karras"),
        ("DPM++ 2M SDE", "Automatic", "DPM++ 2M SDE", "Exponential"),
        ("ddim", "Automatic", "DDIM", "Automatic"),
    ],
)
def test_names_become_labels_and_automatic_the_samplers_own(
    sampler, schedule, label, resolved_schedule
):
    request = resolved(Txt2Img(sampler=sampler, schedule=schedule))
    assert (request.sampler, request.schedule) == (label, resolved_schedule)


def test_a_resolved_request_stays_as_it_is():
    request = Txt2Img(
        prompt="a cat # asleep",
        styles=("oil",),
        sampler="k_dpmpp_2m",
        variation=Variation(strength=0.5),
        hires=Hires(sampler="euler a", upscaler="latent", prompt="a dog # awake"),
    )
    once = resolved(request)
    assert resolve(once, styles={}, draw_seed=lambda: 99) == once


def test_styles_come_in_before_comments_go_out():
    request = resolved(
        Txt2Img(prompt="a cat # asleep", styles=("oil",), hires=Hires(prompt="a dog"))
    )
    assert request.prompt == "oil painting of a cat \n"
    assert request.negative_prompt == "photo"
    assert request.hires.prompt == "oil painting of a dog"
    assert request.styles == ()


def test_comments_can_be_kept():
    request = resolved(Txt2Img(prompt="a # b", text=TextOptions(comments=False)))
    assert request.prompt == "a # b"


def test_an_automatic_schedule_is_each_passes_own():
    request = resolved(Txt2Img(sampler="DPM++ 2M", hires=Hires(sampler="DPM++ 2M SDE")))
    assert (request.schedule, request.hires.schedule) == ("Karras", "Exponential")
    same = resolved(Txt2Img(sampler="DPM++ 2M", hires=Hires(sampler="DPM++ SDE")))
    assert same.hires.schedule == ""


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (Txt2Img(sampler="Eulerr"), "sampler"),
        (Txt2Img(schedule="Karas"), "schedule"),
        (Txt2Img(styles=("water",)), "styles"),
        (Txt2Img(hires=Hires(upscaler="ESRGAN 9x")), "hires.upscaler"),
        (Txt2Img(hires=Hires(sampler="none such")), "hires.sampler"),
    ],
)
def test_names_that_do_not_exist_are_refused(request_, field):
    with pytest.raises(RequestError) as caught:
        resolved(request_)
    assert caught.value.field == field


def test_a_prompt_that_cannot_be_read_is_refused_with_its_place():
    with pytest.raises(PromptError) as caught:
        resolved(Txt2Img(prompt="a (cat:1.2.3)"))
    assert caught.value.text[caught.value.position :].startswith("1.2.3")


def test_a_likely_misreading_is_a_warning_and_no_error():
    positive, negative = read_prompts(Txt2Img(prompt="a [cat:dog:0.5] | b"))
    assert len(positive.warnings) == 1
    assert negative.warnings == ()


def test_a_missing_size_is_the_checkpoints_own():
    assert with_size(Txt2Img(), (128, 208)).height == 208
    sized = with_size(Txt2Img(width=64, height=72), (128, 208))
    assert (sized.width, sized.height) == (64, 72)


def test_an_impossible_second_pass_is_refused():
    request = Txt2Img(width=8192, height=8192, hires=Hires(scale=8.0))
    with pytest.raises(RequestError, match="second pass would be 65536x65536"):
        with_size(request, (512, 512))
    assert with_size(replace(request, hires=Hires(scale=2.0)), (512, 512)).hires
