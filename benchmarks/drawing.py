"""How soon a stroke of the web studio is seen, and how soon undone, in a headless Chromium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.browser import FLAGS, studio
from benchmarks.rows import Row
from velatura.server.web import STATIC

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from benchmarks.options import Options

SIDE = 2048
BRUSHES = (40, 300)
STROKES = 6
MOVES = 24

WATCH = """() => {
  // After the page's own drawing, in the same frame: a pixel is fetched back, so that nothing
  // of what was drawn is still waiting.
  window.waits = { pointermove: [], keydown: [] };
  for (const kind of Object.keys(window.waits)) {
    window.addEventListener(kind, (event) => {
      if (kind === "keydown" && event.key !== "z") return;
      requestAnimationFrame(() => {
        const canvas = document.querySelector(".stage canvas");
        canvas.getContext("2d").getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1);
        window.waits[kind].push(performance.now() - event.timeStamp);
      });
    });
  }
}"""


def drawing(options: Options) -> list[Row]:
    """Rows about drawing; none where there is no Chromium, or no web application."""
    chromium = shutil.which("chromium")
    if chromium is None or not (STATIC / "index.html").is_file():
        return []
    with studio(options.folder / "drawing") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/#/sketch")
        page.get_by_label("Width").first.fill(str(SIDE))
        page.get_by_label("Height").first.fill(str(SIDE))
        page.get_by_role("button", name="White", exact=True).click()
        page.evaluate(WATCH)
        rows = [row for size in BRUSHES for row in _draw(page, size)]
        browser.close()
    return rows


def _draw(page: Page, size: int) -> list[Row]:
    """Strokes across the canvas with a brush, and all of them undone."""
    page.get_by_role("spinbutton", name="Size").fill(str(size))
    page.keyboard.press("Tab")
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] / 2 - 250, box["y"] + box["height"] / 2 - 200
    page.evaluate("() => { window.waits.pointermove = []; window.waits.keydown = []; }")
    for stroke in range(STROKES):
        page.mouse.move(left, top + 60 * stroke)
        page.mouse.down()
        for move in range(MOVES):
            page.mouse.move(left + 20 * move, top + 60 * stroke + 40 * (move % 2))
        page.mouse.up()
    stage.focus()
    for _ in range(STROKES):
        page.keyboard.press("Control+z")
        page.wait_for_timeout(100)
    waits: dict[str, list[float]] = page.evaluate("() => window.waits")
    what = f"{SIDE} x {SIDE}, a brush of {size} pixels"
    return [
        _row(f"A stroke is seen, {what}", waits["pointermove"], 16.0),
        _row("... and undone", waits["keydown"], 30.0),
    ]


def _row(what: str, waits: list[float], bar: float) -> Row:
    return Row(
        what=what,
        values=[float(np.median(waits))],
        unit="ms",
        bar=bar,
        note=f"p95 {np.percentile(waits, 95):.0f} ms of {len(waits)}",
    )
