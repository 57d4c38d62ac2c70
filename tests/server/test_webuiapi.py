"""The client that scripts for A1111 use, talking to a real server."""

from __future__ import annotations

import base64
import io
import threading
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
import webuiapi
from PIL import Image

from tests.server.engines import quick_recipe
from tests.server.process import served

SMALL = {"width": 64, "height": 64, "steps": 3, "sampler_name": "Euler", "seed": 7}


def client_of(server, **options):
    parts = urlsplit(server.address)
    return webuiapi.WebUIApi(host=parts.hostname, port=parts.port, **options)


@pytest.fixture(scope="module")
def api(painter):
    return client_of(painter)


@pytest.fixture(scope="module")
def painted(api):
    return api.txt2img(prompt="a cat", **SMALL)


def test_txt2img_gives_pictures_that_tell_how_they_were_made(painted):
    assert painted.image.size == (64, 64)
    assert painted.info["seed"] == 7
    assert painted.image.text["parameters"].startswith("a cat\n")
    assert painted.info["infotexts"][0] == painted.image.text["parameters"]


def test_a_batch_counts_seeds_up_and_its_pictures_are_those_made_alone(api, painted):
    batch = api.txt2img(prompt="a cat", **SMALL, batch_size=2)
    assert batch.info["all_seeds"] == [7, 8]
    assert np.array_equal(batch.images[0], painted.image)


def test_hires_makes_it_larger(api):
    larger = api.txt2img(prompt="a cat", **SMALL, enable_hr=True, hr_scale=2, hr_upscaler="Latent")
    assert larger.image.size == (128, 128)


def test_img2img_and_inpainting_paint_over_a_picture(api, painted):
    over = api.img2img(images=[painted.image], prompt="a dog", denoising_strength=0.6, **SMALL)
    assert over.image.size == (64, 64)
    assert not np.array_equal(over.image, painted.image)
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (32, 0, 64, 64))
    inside = api.img2img(
        images=[painted.image],
        mask_image=mask,
        mask_blur=0,
        inpainting_fill=1,
        inpaint_full_res=False,
        prompt="a dog",
        **SMALL,
    )
    before, after = (np.asarray(each.convert("RGB")) for each in (painted.image, inside.image))
    assert np.array_equal(before[:, :32], after[:, :32])
    assert not np.array_equal(before[:, 32:], after[:, 32:])


def test_extras_enlarge(api, painted):
    one = api.extra_single_image(image=painted.image, upscaler_1="Lanczos", upscaling_resize=2)
    assert one.image.size == (128, 128)
    assert "Lanczos" in one.info
    many = api.extra_batch_images(
        images=[painted.image, painted.image], upscaler_1="Nearest", upscaling_resize=1.5
    )
    assert [image.size for image in many.images] == [(96, 96), (96, 96)]


def test_png_info_reads_a_picture_back(painter, painted):
    buffer = io.BytesIO()
    info = webuiapi.webuiapi.PngImagePlugin.PngInfo()
    info.add_text("parameters", painted.image.text["parameters"])
    painted.image.save(buffer, "PNG", pnginfo=info)
    image = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    told = painter.post("/sdapi/v1/png-info", {"image": image}).json()
    assert told["parameters"]["Seed"] == "7"
    assert told["items"] == {}


def test_options_are_set_used_and_kept(api, painted):
    title = api.get_options()["sd_model_checkpoint"]
    assert title
    api.util_set_model(title, find_closest=False)
    try:
        api.set_options({"CLIP_stop_at_last_layers": 2, "samples_format": "jpg"})
        assert api.get_options()["CLIP_stop_at_last_layers"] == 2
        skipped = api.txt2img(prompt="a cat", **SMALL)
        assert skipped.image.format == "JPEG"
        assert skipped.info["clip_skip"] == 2
        assert skipped.info["infotexts"][0].count("Clip skip: 2") == 1
    finally:
        api.set_options({"CLIP_stop_at_last_layers": 1, "samples_format": "png"})
    overridden = api.txt2img(
        prompt="a cat", **SMALL, override_settings={"CLIP_stop_at_last_layers": 2}
    )
    assert overridden.info["clip_skip"] == 2
    assert np.array_equal(api.txt2img(prompt="a cat", **SMALL).image, painted.image)


