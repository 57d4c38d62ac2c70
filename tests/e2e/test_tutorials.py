"""Both tutorials, from the first word to the exported file, by mouse and keyboard alone."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.hands import LONG_MS, choose, enter, expect_view, field, write, write_small
from velatura.metadata import read_story


def stage(page, name):
    """Go to a stage by its link at the top."""
    page.locator("header").get_by_role("link", name=name, exact=True).click()
    expect_view(page, name)


def press(page, name):
    """Press a button, once it can be pressed."""
    button = page.get_by_role(
        "button", name=name, exact=True
    ).last  # the head of a section is first
    expect(button).to_be_enabled(timeout=LONG_MS)
    button.click()


def stroke(page, *points):
    """Draw on the canvas: points in shares of its width and height."""
    box = page.get_by_role("application", name="Drawing").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def exported(page):
    """What the browser keeps of an export."""
    with page.expect_download(timeout=LONG_MS) as download:
        press(page, "Export")
    return download.value.path().read_bytes()


def finish(page):
    """Levels and a crop, applied by exporting."""
    expect(page.get_by_role("group", name="Add an adjustment")).to_be_visible(timeout=LONG_MS)
    press(page, "Levels")
    page.get_by_role("textbox", name="Gamma").fill("1.2")
    return exported(page)


def build_prompt(page):
    write(page, "Prompt", "portrait of a (woman:1.1) with [blonde:red:0.8] hair")
    page.get_by_role("button", name="oil painting", exact=True).click()
    expect(field(page, "Prompt")).to_have_value(
        "portrait of a (woman:1.1) with [blonde:red:0.8] hair, oil painting"
    )
    expect(page.get_by_text("tokens").first).to_be_visible()


def compare_checkpoints(page):
    page.get_by_role("button", name="Paint with").click()
    expect(page.get_by_role("button", name="Choose").first).to_be_enabled(timeout=LONG_MS)


def compose(page):
    """Four at once; squint."""
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-picture]")).to_have_count(4, timeout=LONG_MS)
    page.get_by_role("slider", name="Squint").fill("6")


def pick(page):
    """Rate the third one, and send it on to Inpaint."""
    third = page.locator("[data-picture]").nth(2)
    third.click()
    page.keyboard.press("4")
    expect(third).to_have_accessible_name(re.compile("4 of 5"))
    page.keyboard.press("Enter")


def repair(page):
    """A mask over a part, painted anew."""
    expect(page.get_by_role("application", name="Drawing")).to_be_visible(timeout=LONG_MS)
    stroke(page, (0.45, 0.4), (0.55, 0.45), (0.5, 0.5))
    write(page, "Steps", 4)
    choose(page, "Pictures", 1)
    press(page, "Paint anew")
    expect(page.get_by_role("button", name="Accept")).to_be_visible(timeout=LONG_MS)


def enlarge(page):
    """Four times, by the upscaler that is quickest."""
    upscaler = page.get_by_role("combobox", name="Upscaler").first
    upscaler.click()
    upscaler.fill("Lanczos")
    upscaler.press("Enter")
    press(page, "Upscale")
    expect(page.get_by_text("the result is in hand")).to_be_visible(timeout=LONG_MS)


def test_from_a_prompt_to_a_finished_portrait(page, studio, shoot):
    enter(page, studio, "compose")
    write_small(page, steps=4, side=128, batch=4)
    stage(page, "Prompt")
    build_prompt(page)
    shoot(page, "portrait-1-prompt")
    press(page, "Go on to Model")
    compare_checkpoints(page)
    shoot(page, "portrait-2-model")
    page.get_by_role("button", name="Choose").first.click()
    stage(page, "Compose")
    compose(page)
    shoot(page, "portrait-3-compose")
    pick(page)
    repair(page)
    shoot(page, "portrait-4-inpaint")
    press(page, "Accept")
    stage(page, "Upscale")
    enlarge(page)
    shoot(page, "portrait-5-upscale")
    stage(page, "Finish")
    data = finish(page)
    shoot(page, "portrait-6-finish")
    assert Image.open(io.BytesIO(data)).size == (512, 512)
    story = read_story(data)
    assert "portrait of a (woman:1.1)" in story.text
    assert story.is_exact


def test_from_a_sketch_to_a_finished_apple(page, studio, shoot):
    enter(page, studio, "sketch")
    expect(page.get_by_role("application", name="Drawing")).to_be_visible()
    for name in ("Width", "Height"):  # of the canvas; the picture follows
        page.get_by_role("textbox", name=name, exact=True).first.fill("128")
    page.get_by_role("button", name="White", exact=True).click()
    page.get_by_role("textbox", name="Hex").fill("b01818")
    stroke(page, (0.4, 0.5), (0.5, 0.4), (0.6, 0.5), (0.5, 0.6), (0.4, 0.5), (0.5, 0.5))
    write(page, "Prompt", "flat illustration of a red apple")
    write(page, "Steps", 6)
    choose(page, "Pictures", 1)
    shoot(page, "apple-1-sketch")
    press(page, "Paint from the sketch")
    expect(page.get_by_role("button", name="Use result as canvas")).to_be_visible(timeout=LONG_MS)
    shoot(page, "apple-2-round")

    press(page, "Use result as canvas")
    stroke(page, (0.5, 0.35), (0.52, 0.25))
    press(page, "Paint from the sketch")
    expect(page.get_by_role("button", name="Take in hand")).to_be_visible(timeout=LONG_MS)
    press(page, "Take in hand")
    shoot(page, "apple-3-second-round")

    stage(page, "Finish")
    data = finish(page)
    shoot(page, "apple-4-finish")
    story = read_story(data)
    assert "flat illustration of a red apple" in story.text
    assert len(story.parents) == 1
