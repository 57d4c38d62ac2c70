from __future__ import annotations

import json

import numpy as np
import pytest

from velatura.errors import RequestError
from velatura.records import Adjust, Bitmap, Curves, Hires, Levels, Txt2Img
from velatura.records.plain import Reader, at, read_json, to_plain

IMAGE = Bitmap(np.zeros((2, 3, 3), np.uint8))
REQUEST = Adjust(image=IMAGE, adjustments=(Levels(gamma=2.0), Curves(points=((0, 0), (1, 0.5)))))


def test_records_within_lists_come_back_by_their_kinds():
    plain = json.loads(json.dumps(to_plain(REQUEST)))
    assert plain["image"] == {"id": IMAGE.id}
    assert plain["adjustments"][1]["points"] == [[0, 0], [1, 0.5]]
    assert Reader({IMAGE.id: IMAGE}).record(Adjust, plain, "") == REQUEST


def test_an_unknown_bitmap_is_only_remembered():
    told = Reader().record(Adjust, {"image": {"id": IMAGE.id}}, "")
    assert told.image == IMAGE
    assert told.image.pixels is None


@pytest.mark.parametrize(
    ("kind", "values", "message", "field"),
    [
        (Txt2Img, {"mood": 1}, "request: unknown setting 'mood'", "mood"),
        (Txt2Img, {"hires": {"mood": 1}}, "hires: unknown setting 'mood'", "hires.mood"),
        (Txt2Img, {"hires": {"scale": 99}}, "hires.scale: must be from", "hires.scale"),
        (Txt2Img, {"steps": 0}, "steps: must be from", "steps"),
        (Adjust, {}, "request: image is missing", "image"),
        (
            Adjust,
            {"image": {"id": "a"}, "adjustments": [{"kind": "levels"}, {"kind": "blur"}]},
            "adjustments[1].kind: 'blur' is not one of levels",
            "adjustments[1].kind",
        ),
        (
            Adjust,
            {"image": {"id": "a"}, "adjustments": [{"kind": "levels", "gamma": 0}]},
            "adjustments[0].gamma: must be from",
            "adjustments[0].gamma",
        ),
        (
            Adjust,
            {"image": {"id": "a"}, "adjustments": {"kind": "levels"}},
            "adjustments: expected a list",
            "adjustments",
        ),
    ],
)
def test_a_refusal_names_the_place(kind, values, message, field):
    with pytest.raises(RequestError) as caught:
        Reader().record(kind, values, "", what="request")
    assert str(caught.value).startswith(message)
    assert caught.value.field == field


def test_none_stands_for_a_record_that_is_left_out():
    assert Reader().record(Txt2Img, {"hires": None}, "") == Txt2Img()
    assert Reader().record(Txt2Img, {"hires": {}}, "") == Txt2Img(hires=Hires())


def test_positions_join_from_the_outside_in():
    with pytest.raises(RequestError) as caught, at("list[2]"), at("hires"):
        raise RequestError("scale: too large", field="scale")
    assert str(caught.value) == "list[2].hires.scale: too large"
    assert caught.value.field == "list[2].hires.scale"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_text_that_is_no_json_says_what_it_should_have_been(text):
    with pytest.raises(RequestError, match=r"^workflow: not readable as JSON"):
        read_json(text, "workflow")
