"""Many clients at once: each gets the pictures that it would have got alone."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor

import httpx2
import numpy as np
import pytest
from PIL import Image

from tests.server.process import PATIENCE_S

SMALL = {"width": 64, "height": 64, "steps": 2}


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def photograph(number):
    dice = np.random.default_rng(number)
    return png(dice.integers(0, 256, (64, 64, 3), np.uint8))


def mask(number):
    """A hole of its own for each client."""
    pixels = np.zeros((64, 64), np.uint8)
    pixels[8 + number : 40 + number, 4 : 30 + number] = 255
    return png(pixels)


def paint_over(address, number):
    """A client of A1111's API that paints anew where its own mask is white; the pixels."""
    body = {
        "init_images": [photograph(number)],
        "mask": mask(number),
        "prompt": f"apple number {number}",
        "seed": 100 + number,
        "denoising_strength": 0.8,
        "mask_blur": 0,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        **SMALL,
    }
    answer = httpx2.post(f"{address}/sdapi/v1/img2img", json=body, timeout=4 * PATIENCE_S)
    assert answer.status_code == 200, answer.text
    (made,) = answer.json()["images"]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(made))).convert("RGB"))


@pytest.mark.parametrize("count", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_every_client_gets_the_picture_of_its_own_request_and_mask(painter, count):
    alone = [paint_over(painter.address, number) for number in range(count)]
    with ThreadPoolExecutor(count) as clients:
        together = list(
            clients.map(lambda number: paint_over(painter.address, number), range(count))
        )
    for number, (expected, found) in enumerate(zip(alone, together, strict=True)):
        assert np.array_equal(expected, found), f"client {number} got another picture"
    assert len({each.tobytes() for each in alone}) == count
