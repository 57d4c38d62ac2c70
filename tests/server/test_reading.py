"""What the server understands of prompts and of picture files, before anything is painted."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def read_prompt(studio, prompt, **more):
    return studio.post("/api/prompts/read", {"prompt": prompt, **more})


def read_picture(studio, data, kind="image/png"):
    headers = {"Content-Type": kind}
    return studio.client.post("/api/pictures/read", content=data, headers=headers)


def with_texts(**texts):
    told = PngInfo()
    for name, text in texts.items():
        told.add_text(name, text)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, "PNG", pnginfo=told)
    return buffer.getvalue()


def test_a_prompt_is_read_with_tokens_weights_and_what_is_in_force_when(studio):
    reading = read_prompt(studio, "a [cat:dog:0.8], (smiling:1.3)", steps=10).json()
    (part,) = reading["parts"]
    assert [(it["first"], it["last"]) for it in part["schedule"]] == [(1, 9), (10, 10)]
    assert {"text": "smiling", "weight": 1.3} in part["schedule"][0]["chunks"][0]
    assert [token["text"] for token in part["schedule"][1]["chunks"][0]][1] == "dog"
    assert (reading["tokens_used"], reading["token_limit"]) == (4, 75)
    assert (reading["warnings"], reading["networks"]) == ([], [])


def test_a_sampler_that_calls_the_network_twice_a_step_changes_the_steps_not_their_number(studio):
    (part,) = read_prompt(studio, "[a|b] cat", steps=3, sampler="Heun").json()["parts"]
    assert part["schedule"][0]["first"] == 1
    assert max(it["last"] for it in part["schedule"] if it["last"]) == 3


def test_what_is_misread_is_told_with_its_place(studio):
    text = "a cat | dog"
    (warning,) = read_prompt(studio, text).json()["warnings"]
    assert text[warning["position"] :][: warning["length"]] == "|"
    assert "[a|b]" in warning["message"]


def test_tags_of_networks_are_told_and_whether_there_are_such(studio):
    prompt = "a house <lora:velatura-blueprint:0.8> <lora:none such:1>"
    known, unknown = read_prompt(studio, prompt).json()["networks"]
    assert (known["name"], known["arguments"]) == ("velatura-blueprint", ["0.8"])
    assert (known["is_known"], unknown["is_known"]) == (True, False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "<lora:x:heavy>"}, "prompt"),
        ({"prompt": "x", "steps": 0}, "steps"),
        ({"prompt": "x", "sampler": "Eulr"}, "sampler"),
        ({"prompt": "x", "text": {"padding": "no"}}, "text.padding"),
        ({"prompt": "x", "seed": 1}, "seed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(studio, body, field):
    answer = studio.post("/api/prompts/read", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


def test_an_error_in_a_prompt_has_its_position(studio):
    answer = read_prompt(studio, "a cat <lora:x:heavy>").json()
    assert answer["position"] == len("a cat ")


def test_a_picture_of_ours_tells_a_request_that_can_be_submitted_again(studio):
    made = studio.done(studio.submit(prompt="a quince", seed=21))["pictures"][0]
    data = studio.get(f"/api/pictures/{made['id']}/file").content
    told = read_picture(studio, data).json()
    assert (told["id"], told["is_exact"], told["missing"]) == (made["id"], True, [])
    assert told["fields"]["Seed"] == "21"
    again = studio.done(studio.submit(**told["request"]))
    assert again["pictures"][0]["id"] == made["id"]


def test_a_picture_of_a1111_tells_what_its_text_says(studio):
    text = "a pear\nNegative prompt: fog\nSteps: 7, Sampler: Euler a, Seed: 5, Size: 64x64, Foo: 1"
    told = read_picture(studio, with_texts(parameters=text)).json()
    assert (told["infotext"], told["is_exact"]) == (text, False)
    assert told["request"]["negative_prompt"] == "fog"
    assert told["request"]["steps"] == 7
    assert told["rest"] == {"Foo": "1"}


def test_a_picture_without_a_story_tells_nothing(studio, png):
    body = {"image": base64.b64encode(png).decode()}
    told = studio.post("/api/pictures/read", body).json()
    assert (told["width"], told["height"]) == (16, 8)
    assert (told["infotext"], told["request"], told["fields"]) == ("", None, {})


def test_pictures_that_a_story_speaks_of_and_that_are_not_here_are_named(studio):
    request = {"kind": "img2img", "image": {"id": "ab" * 32}, "prompt": "x"}
    story = json.dumps({"velatura": 2, "request": request})
    told = read_picture(studio, with_texts(velatura=story)).json()
    assert told["missing"] == ["image"]


@pytest.mark.parametrize(
    "texts",
    [
        {"velatura": "[" * 100_000},
        {"velatura": '{"velatura": 99, "request": {}}'},
        {"velatura": '{"velatura": 2, "request": {"prompt": "\\ud800"}}'},
        {"velatura": '{"velatura": 2, "request": {"kind": "img2img", "image": {"id": "../x"}}}'},
        {"velatura": '{"velatura": 2, "request": {"steps": 1e999}}'},
        {"parameters": 'a\nSteps: 1, Sampler: Euler, Foo: "\\ud800", Size: 8x8'},
        {"Software": "NovelAI", "Comment": '{"steps": 28, "uc": "\\ud800"}'},
        {"parameters": "Steps: " + "9" * 5000 + ", Sampler: \x00"},
        {"parameters": "<script>alert(1)</script>\nSteps: 1, Seed: <img src=x onerror=y>"},
        {"parameters": "a\n" + "x: y, " * 20_000},
    ],
)
def test_a_hostile_story_is_read_as_far_as_it_can_be(studio, texts):
    answer = read_picture(studio, with_texts(**texts))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"", "image/png", 422),
        (b"no picture", "image/png", 422),
        (b"\x89PNG\r\n\x1a\n", "image/webp", 422),
        (b"x", "text/plain", 415),
    ],
)
def test_what_is_no_picture_is_refused(studio, data, kind, status):
    assert read_picture(studio, data, kind).status_code == status
