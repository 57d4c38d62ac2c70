"""How soon the studio shows what an adjustment does while it is dragged, in a headless Chromium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.browser import FLAGS, studio
from benchmarks.rows import Row
from velatura.server.web import STATIC

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.options import Options

SIDE = 2048
SECONDS = 5
PATIENCE_MS = 120_000

CONTROLS = {
    "Levels": "[role=slider][aria-label=Gamma]",
    "Curves": ".square button:nth-of-type(2)",
    "Brightness": "input[type=range][aria-label=Contrast]",
    "Colour": "input[type=range][aria-label=Hue]",
}
"""What adds each adjustment, and what is then dragged. Those before it stay in the list."""

WATCH = """
const put = CanvasRenderingContext2D.prototype.putImageData;
window.shown = [];
CanvasRenderingContext2D.prototype.putImageData = function (image, ...rest) {
  window.shown.push({ at: performance.now(), width: image.width });
  return put.call(this, image, ...rest);
};
"""

DRAG = """async ({ control, seconds }) => {
  const target = document.querySelector(control);
  const keys = ["ArrowUp", "ArrowDown"];
  const frame = () => new Promise(requestAnimationFrame);
  const start = await frame();
  window.shown.length = 0;
  for (let step = 0, now = start; now < start + 1000 * seconds; step++) {
    if (target.type === "range") {
      const share = 0.5 + 0.3 * Math.sin(step / 20);
      target.value = Number(target.min) + share * (target.max - target.min);
      target.dispatchEvent(new InputEvent("input", { bubbles: true }));
    } else {
      const key = keys[Math.floor(step / 40) % 2];
      target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    now = await frame();
  }
  return window.shown;
}"""


class Shown(TypedDict):
    """A picture that was drawn: when, in ms, and how wide."""

    at: float
    width: int


def finish_preview(options: Options) -> list[Row]:
    """Rows about the preview; none where there is no Chromium, or no web application."""
    chromium = shutil.which("chromium")
    if chromium is None or not (STATIC / "index.html").is_file():
        return []
    file = options.folder / "finish.png"
    _draw(file)
    with studio(options.folder / "finish") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(WATCH)
        page.goto(address)
        with page.expect_response("**/api/bitmaps"):
            page.locator("input[type=file]").first.set_input_files(file)
        page.goto(f"{address}/#/finish")
        rows = [_drag(page, name) for name in CONTROLS]
        browser.close()
    return rows


def _drag(page: Page, name: str) -> Row:
    group = page.get_by_role("group", name="Add an adjustment")
    group.get_by_role("button", name=name, exact=True).click()
    if name == "Curves":
        page.get_by_role("button", name="Add a point").click()
    page.wait_for_timeout(1500)
    told: list[Shown] = page.evaluate(DRAG, {"control": CONTROLS[name], "seconds": SECONDS})
    gaps = np.diff([each["at"] for each in told])
    average = float(gaps.mean())
    widths = sorted({each["width"] for each in told})
    return Row(
        what=f"A preview of {SIDE}×{SIDE} pixels while {name.lower()} is dragged",
        values=[average],
        unit="ms",
        bar=1000 / 30,
        note=f"{1000 / average:.0f} a second; median {np.median(gaps):.0f} ms; "
        f"p95 {np.percentile(gaps, 95):.0f} ms; shown {' and '.join(map(str, widths))} pixels wide",
    )


def _draw(file: Path) -> None:
    """A picture with as many colours as a photograph."""
    draw = np.random.default_rng(1)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    waves = [np.sin(rows * 9 + phase) * 70 + np.cos(columns * 7) * 40 + 128 for phase in range(3)]
    pixels = np.stack(waves, axis=2) + draw.normal(0, 6, (SIDE, SIDE, 3))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file)
