"""Upscale: what is forecast comes true, and any spot can be compared."""

from __future__ import annotations

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE_MS, watched
from tests.e2e.hands import enter


def test_a_picture_is_enlarged_as_forecast_and_compared(page, studio, shoot, tmp_path):
    open_picture(page, studio, tmp_path)
    choose(page, "Upscaler", "Lanczos")
    page.get_by_role("textbox", name="Factor").fill("3")
    expect(forecast(page, "Result")).to_have_text("288 × 192 · 3×")
    expect(forecast(page, "Tiles")).to_have_text("1")
    expect(forecast(page, "Time")).to_have_text("unknown yet")
    page.get_by_role("button", name="Upscale", exact=True).click()
    loupe = page.get_by_role("group", name="The same spot before and after")
    after = loupe.get_by_role("img", name="After")
    expect(after).to_be_visible(timeout=PATIENCE_MS)
    before = loupe.get_by_role("img", name="Before")
    assert_drawn_alike(before, after)
    assert after.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [288, 192]
    assert before.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [96, 64]
    expect(forecast(page, "Time")).to_contain_text("about")
    shoot(page, "upscale-compared")


def test_a_size_is_covered_and_cut_to(page, studio, tmp_path):
    open_picture(page, studio, tmp_path)
    choose(page, "Upscaler", "Bicubic")
    page.get_by_role("radio", name="Size").check(force=True)
    expect(page.get_by_text("Give a width, a height or both.")).to_be_visible()
    page.get_by_role("textbox", name="Width").fill("150")
    page.get_by_role("textbox", name="Height").fill("150")
    page.get_by_role("checkbox", name="Cut to this size exactly").check()
    expect(forecast(page, "Result")).to_contain_text("150 × 150")
    page.get_by_role("button", name="Upscale", exact=True).click()
    expect(page.get_by_text("150 × 150", exact=True)).to_be_visible(timeout=PATIENCE_MS)


def test_a_restorer_without_weights_says_what_to_bring(page, studio, shoot, tmp_path):
    open_picture(page, studio, tmp_path)
    choose(page, "Upscaler", "Nearest")
    page.get_by_role("radio", name="CodeFormer").check(force=True)
    page.get_by_role("radio", name="Before").check(force=True)
    page.get_by_role("button", name="Upscale and restore", exact=True).click()
    told = page.get_by_role("alert").filter(has_text="codeformer-v0.1.0.pth")
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    shoot(page, "upscale-refused")


def test_both_jobs_are_done_and_followed_though_the_page_is_closed(
    page, context, studio, complaints, tmp_path
):
    open_picture(page, studio, tmp_path)
    choose(page, "Upscaler", "Lanczos")
    page.get_by_role("radio", name="Painting").check(force=True)
    studio.post("/api/queue/pause")
    with page.expect_response("**/api/workflows") as sent:
        page.get_by_role("button", name="Upscale and restore", exact=True).click()
    run = sent.value.json()
    expect(page.get_by_text("Job 1 of 2: starting")).to_be_visible()
    page.close()
    studio.post("/api/queue/resume")
    tab = watched(context.new_page(), complaints)
    enter(tab, studio, "upscale")
    expect(tab.get_by_role("button", name="Upscale and restore", exact=True)).to_be_enabled()
    expect(tab.get_by_role("img", name="After")).to_be_visible()
    ended = studio.get(f"/api/workflows/{run['id']}")
    assert [(stage["kind"], stage["status"]) for stage in ended["stages"]] == [
        ("upscale", "done"),
        ("detail", "done"),
    ]
    assert in_hand(tab) == ended["stages"][-1]["picked"]


def open_picture(page, studio, folder):
    """A small picture, in hand, in Upscale."""
    rows, columns = np.mgrid[0:64, 0:96]
    pixels = np.stack([columns * 2, rows * 3, (rows // 8 + columns // 8) % 2 * 200], axis=2)
    Image.fromarray(pixels.astype(np.uint8)).save(folder / "tiles.png")
    page.goto(studio.address)
    page.locator("input[type=file]").first.set_input_files(folder / "tiles.png")
    expect(page.get_by_role("img", name="The picture of the file")).to_be_visible()
    page.goto(f"{studio.address}/#/upscale")
    expect(page.get_by_role("combobox", name="Upscaler", exact=True)).to_be_visible()


def choose(page, menu, name):
    """An entry of a menu, found by typing."""
    field = page.get_by_role("combobox", name=menu, exact=True)
    field.click()
    field.fill(name)
    page.get_by_role("option", name=name).first.click()


def in_hand(page):
    """The id of the picture in hand."""
    return page.evaluate("JSON.parse(localStorage.getItem('velatura/1/in-hand')).id")


def forecast(page, name):
    """A line of the forecast."""
    return page.locator("dl div").filter(has=page.locator("dt", has_text=name)).locator("dd")


def assert_drawn_alike(before, after):
    """Both pictures stand alike in their panes, read at one moment: panes grow with the page."""
    places = "(before, after) => [before, after].map(({ style }) => style.cssText)"
    first, second = before.evaluate(places, after.element_handle())
    assert first == second
