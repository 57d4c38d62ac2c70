"""OpenAI's own client against a real process."""

from __future__ import annotations

import base64
import io

import numpy as np
import openai
import pytest
from PIL import Image

from tests.server.process import served
from velatura.jobs import fake_recipe
from velatura.metadata import read_story
from velatura.records import Img2Img, Inpaint

TOKEN = "a-token-for-tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("openai") / "data"
    with served(data_dir, fake_recipe(), token=TOKEN) as running:
        running.client.headers["authorization"] = f"Bearer {TOKEN}"
        yield running


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(
        base_url=f"{server.address}/v1", api_key=TOKEN, max_retries=0, timeout=60
    ) as made:
        yield made


def opened(entry):
    return Image.open(io.BytesIO(base64.b64decode(entry.b64_json)))


def story(entry):
    return read_story(base64.b64decode(entry.b64_json))


def file(mode="RGB", size=(64, 48), colour="navy", hole=None):
    image = Image.new(mode, size, colour)
    if hole:
        image.paste((0, 0, 0, 0), hole)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return ("picture.png", buffer.getvalue(), "image/png")


def test_pictures_come_as_asked_for(client):
    answer = client.images.generate(
        prompt="a teapot", n=2, size="128x64", quality="high", response_format="b64_json"
    )
    assert answer.created > 1_700_000_000
    assert [opened(entry).size for entry in answer.data] == [(128, 64)] * 2
    first, second = (story(entry).request for entry in answer.data)
    assert (first.prompt, first.steps) == ("a teapot", 30)
    assert second.seed == first.seed + 1


def test_pictures_are_told_by_an_address_of_ours_that_serves_them(client, server):
    (entry,) = client.images.generate(prompt="a cup", model="dall-e-3").data
    assert entry.b64_json is None
    assert entry.url.startswith(f"{server.address}/api/pictures/")
    assert read_story(server.client.get(entry.url).content).request.prompt == "a cup"


@pytest.mark.parametrize(("output", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP"), ("png", "PNG")])
def test_pictures_come_in_the_format_asked_for_with_their_story(client, output, kind):
    (entry,) = client.images.generate(
        model="gpt-image-1", prompt="a spoon", output_format=output, output_compression=60
    ).data
    assert opened(entry).format == kind
    assert story(entry).request.prompt == "a spoon"


def test_what_is_transparent_in_the_mask_is_painted_anew(client):
    (entry,) = client.images.edit(
        image=file(),
        mask=file("RGBA", hole=(0, 0, 32, 48)),
        prompt="a window",
        response_format="b64_json",
    ).data
    request = story(entry).request
    assert isinstance(request, Inpaint)
    mask = request.mask.array[..., 0]
    assert mask.shape == (48, 64)
    assert np.all(mask[:, :32] == 255)
    assert np.all(mask[:, 32:] == 0)
    assert opened(entry).size == (64, 48)


def test_a_picture_with_a_hole_is_its_own_mask(client):
    (entry,) = client.images.edit(
        image=file("RGBA", hole=(0, 0, 64, 8)), prompt="sky", response_format="b64_json"
    ).data
    request = story(entry).request
    assert request.mask.array[..., 0].sum() == 64 * 8 * 255
    assert request.image.array.shape == (48, 64, 3)


def test_a_picture_without_a_hole_is_painted_over_as_a_whole(client):
    (entry,) = client.images.edit(
        image=[file()], prompt="at night", size="96x64", response_format="b64_json"
    ).data
    request = story(entry).request
    assert isinstance(request, Img2Img)
    assert not isinstance(request, Inpaint)
    assert opened(entry).size == (96, 64)


def test_the_checkpoints_are_the_models(client):
    names = [model.id for model in client.models.list()]
    assert names
    assert client.models.retrieve(names[0]).owned_by == "velatura"
    (entry,) = client.images.generate(
        model=names[0], prompt="a fork", response_format="b64_json"
    ).data
    assert story(entry).request.checkpoint == names[0]


def test_unknown_models_do_not_exist(client):
    for ask in (
        lambda: client.models.retrieve("no-such-model"),
        lambda: client.images.generate(prompt="x", model="no-such-model"),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            ask()
        assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 32001}, "prompt"),
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"size": "100x100"}, "size"),
        ({"size": "0x64"}, "size"),
        ({"size": "99992x99992"}, "width"),
        ({"quality": "best"}, "quality"),
        ({"background": "transparent"}, "background"),
        ({"stream": True}, "stream"),
        ({"extra_body": {"colour": "red"}}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_in_their_words(client, options, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(**({"prompt": "a plate"} | options))
    assert caught.value.type == "invalid_request_error"
    assert caught.value.param == param
    assert caught.value.body["message"]


@pytest.mark.parametrize(
    ("files", "param"),
    [
        ({"image": ("x.png", b"no picture", "image/png")}, "image"),
        ({"image": file(), "mask": file("RGBA", (32, 32), (0, 0, 0, 0))}, "mask"),
        ({"image": file(), "mask": file()}, "mask"),
        ({"image": [file(), file()]}, "image"),
    ],
)
def test_pictures_that_cannot_be_edited_are_refused(client, files, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(prompt="x", **files)
    assert caught.value.param == param


def test_whoever_has_no_key_is_turned_away_in_their_words(server):
    with (
        openai.OpenAI(
            base_url=f"{server.address}/v1", api_key="wrong-wrong", max_retries=0
        ) as stranger,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        stranger.images.generate(prompt="x")
    assert caught.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("images/edits", {"json": {"prompt": "x"}}),
        ("images/edits", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}),
        ("images/edits", {"files": {"other": b"x"}, "data": {"prompt": "x"}}),
        ("images/generations", {"json": {"prompt": 5}}),
        ("images/generations", {"content": b"{", "headers": {"content-type": "application/json"}}),
        ("images/variations", {"json": {}}),
    ],
)
def test_malformed_calls_are_the_callers_fault(server, path, options):
    answer = server.client.post(f"/v1/{path}", **options)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["type"] == "invalid_request_error"
