"""How smoothly the web studio scrolls through a large library, in a headless Chromium."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.browser import FLAGS, studio
from benchmarks.library import PICTURES, fill
from benchmarks.rows import Row
from velatura.database import migrate, open_database
from velatura.jobs import Queue
from velatura.server.web import STATIC

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.options import Options

SPEEDS = (1500, 5000, 60_000)
"""Pixels a second: reading along, looking for something, pulling the bar."""

SECONDS = 6
LOOKS = 200
"""Different thumbnails."""

SCROLL = """async ({ speed, seconds }) => {
  const box = document.querySelector('[role=listbox]');
  const frame = () => new Promise(requestAnimationFrame);
  const frames = [];
  let nodes = 0;
  box.scrollTop = box.scrollHeight / 3;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const start = await frame();
  for (let last = start; last < start + 1000 * seconds; ) {
    const now = await frame();
    frames.push(now - last);
    box.scrollTop += speed * (now - last) / 1000;
    nodes = Math.max(nodes, box.querySelectorAll('*').length);
    last = now;
  }
  return { frames, nodes };
}"""


class Scrolled(TypedDict):
    """What the page tells: the time of each frame in ms, and the most nodes of the grid."""

    frames: list[float]
    nodes: int


def scrolling(options: Options) -> list[Row]:
    """Rows about scrolling; none where there is no Chromium, or no web application."""
    chromium = shutil.which("chromium")
    if chromium is None or not (STATIC / "index.html").is_file():
        return []
    folder = options.folder / "scrolling"
    _prepare(folder)
    with studio(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/#/library")
        page.get_by_role("listbox", name="Pictures").get_by_role("option").first.wait_for()
        rows = [row for speed in SPEEDS for row in _scroll(page, speed)]
        browser.close()
    return rows


def _scroll(page: Page, speed: int) -> list[Row]:
    told: Scrolled = page.evaluate(SCROLL, {"speed": speed, "seconds": SECONDS})
    frames = np.array(told["frames"])
    average = float(frames.mean())
    return [
        Row(
            what=f"A frame while {PICTURES:,} pictures scroll by at {speed:,} pixels a second",
            values=[average],
            unit="ms",
            bar=20.0,
            note=f"{1000 / average:.0f} frames a second; p95 {np.percentile(frames, 95):.0f} ms",
        ),
        Row(what="... nodes of the grid, at most", values=[told["nodes"]], unit="", bar=300),
    ]


def _prepare(folder: Path) -> None:
    """A data folder with a full library, and with a thumbnail of each picture."""
    queue = Queue(folder)
    home, thumbnails = queue.folder.database, queue.folder.thumbnails
    queue.close()
    database = open_database(f"sqlite:///{home}")
    migrate(database)
    fill(database)
    database.close()
    (thumbnails / "00").mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(1)
    looks = [thumbnails / "00" / f"{number:064x}-256.webp" for number in range(LOOKS)]
    for look in looks:
        soft = Image.fromarray(draw.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((256, 256))
        buffer = io.BytesIO()
        soft.save(buffer, "WEBP", quality=80)
        look.write_bytes(buffer.getvalue())
    for number in range(LOOKS, PICTURES):
        (thumbnails / "00" / f"{number:064x}-256.webp").hardlink_to(looks[number % LOOKS])
