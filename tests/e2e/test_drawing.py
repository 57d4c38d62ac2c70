"""Drawing with the mouse: a sketch becomes a picture, a part of a picture is painted anew."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import SCREENSHOTS, watched
from tests.e2e.hands import enter, only_lost, write

FEW_STEPS = "4"
SMALL = "128"
SOON_MS = 30_000
PAINTED_MS = 240_000
"""The first picture waits for the model, on a machine that has more to do."""


STILL = """async () => {
  const canvas = document.querySelector(".stage canvas");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let before = ""; ; ) {
    const { x, y, width, height } = canvas.getBoundingClientRect();
    const now = [x, y, width, height, canvas.width, canvas.height].join();
    if (now === before) return;
    before = now;
    for (let count = 0; count < 4; count++) await frame();
  }
}"""
"""Until the canvas has stood still for some frames: what comes and goes around it moves it."""


def middle(page):
    page.evaluate(STILL)
    box = page.get_by_role("application", name="Drawing").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def stroke(page, points):
    x, y = middle(page)
    (dx, dy), *others = points
    page.mouse.move(x + dx, y + dy)
    page.mouse.down()
    for dx, dy in others:
        page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


def quickly(page):
    """One small picture, in few steps."""
    write(page, "Steps", FEW_STEPS)
    for side in ("Width", "Height"):  # those before, if any, are the canvas's
        page.get_by_role("textbox", name=side, exact=True).last.fill(SMALL)
    page.get_by_role("group", name="Pictures").get_by_text("1", exact=True).click()


def ring(radius):
    turns = [2 * math.pi * step / 12 for step in range(13)]
    return [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]


def colour_at(page, dx, dy):
    """What the lower canvas shows, away from its middle."""
    return page.evaluate(
        """([dx, dy]) => {
          const canvas = document.querySelector(".stage canvas");
          const [x, y] = [canvas.width / 2 + dx, canvas.height / 2 + dy];
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3);
        }""",
        [dx, dy],
    )


def soon(page, dx, dy, colour):
    """Wait until the canvas shows a colour, away from its middle."""
    for _ in range(SOON_MS // 50):
        if (found := colour_at(page, dx, dy)) == colour:
            return
        page.wait_for_timeout(50)
    page.screenshot(path=SCREENSHOTS / "canvas-otherwise.png")
    assert found == colour


def kept_since(page, moment):
    """Wait until the browser has kept what was drawn, at a moment or later."""
    page.evaluate(
        """async ([moment, end]) => {
          const answer = (asked) =>
            new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
          const opened = await answer(indexedDB.open("velatura"));
          const kept = () =>
            answer(opened.transaction("drawings").objectStore("drawings").get("1/sketch/canvas"));
          while (!((await kept())?.time >= moment)) {
            if (Date.now() > end) throw new Error("nothing was kept");
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          opened.close();
        }""",
        [moment, moment + SOON_MS],
    )


RED, WHITE = [200, 30, 30], [255, 255, 255]


@pytest.fixture
def sketch(page, studio):
    enter(page, studio, "sketch")
    expect(page.get_by_role("application", name="Drawing")).to_be_visible()
    page.get_by_role("button", name="Colour #c81e1e").click()
    return page


def test_a_stroke_is_seen_undone_and_kept_over_a_reload(sketch):
    stroke(sketch, ring(80))
    soon(sketch, 80, 0, RED)
    sketch.keyboard.press("Control+z")
    soon(sketch, 80, 0, WHITE)
    before = sketch.evaluate("Date.now()")
    sketch.keyboard.press("Control+Shift+z")
    soon(sketch, 80, 0, RED)
    kept_since(sketch, before + 350)  # it is not kept sooner
    sketch.reload()
    expect(sketch.get_by_role("application", name="Drawing")).to_be_visible()
    soon(sketch, 80, 0, RED)


def test_escape_leaves_a_stroke_off(sketch):
    x, y = middle(sketch)
    sketch.mouse.move(x - 60, y)
    sketch.mouse.down()
    sketch.mouse.move(x + 60, y, steps=5)
    soon(sketch, 0, 0, RED)
    sketch.keyboard.press("Escape")
    soon(sketch, 0, 0, WHITE)
    sketch.mouse.up()
    expect(sketch.get_by_role("button", name="Undo").first).to_be_disabled()


def test_an_apple_is_drawn_painted_and_painted_over_again(sketch, shoot):
    for radius in (20, 50, 80):
        stroke(sketch, ring(radius))
    sketch.get_by_label("Prompt", exact=True).fill("flat illustration of a red apple")
    quickly(sketch)
    sketch.get_by_role("button", name="Paint from the sketch").click()
    use = sketch.get_by_role("button", name="Use result as canvas")
    use.click(timeout=PAINTED_MS)
    expect(use).to_be_hidden()
    stroke(sketch, [(-40, -60), (40, -60)])
    soon(sketch, 0, -60, RED)
    shoot(sketch, "sketch-second-round")
    sketch.get_by_role("button", name="Paint from the sketch").click()
    expect(use).to_be_visible(timeout=PAINTED_MS)
    expect(sketch.get_by_role("region", name="Rounds").get_by_role("listitem")).to_have_count(2)


def mask(page, studio):
    """Paint a picture, take it in hand, and mask a part of it; answers the picture."""
    job = studio.paint(prompt="flat illustration of a red apple", width=128, height=128)
    page.goto(studio.address)
    made = studio.done(job)["pictures"][0]
    page.evaluate(
        "made => localStorage.setItem('velatura/1/in-hand', JSON.stringify(made))",
        {"id": made["id"], "width": 128, "height": 128, "from": "library"},
    )
    page.goto(f"{studio.address}/#/inpaint")
    page.reload()
    expect(page.get_by_role("application", name="Drawing")).to_be_visible()
    expect(page.get_by_role("button", name="Paint anew")).to_be_disabled()
    stroke(page, [(-60, 0), (60, 0)])
    return made


def test_a_masked_part_is_painted_anew_and_accepted(page, studio, shoot):
    made = mask(page, studio)
    page.get_by_text("Only masked").click()
    page.get_by_label("Prompt", exact=True).fill("a green leaf")
    quickly(page)
    page.get_by_role("button", name="Paint anew").click()
    expect(page.get_by_role("slider", name="Before and after")).to_be_visible(timeout=PAINTED_MS)
    shoot(page, "inpaint-result")
    page.keyboard.press("Enter")
    expect(page.get_by_text("it is the picture in hand now")).to_be_visible()
    in_hand = page.evaluate("JSON.parse(localStorage.getItem('velatura/1/in-hand')).id")
    assert in_hand != made["id"]


def test_a_mask_on_its_way_outlives_the_page_and_is_painted_once(
    page, context, stoppable, complaints
):
    mask(page, stoppable)
    quickly(page)
    write(page, "Prompt", "a leaf, once")
    page.route("**/api/bitmaps", lambda _: None)  # an upload that never comes to its end
    with page.expect_request("**/api/bitmaps"):
        page.get_by_role("button", name="Paint anew").click()
    stoppable.stop()
    page.close()
    stoppable.start()
    tab = watched(context.new_page(), complaints)
    enter(tab, stoppable, "inpaint")
    expect(tab.get_by_role("button", name="Try again")).to_be_visible()
    (job,) = stoppable.jobs_of("a leaf, once")
    assert stoppable.done(job)["request"]["kind"] == "inpaint"
    tab.reload()
    enter(tab, stoppable, "inpaint")
    assert len(stoppable.jobs_of("a leaf, once")) == 1
    only_lost(complaints)
