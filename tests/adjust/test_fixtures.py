"""The cases that the web studio reads as well."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.adjust import scalar
from tests.adjust.conftest import ROOT, cases
from velatura.adjust import adjustments_from_json, apply, curve_samples, find_levels

COLOURS = json.loads((ROOT / "fixtures" / "adjust" / "colours.json").read_text("utf-8"))
RAMP = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)


def read(*values):
    return adjustments_from_json(json.dumps(values))


def label(case):
    return "-".join(str(value) for value in list(case["adjustment"].values())[:5])[:60]


@pytest.mark.parametrize("case", cases("tables"), ids=label)
def test_tones_become_what_the_table_says(case):
    adjustments = read(case["adjustment"])
    assert apply(RAMP, adjustments).ravel().tolist() == case["table"]
    assert scalar.table(adjustments[0]) == case["table"]


@pytest.mark.parametrize("case", COLOURS["cases"], ids=label)
def test_colours_become_what_the_list_says(case):
    adjustments = read(case["adjustment"])
    before = np.array([COLOURS["before"]], dtype=np.uint8)
    assert apply(before, adjustments)[0].tolist() == case["after"]
    assert [scalar.hue_saturation(adjustments[0], rgb) for rgb in COLOURS["before"]] == (
        case["after"]
    )


@pytest.mark.parametrize("case", cases("pictures"), ids=lambda case: case["name"])
def test_pictures_become_what_the_case_says(case):
    before = np.array(case["before"], dtype=np.uint8).reshape(case["shape"])
    after = apply(before, read(*case["adjustments"]))
    assert list(after.shape) == case["after_shape"]
    assert after.ravel().tolist() == case["after"]
    assert after.dtype == np.uint8
    for found, wanted in zip(find_levels(before), case.get("levels", ()), strict=False):
        assert {name: getattr(found, name) for name in wanted} == wanted


@pytest.mark.parametrize("case", cases("filters"), ids=lambda case: case["name"])
def test_filters_make_what_the_case_says_to_within_one_code(case):
    before = np.array(case["before"], dtype=np.uint8).reshape(case["shape"])
    after = apply(before, read(*case["adjustments"]))
    assert list(after.shape) == case["after_shape"]
    wanted = np.array(case["after"]).reshape(case["after_shape"])
    assert np.abs(after.astype(int) - wanted).max() <= 1


def test_a_curves_samples_have_the_documented_values():
    (curve,) = read({"kind": "curves", "points": [[0, 0], [0.5, 0.75], [1, 1]]})
    samples = curve_samples(curve) * 255
    known = {32: 55.496, 64: 107.969, 96: 154.394, 127: 190.749, 128: 191.25, 224: 246.644}
    assert {index: round(float(samples[index]), 3) for index in known} == known
