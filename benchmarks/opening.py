"""How soon the web studio can be used once its address is opened, in a headless Chromium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, TypedDict

from playwright.sync_api import sync_playwright

from benchmarks.browser import FLAGS, studio
from benchmarks.rows import Row
from velatura.server.web import STATIC

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from benchmarks.options import Options

VIEWS = ("compose", "inpaint", "finish", "library")

WATCH = """
window.usable = new Promise((resolve) => {
  // After the frame in which the view and its primary button came, a click or a key reaches them.
  const look = () => {
    if (!document.querySelector("main#work") || !document.querySelector("footer button")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
});
"""

TELL = """async () => {
  const milliseconds = await window.usable;
  const loads = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const code = loads.filter((load) => !new URL(load.name).pathname.startsWith("/api/"));
  return { milliseconds, bytes: code.reduce((sum, load) => sum + load.transferSize, 0) };
}"""


class Opened(TypedDict):
    """What the page tells: when it could be used, and the bytes of it that were transferred."""

    milliseconds: float
    bytes: int


def opening(options: Options) -> list[Row]:
    """Rows about opening a page; none where there is no Chromium, or no web application."""
    chromium = shutil.which("chromium")
    if chromium is None or not (STATIC / "index.html").is_file():
        return []
    with studio(options.folder / "opening") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        rows = [row for view in VIEWS for row in _open(browser, address, view, options.repeats)]
        browser.close()
    return rows


def _open(browser: Browser, address: str, view: str, repeats: int) -> list[Row]:
    """A view, each time by a browser that has seen nothing of the studio before."""
    told: list[Opened] = []
    for _ in range(repeats):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/#/{view}")
        told.append(page.evaluate(TELL))
        context.close()
    return [
        Row(
            what=f"From opening {view} until it can be used, nothing cached",
            values=[each["milliseconds"] for each in told],
            unit="ms",
            bar=1000.0,
        ),
        Row(
            what="... transferred for it, compressed",
            values=[each["bytes"] / 1000 for each in told],
            unit="kB",
            bar=150.0,
        ),
    ]
