"""A real browser before a real studio; every console message of an error fails the test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.process import StudioProcess
from velatura.server.app import STATIC

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SIZE = {"width": 1440, "height": 900}
PATIENCE_MS = 90_000
# A lazy picture that is not in sight is never fetched, and waiting for it would never end.
DECODE_SHOWN = """Promise.allSettled([...document.images]
  .filter((image) => image.loading !== "lazy" || image.complete)
  .map((image) => image.decode()))"""


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, or else the one that Playwright brings."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("the web application is not built: make web")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(found).is_file():
            pytest.skip("there is no Chromium: install the system's, or run playwright install")
        started = playwright.chromium.launch(executable_path=found, args=[*FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="session")
def studio(browser, tmp_path_factory):
    """One studio for all tests: to start another one costs seconds."""
    del browser  # without one there is no use in starting it
    process = StudioProcess(tmp_path_factory.mktemp("studio"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def stoppable(studio):
    """The same, to be stopped and started; it runs again afterwards whatever happened."""
    yield studio
    if not studio.is_running:
        studio.start()


@pytest.fixture
def own_studio(browser, tmp_path):
    """A studio of the test's own, that has done nothing yet."""
    del browser
    process = StudioProcess(tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def context(browser):
    """What a visitor's browser keeps; empty at first."""
    opened = browser.new_context(viewport=SIZE, accept_downloads=True)
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def complaints():
    """What the console was told of errors; must be empty in the end, or be emptied."""
    told = []
    yield told
    assert told == []


@pytest.fixture
def page(context, complaints):
    """A tab."""
    return watched(context.new_page(), complaints)


def watched(tab, complaints):
    """The tab, once its errors are collected; violations of the page's policy are among them."""
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda told: told.type == "error" and complaints.append(told.text))
    return tab


@pytest.fixture(scope="session")
def shoot():
    """Keep a screenshot under a name, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(tab, name):
        tab.evaluate(DECODE_SHOWN)
        tab.screenshot(path=SCREENSHOTS / f"{name}.png")

    return keep
