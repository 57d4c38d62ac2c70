"""``velatura img2img``, ``inpaint``, ``outpaint`` and ``sd-upscale``."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from velatura import read_story

RAMP = np.add.outer(np.arange(64) * 3, np.arange(64) * 2) % 256
PIXELS = np.stack([RAMP, 255 - RAMP, RAMP // 2], axis=2).astype(np.uint8)


@pytest.fixture
def over(velatura, tiny_checkpoint, tmp_path):
    """Runs a command on a picture ``in.png`` with the tiny checkpoint, quickly, into ``out``."""
    Image.fromarray(PIXELS).save(tmp_path / "in.png")

    def run(command, *words):
        quick = ("--steps", 2, "--seed", 5, "--out", "out")
        return velatura(command, "in.png", "--models-dir", tiny_checkpoint.parent, *quick, *words)

    return run


def pixels(ran, line=0):
    return np.asarray(Image.open(ran.out.splitlines()[line]))


def test_a_picture_is_painted_over(over):
    ran = over("img2img", "a cat", "--strength", 0.5, "--noise-multiplier", 1.1)
    assert (ran.code, ran.out, ran.err) == (0, "out/00001-5.png\n", "")
    story = read_story("out/00001-5.png")
    assert story.request.kind == "img2img"
    assert "Denoising strength: 0.5" in story.text
    assert "Noise multiplier: 1.1" in story.text
    assert pixels(ran).shape == (64, 64, 3)


def test_rounds_begin_with_the_round_before(over):
    ran = over("img2img", "a cat", "--strength", 0.8, "--rounds", 3, "--final-strength", 0.2)
    assert ran.out.splitlines() == [f"out/0000{k}-{k + 4}.png" for k in (1, 2, 3)]
    stories = [read_story(path) for path in ran.out.splitlines()]
    assert [story.request.strength for story in stories] == pytest.approx([0.8, 0.5, 0.2])
    assert stories[1].request.image.id == stories[0].id
    assert stories[2].request.image.id == stories[1].id


def test_every_batch_of_rounds_begins_with_the_picture_itself(over):
    ran = over("img2img", "a cat", "--rounds", 2, "--count", 2)
    stories = [read_story(path) for path in ran.out.splitlines()]
    assert [story.request.seed for story in stories] == [5, 6, 7, 8]
    assert stories[2].request.image.id == stories[0].request.image.id


def test_a_mask_file_says_where_to_paint(over, tmp_path):
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    ran = over("inpaint", "a cat", "--mask", "mask.png", "--mask-blur", 0)
    assert ran.code == 0
    assert "seam: " in ran.err
    assert np.array_equal(pixels(ran)[mask == 0], PIXELS[mask == 0])
    assert not np.array_equal(pixels(ran), PIXELS)


@pytest.mark.parametrize(
    "words",
    [
        ("--mask-rect", "20,20,16,16"),
        ("--mask-ellipse", "20,20,16,16"),
        ("--mask-polygon", "20,20,36,20,28,36"),
        (
            "--mask-rect",
            "20,20,16,16",
            "--area",
            "masked",
            "--mask-padding",
            4,
            "--content",
            "fill",
        ),
    ],
)
def test_shapes_are_masks(over, words):
    ran = over("inpaint", "a cat", *words, "--mask-blur", 0, "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    painted = np.asarray(Image.open(told["path"]))
    assert np.array_equal(painted[:, :4], PIXELS[:, :4])
    assert not np.array_equal(painted, PIXELS)
    assert told["request"]["kind"] == "inpaint"


def test_a_mask_can_let_go_softly(over):
    ran = over("inpaint", "a cat", "--mask-rect", "20,20,16,16", "--soft", "--soft-contrast", 2)
    assert read_story(ran.out.strip()).request.soft.contrast == 2
    assert "Soft inpainting transition contrast boost: 2" in read_story(ran.out.strip()).text


def test_a_sketch_is_its_own_mask(over, tmp_path):
    sketched = PIXELS.copy()
    sketched[24:40, 24:40] = (250, 20, 20)
    Image.fromarray(sketched).save(tmp_path / "sketch.png")
    ran = over("inpaint", "a cat", "--sketch", "sketch.png", "--mask-blur", 1)
    assert ran.code == 0
    assert np.array_equal(pixels(ran)[:18], PIXELS[:18])


def test_what_is_transparent_is_painted(over, tmp_path):
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[30:] = 0
    Image.fromarray(np.dstack([PIXELS, alpha])).save(tmp_path / "in.png")
    ran = over("inpaint", "a cat", "--mask-transparent", "--mask-blur", 0)
    assert np.array_equal(pixels(ran)[:30], PIXELS[:30])


def test_a_picture_is_continued(over):
    ran = over("outpaint", "a cat", "--right", 32, "--mask-blur", 1, "--size", "64x64")
    assert pixels(ran).shape == (64, 128, 3)
    assert read_story(ran.out.strip()).request.kind == "outpaint"


def test_a_picture_is_enlarged_tile_by_tile(over):
    ran = over("sd-upscale", "a cat", "--by", 1.5, "--size", "64x64", "--overlap", 16)
    assert pixels(ran).shape == (96, 96, 3)
    assert "SD upscale overlap: 16" in read_story(ran.out.strip()).text


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        ("img2img", "--strength nan", "--strength: must be from 0.0 to 1.0, got nan"),
        ("img2img", "--strength 1.5", "--strength: must be from 0.0 to 1.0"),
        ("img2img", "--background red", "--background: expected a colour such as"),
        ("img2img", "--upscaler Lanczoss", "--upscaler: "),
        ("img2img", "--rounds 2 --batch 2", "--rounds: paints one picture after another"),
        ("inpaint", "", "--mask: say where to paint by one of --mask, --mask-rect"),
        ("inpaint", "--mask-rect 1,1,9,9 --mask-ellipse 1,1,9,9", "--mask: say where to paint"),
        ("inpaint", "--mask-rect 1,1,9", "--mask-rect: expected X,Y,WIDTH,HEIGHT"),
        ("inpaint", "--mask-rect 1,1,9,x", "--mask-rect: expected whole numbers"),
        ("inpaint", "--mask-rect 99,1,9,9", "--mask-rect: nothing of it lies in the picture"),
        ("inpaint", "--mask-polygon 1,1,9,9,3", "--mask-polygon: expected X,Y,X,Y"),
        ("inpaint", "--mask-transparent", "no transparency"),
        ("inpaint", "--mask-rect 1,1,9,9 --invert --mask-blur 999", "--mask-blur: must be"),
        ("inpaint", "--sketch in.png", "nothing is painted on the picture"),
        ("outpaint", "", "no side grows"),
        ("outpaint", "--left 100000", "--left: must be from 0 to 8192"),
        ("sd-upscale", "--by 0", "--by: must be above 0.0"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_the_option(over, tmp_path, command, words, said):
    ran = over(command, "a cat", *words.split())
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_empty_mask_is_refused(over, tmp_path):
    Image.new("L", (64, 64)).save(tmp_path / "mask.png")
    ran = over("inpaint", "a cat", "--mask", "mask.png")
    assert ran.code == 2
    assert "--mask: nothing in it is white" in ran.err


def test_a_picture_that_cannot_be_read_is_refused(over, tmp_path):
    (tmp_path / "in.png").write_bytes(b"\x89PNG\r\n\x1a\n then nothing")
    ran = over("img2img", "a cat")
    assert ran.code == 5
    assert "in.png: " in ran.err
