"""What can be varied, and how a value is set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.compare import AXES, axes_of, find_axis, read_axis
from velatura.compare.fields import field_kinds, get_field
from velatura.errors import RequestError, TextError
from velatura.records import (
    REQUESTS,
    Bitmap,
    Hires,
    Img2Img,
    Inpaint,
    SoftInpainting,
    Txt2Img,
    Upscale,
    Variation,
)

IMAGE = Bitmap(np.zeros((16, 16, 3), np.uint8))
TXT2IMG = Txt2Img(prompt="a red cat", negative_prompt="red", hires=Hires(), variation=Variation())
INPAINT = Inpaint(image=IMAGE, mask=IMAGE, variation=Variation(), soft=SoftInpainting())

EXAMPLES = {
    "Seed": ("7", 7, {"seed": 7}),
    "Var. seed": ("7", 7, {"variation.seed": 7}),
    "Var. strength": ("0.5", 0.5, {"variation.strength": 0.5}),
    "Steps": ("7", 7, {"steps": 7}),
    "Hires steps": ("7", 7, {"hires.steps": 7}),
    "CFG Scale": ("7.5", 7.5, {"guidance_scale": 7.5}),
    "Prompt S/R": ("red", ("red", "red"), {"prompt": "a red cat", "negative_prompt": "red"}),
    "Prompt order": ("cat", ("cat",), {"prompt": "a red cat"}),
    "Sampler": ("Euler a", "Euler a", {"sampler": "Euler a"}),
    "Hires sampler": ("DDIM", "DDIM", {"hires.sampler": "DDIM"}),
    "Checkpoint name": ("a/b.ckpt", "a/b.ckpt", {"checkpoint": "a/b.ckpt"}),
    "Negative Guidance minimum sigma": ("2", 2.0, {"sampling.skip_guidance_below": 2.0}),
    "DeepCache": ("3", 3, {"sampling.deep_cache": 3}),
    "BF16": ("True", True, {"sampling.bf16": True}),
    "Sigma Churn": ("2", 2.0, {"sampling.churn": 2.0}),
    "Sigma min": ("2", 2.0, {"sampling.churn_min": 2.0}),
    "Sigma max": ("2", 2.0, {"sampling.churn_max": 2.0}),
    "Sigma noise": ("2", 2.0, {"sampling.noise_scale": 2.0}),
    "Schedule type": ("Karras", "Karras", {"schedule": "Karras"}),
    "Schedule min sigma": ("0.1", 0.1, {"sampling.sigma_min": 0.1}),
    "Schedule max sigma": ("9", 9.0, {"sampling.sigma_max": 9.0}),
    "Schedule rho": ("5", 5.0, {"sampling.rho": 5.0}),
    "Beta schedule alpha": ("0.5", 0.5, {"sampling.beta_alpha": 0.5}),
    "Beta schedule beta": ("0.5", 0.5, {"sampling.beta_beta": 0.5}),
    "Eta": ("0.5", 0.5, {"sampling.eta": 0.5}),
    "Clip skip": ("2", 2, {"clip_skip": 2}),
    "Denoising": ("0.5", 0.5, {"hires.strength": 0.5}),
    "Initial noise multiplier": ("0.9", 0.9, {"noise.multiplier": 0.9}),
    "Extra noise": ("0.1", 0.1, {"noise.extra": 0.1}),
    "Hires upscaler": ("Lanczos", "Lanczos", {"hires.upscaler": "Lanczos"}),
    "VAE": ("auto", "auto", {"vae": "Automatic"}),
    "Styles": ('"ink, oil"', "ink, oil", {"styles": ("ink", "oil")}),
    "UniPC Order": ("2", 2, {"sampling.unipc_order": 2}),
    "Always discard next-to-last sigma": ("True", True, {"sampling.discard_penultimate": True}),
    "SGM noise multiplier": ("yes", True, {"sampling.sgm_noise": True}),
    "RNG source": ("NV", "NV", {"noise.source": "NV"}),
    "FP8 mode": ("Enable", "Enable", {"sampling.fp8": True}),
    "Size": ("64 x 72", "64 x 72", {"width": 64, "height": 72}),
}


@pytest.mark.parametrize("label", AXES)
def test_each_axis_reads_its_values_and_sets_its_fields_and_no_other(label):
    if label == "Cond. Image Mask Weight":
        text, value, changed, base = "0.5", 0.5, {"conditioning_mask": 0.5}, INPAINT
    else:
        text, value, changed = EXAMPLES[label]
        base = TXT2IMG
    axis = read_axis(f"{label}: {text}", type(base))
    assert axis.values == (value,)
    made = axis.apply(base, value)
    for name in (*field_kinds(type(base)), "styles"):
        expected = changed[name] if name in changed else get_field(base, name)
        assert get_field(made, name) == expected, name


def test_the_strength_of_image_to_image_is_its_own():
    assert read_axis("Denoising: 0.5", Img2Img).field == "strength"


@pytest.mark.parametrize("kind", REQUESTS.values())
def test_every_field_is_an_axis_under_its_own_name(kind):
    for name in field_kinds(kind):
        assert name in find_axis(name, kind).fields


def test_any_field_can_be_varied_by_its_name():
    axis = read_axis("soft.bias: 1-2 (+0.5)", Inpaint)
    made = [axis.apply(INPAINT, value) for value in axis.values]
    assert [request.soft.bias for request in made] == [1.0, 1.5, 2.0]
    assert axis.label(1.5) == "soft.bias: 1.5"
    upscale = Upscale(image=IMAGE)
    (second,) = (read_axis("crop: no", Upscale).apply(upscale, False),)
    assert second == upscale


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Stps: 5", Txt2Img, "unknown axis 'Stps'; did you mean Steps"),
        ("sampling.etta: 5", Txt2Img, "did you mean sampling.eta"),
        ("Hires steps: 5", Img2Img, "unknown axis 'Hires steps'"),
        ("Steps: 5", Upscale, "unknown axis 'Steps'"),
        ("image: x", Img2Img, "unknown axis 'image'"),
        ("styles: x", Upscale, "unknown axis 'styles'"),
        ("kind: x", Txt2Img, "unknown axis 'kind'"),
        ("Steps 5", Txt2Img, "expected a name and values"),
        ("Steps:", Txt2Img, "Steps has no values"),
        ("Steps: 1, x", Txt2Img, "expected a whole number"),
        ("Size: 64x64, 64", Txt2Img, "expected WIDTHxHEIGHT such as 512x768, got '64'"),
        (
            "FP8 mode: Enable, On",
            Txt2Img,
            "expected Enable or Disable or Enable for SDXL, got 'On'",
        ),
        ("Prompt S/R: ,a", Txt2Img, "cannot be empty"),
        ("Prompt order: a,,b", Txt2Img, "cannot be empty"),
        ("Prompt order: 1,2,3,4,5,6,7,8", Txt2Img, "more than 10000 orders"),
    ],
)
def test_what_is_no_axis_is_refused(text, kind, said):
    with pytest.raises(RequestError) as caught:
        read_axis(text, kind)
    assert said in str(caught.value)


def test_a_wrong_value_is_shown_with_its_place():
    with pytest.raises(TextError) as caught:
        read_axis("Steps: 5, x", Txt2Img)
    assert caught.value.caret() == " 5, x\n    ^"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Steps: 0", "steps: must be from 1 to 1000, got 0"),
        ("CFG Scale: nan", "guidance_scale: must be from 0.0 to 100.0, got nan"),
        ("Size: 65x64", "width: must be a multiple of 8"),
        ("RNG source: AMD", "source: 'AMD' is not one of 'CPU', 'NV', 'GPU'"),
        ("Prompt S/R: dog, cat", "'dog', the first value of Prompt S/R, is in neither prompt"),
        ("Prompt S/R: RED, blue", "'RED', the first value of Prompt S/R"),
        ("Prompt order: cat, dog", "'dog', a value of Prompt order, is not in the prompt"),
        ("Prompt order: red cat, cat", "'cat', a value of Prompt order, is not in the prompt"),
    ],
)
def test_a_value_that_cannot_be_set_is_refused(text, said):
    axis = read_axis(text, Txt2Img)
    with pytest.raises(RequestError) as caught:
        [axis.apply(TXT2IMG, value) for value in axis.values]
    assert said in str(caught.value)


def test_what_lies_in_a_record_that_is_not_there_cannot_be_varied():
    with pytest.raises(RequestError, match="the request has no hires to set it in"):
        read_axis("Hires steps: 5", Txt2Img).apply(Txt2Img(), 5)


def test_search_and_replace_works_on_both_prompts_and_keeps_the_first_word():
    axis = read_axis("Prompt S/R: red, blue, ", Txt2Img)
    made = [axis.apply(TXT2IMG, value) for value in axis.values]
    assert [(each.prompt, each.negative_prompt) for each in made] == [
        ("a red cat", "red"),
        ("a blue cat", "blue"),
        ("a  cat", ""),
    ]
    assert [axis.label(value) for value in axis.values] == ["red", "blue", ""]


def test_orders_are_all_there_are_and_fill_the_gaps_of_the_prompt():
    base = replace(TXT2IMG, prompt="one, two; three.")
    axis = read_axis("Prompt order: one, two, three", Txt2Img)
    prompts = [axis.apply(base, value).prompt for value in axis.values]
    assert prompts[:3] == ["one, two; three.", "one, three; two.", "two, one; three."]
    assert len(set(prompts)) == 6
    assert axis.label(axis.values[1]) == "one, three, two"


@given(st.permutations(["ink", "oil", "chalk"]))
def test_the_items_of_an_order_can_be_listed_in_any_order(items):
    base = replace(TXT2IMG, prompt="ink + oil / chalk")
    axis = read_axis(f"Prompt order: {','.join(items)}", Txt2Img)
    prompts = {axis.apply(base, value).prompt for value in axis.values}
    assert len(prompts) == 6
    assert axis.apply(base, axis.values[0]).prompt == "{} + {} / {}".format(*items)


def test_the_order_of_unipc_stays_below_the_steps():
    axis = read_axis("UniPC Order: 1-5", Txt2Img)
    base = replace(TXT2IMG, steps=4)
    orders = [axis.apply(base, value).sampling.unipc_order for value in axis.values]
    assert orders == [1, 2, 3, 3, 3]


def test_styles_are_added():
    base = replace(TXT2IMG, styles=("chalk",))
    axis = read_axis('Styles: "ink, oil", ink', Txt2Img)
    assert [axis.apply(base, value).styles for value in axis.values] == [
        ("chalk", "ink", "oil"),
        ("chalk", "ink"),
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Steps: 5", ["Steps: 5"]),
        ("cfg: 7, 0-0.3 (+0.1)", ["7.0", "0.0", "0.1", "0.2", "0.3"]),
        ("Sampler: Euler a", ["Euler a"]),
        ("Checkpoint name: a/b/c.ckpt, d\\e.safetensors", ["c.ckpt", "e.safetensors"]),
        ("tiling: yes", ["tiling: True"]),
    ],
)
def test_labels_name_the_axis_unless_the_value_speaks_for_itself(text, labels):
    axis = read_axis(text, Txt2Img)
    prefix = "CFG Scale: " if text.startswith("cfg") else ""
    assert [axis.label(value) for value in axis.values] == [prefix + label for label in labels]


def test_axes_are_those_that_a_request_has():
    assert "Hires steps" in axes_of(Txt2Img)
    assert "Hires steps" not in axes_of(Img2Img)
    assert set(axes_of(Upscale)) == {"Size"}
    assert find_axis("  hires   STEPS ", Txt2Img).label == "Hires steps"
