from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust import strategies
from velatura.adjust import ADJUSTMENTS, adjustments_from_json, adjustments_to_json
from velatura.errors import RequestError
from velatura.records import Curves, Levels, Resize


@given(st.lists(strategies.adjustments, max_size=5))
def test_every_list_comes_back_equal(adjustments):
    assert adjustments_from_json(adjustments_to_json(adjustments)) == tuple(adjustments)


def test_what_is_left_out_has_its_default():
    assert adjustments_from_json('[{"kind": "levels"}]') == (Levels(),)
    assert adjustments_from_json("[]") == ()


def test_points_may_say_that_they_are_corners():
    text = '[{"kind": "curves", "points": [[0, 0], [0.5, 0.2, "corner"], [1, 1, "smooth"]]}]'
    points = ((0, 0), (0.5, 0.2, "corner"), (1, 1, "smooth"))
    assert adjustments_from_json(text) == (Curves(points=points),)


@pytest.mark.parametrize("clamp", [True, False])
def test_clamp_stands_for_both_clamps(clamp):
    text = json.dumps([{"kind": "levels", "clamp": clamp}])
    assert adjustments_from_json(text) == (Levels(clamp_input=clamp, clamp_output=clamp),)


@pytest.mark.parametrize(
    ("name", "ours"), [("none", "nearest"), ("cubic", "bicubic"), ("lanczos", "lanczos")]
)
def test_kernels_answer_to_gimps_names(name, ours):
    text = json.dumps([{"kind": "resize", "width": 9, "kernel": name}])
    assert adjustments_from_json(text) == (Resize(width=9, kernel=ours),)


@pytest.mark.parametrize("kind", ADJUSTMENTS)
def test_every_kind_is_named_as_its_record_names_itself(kind):
    assert ADJUSTMENTS[kind].record.__dataclass_fields__["kind"].default == kind


FREEHAND = '{"kind": "curves", "type": "freehand", "values": '


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "adjustments: not readable as JSON"),
        ("[" * 100_000, "adjustments: not readable as JSON"),
        ("{}", "adjustments: expected a list"),
        ("[3]", r"adjustments\[0\]: expected an object"),
        ("[{}]", r"adjustments\[0\]\.kind: None is not one of levels, auto_levels"),
        ('[{"kind": ["levels"]}]', r"adjustments\[0\]\.kind: \['levels'\] is not one of"),
        (
            '[{"kind": "levels", "gama": 1}]',
            r"adjustments\[0\]: unknown setting 'gama'; did you mean gamma",
        ),
        (
            '[{"kind": "auto_levels"}, {"kind": "levels", "gamma": 0}]',
            r"\[1\]\.gamma: must be from",
        ),
        ('[{"kind": "levels", "gamma": NaN}]', r"\[0\]\.gamma: must be from"),
        ('[{"kind": "levels", "low_input": -0.1}]', r"\[0\]\.low_input: must be from 0"),
        ('[{"kind": "levels", "low_input": true}]', r"\[0\]\.low_input: expected float"),
        ('[{"kind": "levels", "channel": "luma"}]', r"\[0\]\.channel: 'luma' is not one of"),
        ('[{"kind": "levels", "clamp": 1}]', r"\[0\]\.clamp_input: expected bool"),
        ('[{"kind": "curves"}]', r"\[0\]\.points: a smooth curve needs from 2"),
        ('[{"kind": "curves", "points": [[0, 0]]}]', "needs from 2 to 256 points, got 1"),
        ('[{"kind": "curves", "points": [0, 0, 1, 1]}]', r"points\[0\]: expected an input and"),
        ('[{"kind": "curves", "points": [[0, 0], [1, 2]]}]', r"points\[1\]\[1\]: .* from 0 to 1"),
        ('[{"kind": "curves", "points": [[0, 0], [1, NaN]]}]', r"points\[1\]\[1\]: .* got nan"),
        ('[{"kind": "curves", "points": [[0, 0], [1, "1"]]}]', r"points\[1\]\[1\]: expected a"),
        ('[{"kind": "curves", "points": [[0, 0], [1, 1, "bent"]]}]', r"points\[1\]: expected an"),
        ('[{"kind": "curves", "points": [[0, 0], {"x": 1}]}]', r"points\[1\]: expected an"),
        ('[{"kind": "curves", "points": 3}]', r"adjustments\[0\]\.points: expected a list"),
        (f"[{FREEHAND}{[0.5] * 255}}}]", r"\[0\]\.values: .* needs 256 values, got 255"),
        (f"[{FREEHAND}{[0.5] * 255 + [1.5]}}}]", r"\[0\]\.values\[255\]: .* from 0 to 1"),
        (f'[{FREEHAND}[], "points": [[0, 0], [1, 1]]}}]', "points: a freehand curve has none"),
        ('[{"kind": "hue_saturation", "hue": 181}]', r"\[0\]\.hue: must be from -180"),
        ('[{"kind": "crop", "width": 5}]', r"adjustments\[0\]: height is missing"),
        ('[{"kind": "crop", "width": 5, "height": 0}]', r"\[0\]\.height: must be from 1"),
        ('[{"kind": "crop", "left": -1, "width": 5, "height": 1}]', r"\[0\]\.left: must be from 0"),
        ('[{"kind": "crop", "width": 5.5, "height": 1}]', r"\[0\]\.width: expected int"),
        ('[{"kind": "resize"}]', r"\[0\]\.width: give a width, a height or both"),
        ('[{"kind": "resize", "width": 5, "kernel": "sinc"}]', r"\[0\]\.kernel: 'sinc' is not"),
        ('[{"kind": "rotate", "degrees": 1e9}]', r"\[0\]\.degrees: must be from -360"),
        ('[{"kind": "rotate", "degrees": Infinity}]', r"\[0\]\.degrees: must be from"),
        ('[{"kind": "sharpen", "radius": 0}]', r"\[0\]\.radius: must be from 0\.1"),
    ],
)
def test_what_cannot_be_is_refused_by_position(text, message):
    with pytest.raises(RequestError, match=message):
        adjustments_from_json(text)


def test_the_field_at_fault_is_named():
    with pytest.raises(RequestError) as caught:
        adjustments_from_json('[{"kind": "levels"}, {"kind": "levels", "gamma": 99}]')
    assert caught.value.field == "adjustments[1].gamma"
