"""``velatura adjust``, as a shell calls it."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from velatura.adjust import ADJUSTMENTS, apply
from velatura.cli.adjust import OPTIONS
from velatura.library import open_picture
from velatura.metadata import encode_picture, read_story
from velatura.metadata.exif import EXIF_HEADER, exif_block
from velatura.metadata.raster import encode_raster
from velatura.records import (
    Adjust,
    AutoLevels,
    BrightnessContrast,
    Crop,
    Curves,
    HueSaturation,
    Levels,
    Picture,
    Resize,
    Rotate,
    Sharpen,
    Txt2Img,
)

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RAMP = (np.arange(20 * 30 * 3) * 7 % 251).reshape(20, 30, 3).astype(np.uint8)
ISSUE = """[
{"kind":"levels","channel":"value","low_input":0.1,"high_input":0.9,"gamma":1.3,"low_output":0,"high_output":1},
{"kind":"auto_levels"},
{"kind":"curves","channel":"blue","type":"smooth","points":[[0,0],[0.5,0.6],[1,1]]},
{"kind":"brightness_contrast","brightness":0.2,"contrast":0.3},
{"kind":"hue_saturation","range":"all","hue":40,"lightness":10,"saturation":30,"overlap":0},
{"kind":"crop","left":0,"top":0,"width":20,"height":10},
{"kind":"resize","width":64,"height":32,"kernel":"lanczos"},
{"kind":"rotate","degrees":1.5}]"""


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "in.png"
    path.write_bytes(encode_raster(RAMP, "png", {}))
    return path


def test_a_document_is_applied_and_the_path_told(velatura, picture, tmp_path):
    (tmp_path / "list.json").write_text(ISSUE)
    ran = velatura("adjust", str(picture), "--adjustments", "list.json", "--out", "out.png")
    assert (ran.code, ran.out) == (0, "out.png\n")
    written = open_picture(tmp_path / "out.png").bitmap
    assert isinstance(written.origin.request, Adjust)
    wanted = written.origin.request.adjustments
    assert [adjustment.kind for adjustment in wanted][-1] == "rotate"
    assert np.array_equal(written.array, apply(RAMP, wanted))


def test_every_kind_has_an_option_and_they_apply_in_the_told_order(velatura, picture, tmp_path):
    words = (
        "--sharpen 0.5,2 --resize 12x --kernel box --saturation 20 --contrast -0.1 "
        "--levels red:0.1,1.3,0.9,0,0.8 --auto-levels --crop 10x9+2+1 --rotate 90"
    )
    curves = ("--curve", "0,0 0.5,0.6 1,1", "--curve", "blue:0,0 1,0.5")
    ran = velatura("adjust", str(picture), *words.split(), *curves, "--out", "out.png")
    assert ran.code == 0, ran.err
    request = open_picture(tmp_path / "out.png").bitmap.origin.request
    assert request.adjustments == (
        Rotate(degrees=90.0),
        Crop(width=10, height=9, left=2, top=1),
        AutoLevels(),
        Levels(channel="red", low_input=0.1, gamma=1.3, high_input=0.9, high_output=0.8),
        Curves(points=((0.0, 0.0), (0.5, 0.6), (1.0, 1.0))),
        Curves(channel="blue", points=((0.0, 0.0), (1.0, 0.5))),
        BrightnessContrast(contrast=-0.1),
        HueSaturation(saturation=20.0),
        Resize(width=12, kernel="box"),
        Sharpen(amount=0.5, radius=2.0),
    )
    kinds = list(dict.fromkeys(each.kind for each in request.adjustments))
    assert kinds == list(OPTIONS)
    assert set(kinds) == set(ADJUSTMENTS)


def test_options_come_after_the_document(velatura, picture, tmp_path):
    (tmp_path / "list.json").write_text('[{"kind": "crop", "width": 5, "height": 4}]')
    words = ("--adjustments", "list.json", "--resize", "x8", "--out", "out.png")
    assert velatura("adjust", str(picture), *words).code == 0
    assert open_picture(tmp_path / "out.png").bitmap.size == (10, 8)


def test_a_folder_gets_a_numbered_file_of_the_same_name(velatura, picture, tmp_path):
    ran = velatura("adjust", str(picture), "--auto-levels", "--out", "made", "--json")
    told = json.loads(ran.out)
    assert told["path"] == "made/00001-in.png"
    assert (told["width"], told["height"]) == (30, 20)
    assert (tmp_path / told["path"]).is_file()


def test_no_file_is_overwritten(velatura, picture, tmp_path):
    (tmp_path / "out.png").write_bytes(b"mine")
    ran = velatura("adjust", str(picture), "--out", "out.png")
    assert (ran.code, ran.out) == (4, "")
    assert "is there already" in ran.err
    assert (tmp_path / "out.png").read_bytes() == b"mine"


def test_sixteen_bits_alpha_profile_and_texts_are_kept(velatura, tmp_path):
    deep = (np.arange(4 * 5 * 4) * 811).reshape(4, 5, 4).astype(np.uint16)
    info = PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 8x8")
    info.add_text("Author", "me")
    options = {"pnginfo": info, "icc_profile": PROFILE}
    (tmp_path / "in.png").write_bytes(encode_raster(deep, "png", options))
    ran = velatura("adjust", "in.png", "--levels", "0,2,1", "--out", "out.png")
    assert ran.code == 0, ran.err
    out = open_picture(tmp_path / "out.png").bitmap
    assert out.profile == PROFILE
    assert np.array_equal(out.array, apply(deep, [Levels(gamma=2.0)]))
    story = read_story(tmp_path / "out.png")
    assert story.texts["Author"] == "me"
    assert story.text.startswith("a cat")


def test_sixteen_bits_are_rounded_for_jpeg_and_it_is_said(velatura, tmp_path):
    deep = np.full((8, 8, 3), 30000, np.uint16)
    (tmp_path / "in.png").write_bytes(encode_raster(deep, "png", {}))
    ran = velatura("adjust", "in.png", "--out", "out.jpg")
    assert ran.code == 0
    assert "rounded to 8" in ran.err
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.format == "JPEG"
        assert np.asarray(image)[4, 4].tolist() == [117, 117, 117]


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "webp", "png"])
def test_the_ending_says_the_format(velatura, picture, tmp_path, suffix):
    assert velatura("adjust", str(picture), "--out", f"out.{suffix}").code == 0
    with Image.open(tmp_path / f"out.{suffix}") as image:
        assert image.format == {"jpg": "JPEG", "webp": "WEBP"}.get(suffix, suffix.upper())


def test_a_painting_keeps_its_words_and_knows_what_became_of_it(velatura, tmp_path):
    painting = Picture(pixels=RAMP, request=Txt2Img(prompt="a green apple", seed=3))
    (tmp_path / "in.png").write_bytes(encode_picture(painting).data)
    assert velatura("adjust", "in.png", "--auto-levels", "--out", "out.jpg").code == 0
    story = read_story(tmp_path / "out.jpg")
    assert story.infotext.prompt == "a green apple"
    assert story.request.image.origin.request == painting.request
    assert story.source_type.endswith("trainedAlgorithmicMedia")


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "GIF", "WEBP", "JPEG"])
def test_other_files_are_taken_in(velatura, tmp_path, kind):
    buffer = io.BytesIO()
    Image.fromarray(RAMP).save(buffer, kind)
    (tmp_path / "in").write_bytes(buffer.getvalue())
    assert velatura("adjust", "in", "--rotate", "90", "--out", "out.png").code == 0
    assert open_picture(tmp_path / "out.png").bitmap.size == (20, 30)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--levels", "0.1,0.9"], "--levels: expected LOW,GAMMA,HIGH"),
        (["--levels", "0,x,1"], "--levels: expected numbers"),
        (["--levels", "0,nan,1"], "--levels: gamma: must be from 0.1 to 10.0, got nan"),
        (["--levels", "pink:0,1,1"], "--levels: no channel 'pink'; choose from value, red"),
        (["--levels", "alpha:0,1,1"], "--levels: channel: the picture has no alpha"),
        (["--curve", "0,0"], "--curve: points: a smooth curve needs from 2"),
        (["--curve", "0,0 1"], "--curve: expected points"),
        (["--curve", "0,0 1,2"], "--curve: points[1][1]: expected a number from 0 to 1"),
        (["--crop", "5"], "--crop: expected WxH+X+Y"),
        (["--crop", "5x5+26+0"], "--crop: width: the rectangle ends at 31, but .* 30x20"),
        (["--crop", "0x5+0+0"], "--crop: width: must be from 1"),
        (["--resize", "x"], "--resize: width: give a width, a height or both"),
        (["--resize", "big"], "--resize: expected WxH"),
        (["--resize", "30000x30000"], "--resize: width: the picture would have 30000x30000"),
        (["--rotate", "720"], "--rotate: degrees: must be from -360"),
        (["--rotate", "nan"], "--rotate: degrees: must be"),
        (["--sharpen", "1,2,3"], "--sharpen: expected AMOUNT"),
        (["--brightness", "2"], "--brightness: must be from -1.0 to 1.0"),
        (["--hue", "999"], "--hue: must be from -180.0"),
        (["--resize", "5x5", "--kernel", "soft"], "kernel"),
        (["--adjustments", "none.json"], "--adjustments: none.json: cannot be read"),
        (["--out", "out.tif"], "--out: out.tif: files end in one of .png, .jpg"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(velatura, picture, tmp_path, words, said):
    out = [] if "--out" in words else ["--out", "out.png"]
    ran = velatura("adjust", str(picture), *words, *out)
    assert (ran.code, ran.out) == (2, "")
    assert re.search(re.escape(said).replace(r"\.\*", ".*"), ran.err), ran.err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "adjustments: not readable as JSON"),
        ("{}", "adjustments: expected a list of objects"),
        ('[{"kind": "levels"}, {"kind": "levels", "gamma": 0}]', "adjustments[1].gamma: must be"),
        ('[{"kind": "blur"}]', "adjustments[0].kind: 'blur' is not one of levels, auto_levels"),
    ],
)
def test_a_document_that_cannot_be_is_refused_by_position(
    velatura, picture, tmp_path, document, said
):
    (tmp_path / "list.json").write_text(document)
    ran = velatura("adjust", str(picture), "--adjustments", "list.json", "--out", "out.png")
    assert (ran.code, ran.out) == (2, "")
    assert f"--adjustments: {said}" in ran.err


def test_a_picture_with_alpha_is_no_jpeg(velatura, tmp_path):
    (tmp_path / "in.png").write_bytes(encode_raster(np.zeros((4, 4, 4), np.uint8), "png", {}))
    ran = velatura("adjust", "in.png", "--out", "out.jpg")
    assert (ran.code, ran.out) == (2, "")
    assert "hold no transparency" in ran.err
    assert not (tmp_path / "out.jpg").exists()


def test_without_an_adjustment_the_picture_is_written_as_it_is_and_that_is_said(velatura, picture):
    ran = velatura("adjust", str(picture), "--out", "out.webp")
    assert (ran.code, ran.err) == (
        0,
        "note: no adjustment was asked for: the picture is written as it is\n",
    )


def test_a_missing_picture_is_no_picture(velatura):
    assert velatura("adjust", "none.png").code == 5


WORDS = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7.0, Seed: 1, Size: 30x20"


@pytest.mark.parametrize("name", ["out.png", "out.jpg", "out.webp"])
def test_the_words_of_a_jpeg_by_another_program_are_kept(velatura, tmp_path, name):
    data = encode_raster(RAMP, "jpeg", {"exif": EXIF_HEADER + exif_block(WORDS)})
    (tmp_path / "in.jpg").write_bytes(data)
    assert velatura("adjust", "in.jpg", "--auto-levels", "--out", name).code == 0
    assert read_story(tmp_path / name).text == WORDS


def test_words_that_a_jpeg_cannot_hold_are_not_lost_silently(velatura, tmp_path):
    info = PngInfo()
    info.add_text("parameters", "cat " * 20_000)
    (tmp_path / "in.png").write_bytes(encode_raster(RAMP, "png", {"pnginfo": info}))
    ran = velatura("adjust", "in.png", "--out", "out.jpg")
    assert (ran.code, ran.out) == (2, "")
    assert "texts do not fit" in ran.err
    assert not (tmp_path / "out.jpg").exists()