def test_everything_that_can_be_listed_is_listed(api):
    assert "Euler" in api.util_get_sampler_names()
    assert "Karras" in [entry["label"] for entry in api.get_schedulers()]
    assert "Lanczos" in [entry["name"] for entry in api.get_upscalers()]
    assert "Latent" in [entry["name"] for entry in api.get_latent_upscale_modes()]
    assert "x/y/z plot" in api.get_scripts()["txt2img"]
    for method in (
        "get_cmd_flags", "get_sd_vae", "get_loras", "get_sd_models", "get_hypernetworks",
        "get_face_restorers", "get_realesrgan_models", "get_prompt_styles", "get_embeddings",
        "get_memory", "util_get_model_names", "refresh_checkpoints",
    ):  # fmt: skip
        getattr(api, method)()


def test_a_plot_is_a_sheet_of_pictures_each_a_job_of_its_own(api, painted):
    arguments = ["CFG Scale", "3, 7", None, "Steps", "2-3", None, "Nothing", "", None]
    arguments += [True, True, False, False, False, False, False, 0, True]
    plot = api.txt2img(prompt="a cat", **SMALL, script_name="X/Y/Z plot", script_args=arguments)
    sheet, *cells = plot.images
    assert len(cells) == 4
    assert sheet.size[0] > 128
    assert "Script: X/Y/Z plot" in plot.info["infotexts"][0]
    assert np.array_equal(cells[3], painted.image)


def test_other_scripts_run_too(api, painted):
    matrix = api.txt2img(
        prompt="a cat|in ink", **SMALL, script_name="Prompt matrix", script_args=[]
    )
    assert len(matrix.images) == 3
    lines = [True, False, "start", "a cat\n--prompt a dog --steps 2"]
    listed = api.txt2img(**SMALL, script_name="Prompts from file or textbox", script_args=lines)
    assert listed.info["all_prompts"] == ["a cat", "a dog"]
    assert listed.info["all_seeds"] == [7, 8]
    loop = api.img2img(
        images=[painted.image],
        **SMALL,
        script_name="Loopback",
        script_args=[2, 0.5, "Linear", "None"],
    )
    assert loop.info["all_seeds"] == [7, 8]


def test_progress_is_told_and_an_interrupted_call_answers(tmp_path):
    with served(tmp_path / "data", quick_recipe(step_s=0.05)) as server:
        api = client_of(server)
        assert api.get_progress()["state"]["job_count"] == 0
        result = []

        def paint():
            result.append(api.txt2img(prompt="slow", steps=1000, width=64, height=64))

        thread = threading.Thread(target=paint)
        thread.start()
        seen = wait_for(
            lambda: server.get("/sdapi/v1/progress").json(), lambda it: it["current_image"]
        )
        assert 0.01 < seen["progress"] < 1
        assert seen["eta_relative"] > 0
        assert seen["state"]["sampling_steps"] == 1000
        Image.open(io.BytesIO(base64.b64decode(seen["current_image"]))).load()
        api.interrupt()
        thread.join(30)
        assert result[0].images == []
        assert server.get("/api/queue").json()["counts"] == {"cancelled": 1}


def wait_for(look, is_there):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = look()
        if is_there(found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"never came: {found}")


def test_a_login_is_what_the_client_knows_it_as(tmp_path):
    with served(tmp_path / "data", password="open-sesame") as server:
        api = client_of(server, username="anybody", password="open-sesame")
        assert api.get_samplers()
        assert (
            client_of(server).session.get(f"{server.address}/sdapi/v1/samplers").status_code == 401
        )
