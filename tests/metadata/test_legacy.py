from __future__ import annotations

import pytest

from velatura.metadata import complete_fields, parse_infotext


def completed(prompt: str, pairs: str) -> dict[str, str]:
    return complete_fields(parse_infotext(f"{prompt}\nSteps: 5, CFG scale: 7, Seed: 1, {pairs}"))


def test_sizes_are_split() -> None:
    values = completed("a", "Size: 512x768")
    assert (values["Size-1"], values["Size-2"]) == ("512", "768")
    assert "Size" not in values


def test_a_hypernetwork_joins_the_prompt() -> None:
    assert completed("a", "Hypernet: ink")["Prompt"] == "a<hypernet:ink:1.0>"
    values = completed("a", "Hypernet: ink, Hypernet strength: 0.5")
    assert values["Prompt"] == "a<hypernet:ink:0.5>"


def test_an_old_first_pass_size_becomes_a_hires_pass() -> None:
    values = completed("a", "Size: 1024x768, First pass size: 512x384")
    assert (values["Size-1"], values["Size-2"]) == ("512", "384")
    assert (values["Hires resize-1"], values["Hires resize-2"]) == ("1024", "768")


def test_a_first_pass_of_zero_was_chosen_by_area() -> None:
    values = completed("a", "Size: 1024x768, First pass size: 0x0")
    assert (values["Size-1"], values["Size-2"]) == ("640", "448")
    assert completed("a", "Size: 0x0, First pass size: 0x0")["Size-1"] == "0"


TIMELINES, PADDING, ALPHAS, SWITCH = (
    "Old prompt editing timelines",
    "Pad conds v0",
    "Downcast alphas_cumprod",
    "Refiner switch by sampling steps",
)


@pytest.mark.parametrize(
    ("prompt", "pairs", "ways"),
    [
        ("a [b:c:0.5]", "Version: v1.5.1", {TIMELINES, ALPHAS}),
        ("a", "Sampler: DDIM, Version: v1.5.1", {PADDING, ALPHAS}),
        ("a", "Version: v1.6.1", {ALPHAS}),
        ("a", "Version: v1.7.0-224-gabcdef", {ALPHAS}),
        ("a", "Refiner: x, Version: 1.7.0-300", {SWITCH}),
        ("a [b:c:0.5]", "Version: v1.6.0", {ALPHAS}),
        ("a [b:c:0.5]", "Version: v1.10.1+velatura.0.1.0", set()),
        ("a [b:c:0.5]", "Version: f2.0.1", set()),
        ("a [b:c:0.5]", "Model: x", set()),
    ],
)
def test_the_version_brings_old_ways_back(prompt: str, pairs: str, ways: set[str]) -> None:
    values = completed(prompt, pairs)
    assert {
        key for key in (TIMELINES, PADDING, ALPHAS, SWITCH) if values.get(key) == "True"
    } == ways
