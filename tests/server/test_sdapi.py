"""A1111's dialect: what it refuses, and how."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image


def post(studio, name, body):
    return studio.post(f"/sdapi/v1/{name}", body)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("img2img", {}, 404),
        ("img2img", {"init_images": []}, 404),
        ("img2img", {"init_images": ["no base64!"]}, 422),
        ("img2img", {"init_images": [base64.b64encode(b"no picture").decode()]}, 422),
        ("img2img", {"init_images": ["http://127.0.0.1/x.png"]}, 422),
        ("txt2img", {"script_name": "no such script"}, 422),
        ("txt2img", {"script_name": "loopback"}, 422),
        ("txt2img", {"alwayson_scripts": {"ControlNet": {"args": []}}}, 422),
        ("txt2img", {"alwayson_scripts": {"x/y/z plot": {"args": []}}}, 422),
        ("txt2img", {"alwayson_scripts": {"refiner": {"args": [True, "x", 0.8]}}}, 422),
        ("txt2img", {"refiner_checkpoint": "x"}, 422),
        ("txt2img", {"steps": 0}, 422),
        ("txt2img", {"scheduler": "no such schedule", "steps": 1}, 422),
        ("txt2img", {"enable_hr": True, "hr_upscaler": "no such upscaler"}, 422),
        ("txt2img", {"override_settings": {"CLIP_stop_at_last_layers": "two"}}, 422),
        ("txt2img", {"script_name": "x/y/z plot", "script_args": ["Steps", "one"]}, 422),
        ("txt2img", {"script_name": "x/y/z plot", "script_args": [1000, "1"]}, 422),
        ("extra-single-image", {"image": ""}, 422),
        ("extra-batch-images", {"imageList": []}, 422),
        ("png-info", {"image": ""}, 422),
        ("interrogate", {"image": ""}, 404),
        ("options", {"no_such_option": 1}, 422),
        ("options", {"samples_format": 3}, 422),
        ("options", {"sd_model_checkpoint": "no such file"}, 422),
        ("server-kill", {}, 501),
    ],
)
def test_what_cannot_be_is_refused_in_their_words(studio, name, body, status):
    answer = post(studio, name, body)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "detail", "body", "errors"}


@pytest.mark.parametrize(
    ("body", "place"),
    [({"steps": "many"}, ["body", "steps"]), ({"styles": "ink"}, ["body", "styles"])],
)
def test_a_field_of_a_wrong_type_is_refused_as_their_framework_does(studio, body, place):
    answer = post(studio, "txt2img", body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == place


def pictures_of(answer):
    told = answer.json()
    images = [Image.open(io.BytesIO(base64.b64decode(image))) for image in told["images"]]
    return images, json.loads(told["info"])["index_of_first_image"]


def test_the_rounds_of_a_loopback_come_behind_a_row_of_all(studio, png):
    body = {
        "init_images": [base64.b64encode(png).decode()],
        "width": 64,
        "height": 64,
        "steps": 1,
        "script_name": "loopback",
        "script_args": [3, 0.5, "Linear", "None"],
    }
    (row, *rounds), first = pictures_of(post(studio, "img2img", body))
    width, height = rounds[0].size
    assert (len(rounds), row.size) == (3, (3 * width, height))
    assert first == 1


def test_a_plot_of_one_page_gives_its_sheet_for_the_whole_and_for_the_page(studio):
    plot = ["Seed", "1, 2", [], "Steps", "1", [], "Nothing", "", []]
    body = {
        "width": 64,
        "height": 64,
        "script_name": "x/y/z plot",
        "script_args": [*plot, False, True, True, False],
    }
    (whole, page, *cells), first = pictures_of(post(studio, "txt2img", body))
    width, height = cells[0].size
    assert (len(cells), whole.size, page.size) == (2, (2 * width, height), (2 * width, height))
    assert first == 2


def test_an_unknown_sampler_is_the_first_one_and_an_unknown_checkpoint_is_passed_over(studio):
    body = {"steps": 1, "sampler_name": "Eulr", "override_settings": {"sd_model_checkpoint": "x"}}
    answer = post(studio, "txt2img", body)
    assert answer.status_code == 200
    job = studio.get("/api/jobs", params={"limit": 1}).json()["jobs"][0]
    assert job["request"]["sampler"] == "DPM++ 2M"
    assert job["request"]["checkpoint"] == ""


def test_null_is_the_default_and_unknown_fields_are_passed_over(studio):
    body = {"steps": 1, "width": None, "styles": None, "hr_upscaler": None, "something": 1}
    assert post(studio, "txt2img", body).json()["parameters"]["width"] == 512


def test_pictures_are_left_out_where_nobody_wants_them(studio):
    told = post(studio, "txt2img", {"steps": 1, "send_images": False}).json()
    assert told["images"] == []
    assert '"all_seeds"' in told["info"]


def test_an_infotext_fills_what_the_body_does_not_say(studio):
    text = (
        "a fox\nNegative prompt: rain\nSteps: 2, Sampler: Heun, Schedule type: Karras, "
        "CFG scale: 4.5, Seed: 11, Size: 64x128, FP8 weight: Enable, Clip skip: 2"
    )
    post(studio, "txt2img", {"infotext": text, "cfg_scale": 9})
    request = studio.get("/api/jobs", params={"limit": 1}).json()["jobs"][0]["request"]
    assert (request["prompt"], request["negative_prompt"]) == ("a fox", "rain")
    assert (request["steps"], request["sampler"], request["schedule"]) == (2, "Heun", "Karras")
    assert (request["width"], request["height"], request["clip_skip"]) == (64, 128, 2)
    assert (request["seed"], request["guidance_scale"]) == (11, 9)
    assert request["sampling"]["fp8"]


def test_a_failed_job_is_an_error_of_the_call(studio):
    answer = post(studio, "txt2img", {"prompt": "memory", "steps": 5})
    assert answer.status_code == 503
    assert answer.json()["error"] == "OutOfMemory"


def test_fixed_options_are_refused_silently(studio):
    assert post(studio, "options", {"api_enable_requests": True}).status_code == 200
    assert studio.get("/sdapi/v1/options").json()["api_enable_requests"] is False


def test_a_failed_cell_of_a_plot_is_blank_and_the_others_are_there(studio):
    arguments = ["Prompt S/R", "fine, memory", None, "Nothing", "", None, "Nothing", "", None]
    body = {"prompt": "fine", "steps": 4, "width": 64, "height": 64, "script_name": "x/y/z plot"}
    told = post(studio, "txt2img", {**body, "script_args": [*arguments, True, True]}).json()
    assert len(told["images"]) == 2  # the sheet, and the one cell that was painted
    arguments[1] = "fine, fine memory"
    body["prompt"] = "memory fine"
    assert post(studio, "txt2img", {**body, "script_args": arguments}).status_code == 503


def test_a_grid_comes_first_where_pictures_are_saved(studio):
    body = {"steps": 1, "width": 64, "height": 64, "batch_size": 2, "save_images": True}
    told = post(studio, "txt2img", body).json()
    assert len(told["images"]) == 3
    assert '"index_of_first_image": 1' in told["info"]
