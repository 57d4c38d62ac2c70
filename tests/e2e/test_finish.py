"""Finish: what the browser shows is what the server makes."""

from __future__ import annotations

import base64
import io

import httpx2
import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE_MS

SHOWN = """() => {
  const canvas = document.querySelector("canvas.after");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let at = 0; at < data.length; at += 8192) {
    text += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return { width: canvas.width, height: canvas.height, data: btoa(text) };
}"""


def test_the_preview_of_tones_colours_and_crop_is_the_servers_result(page, studio, shoot, tmp_path):
    open_picture(page, studio, tmp_path)
    add(page, "Levels")
    press(page, page.get_by_role("slider", name="Gamma"), "Shift+ArrowLeft")
    press(page, page.get_by_role("slider", name="Black input"), "Shift+ArrowRight", times=2)
    add(page, "Curves")
    page.get_by_role("button", name="Add a point").click()
    press(page, page.get_by_role("button", name="Point 2 of 3"), "Shift+ArrowUp", times=3)
    add(page, "Colour")
    page.get_by_role("textbox", name="Hue").fill("25")
    page.get_by_role("textbox", name="Saturation").fill("40")
    add(page, "Brightness")
    page.get_by_role("textbox", name="Contrast").fill("0.15")
    add(page, "Crop")
    page.get_by_role("textbox", name="Width").fill("100")
    page.get_by_role("textbox", name="Left").fill("20")
    shoot(page, "finish-crop")
    page.get_by_role("button", name="Crop", exact=True, expanded=True).click()
    expect(page.get_by_text("100 × 90")).to_be_visible()
    before = settled(page)
    shoot(page, "finish-preview")

    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible(timeout=PATIENCE_MS)

    assert (settled(page) == before).all()
    assert (made(page, studio) == before).all()


def test_an_edit_survives_a_reload_and_can_be_undone(page, studio, tmp_path):
    open_picture(page, studio, tmp_path)
    add(page, "Brightness")
    page.get_by_role("textbox", name="Brightness").fill("0.5")
    bright = settled(page)
    page.reload()
    assert (settled(page) == bright).all()
    page.get_by_role("button", name="Brightness and contrast", exact=True, expanded=False).click()
    page.get_by_role("textbox", name="Brightness").fill("-0.5")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_enabled()
    page.get_by_role("textbox", name="Brightness").blur()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("textbox", name="Brightness")).to_have_value("0.5")
    assert (settled(page) == bright).all()


def test_a_finished_picture_is_saved_in_the_format_wanted(page, studio, tmp_path):
    open_picture(page, studio, tmp_path)
    add(page, "Straighten")
    page.get_by_role("button", name="A quarter right").click()
    page.get_by_role("radio", name="JPEG").check(force=True)
    with page.expect_download() as told:
        page.get_by_role("button", name="Export", exact=True).last.click()
    with Image.open(told.value.path()) as saved:
        assert (saved.format, saved.size) == ("JPEG", (90, 140))


def test_a_picture_that_was_only_opened_is_saved_as_it_is(page, studio, tmp_path):
    open_picture(page, studio, tmp_path)
    with page.expect_download() as told:
        page.get_by_role("button", name="Export", exact=True).last.click()
    with Image.open(told.value.path()) as saved, Image.open(tmp_path / "waves.png") as opened:
        assert (saved.format, saved.tobytes()) == ("PNG", opened.tobytes())


def open_picture(page, studio, folder):
    """A small picture of many colours, in hand, in Finish."""
    rows, columns = np.mgrid[0:90, 0:140]
    waves = [np.sin(rows / 9 + phase) * 60 + columns * 1.2 + 50 for phase in (0, 2, 4)]
    pixels = np.clip(np.stack(waves, axis=2), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "waves.png")
    page.goto(studio.address)
    page.locator("input[type=file]").first.set_input_files(folder / "waves.png")
    expect(page.get_by_role("img", name="The picture of the file")).to_be_visible()
    page.goto(f"{studio.address}/#/finish")
    expect(page.get_by_text("140 × 90").first).to_be_visible()


def add(page, name):
    """A step, whose controls are then open."""
    group = page.get_by_role("group", name="Add an adjustment")
    group.get_by_role("button", name=name, exact=True).click()


def press(page, target, key, times=1):
    """Keys on what then has the focus."""
    target.focus()
    for _ in range(times):
        page.keyboard.press(key)


def settled(page):
    """The pixels of the preview, once it shows what was asked for."""
    expect(page.locator("[aria-busy]:has(> * > canvas.after)")).to_have_attribute(
        "aria-busy", "false"
    )
    told = page.evaluate(SHOWN)
    pixels = np.frombuffer(base64.b64decode(told["data"]), np.uint8)
    return pixels.reshape(told["height"], told["width"], 4)[..., :3]


def made(page, studio):
    """The pixels of the file that the server keeps of the picture in hand."""
    id_ = page.evaluate("JSON.parse(localStorage.getItem('velatura/1/in-hand')).id")
    answer = httpx2.get(f"{studio.address}/api/pictures/{id_}/file")
    with Image.open(io.BytesIO(answer.content)) as file:
        return np.asarray(file.convert("RGB"))
