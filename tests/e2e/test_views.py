"""Every view, as it is opened for the first time."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT
from tests.e2e.hands import drop

VIEWS = (
    *("welcome", "prompt", "model", "compose", "inpaint", "upscale", "finish"),
    *("sketch", "library", "queue", "inspect"),
)
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_view_opens_without_an_error_and_can_be_used_by_everybody(page, studio, shoot, theme):
    page.goto(studio.address)
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    if page.evaluate("document.documentElement.dataset.theme") != theme:
        page.get_by_role("button", name="Dark or light").click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for view in VIEWS:
        page.goto(f"{studio.address}/#/{view}")
        expect(page.locator("#work")).to_be_visible()
        page.wait_for_load_state("networkidle")
        shoot(page, f"view-{view}-{theme}")
        assert barriers(page) == [], view


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("view", ["inpaint", "sketch"])
def test_an_open_canvas_can_be_used_by_everybody(page, studio, shoot, view, theme):
    page.goto(studio.address)
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    if page.evaluate("document.documentElement.dataset.theme") != theme:
        page.get_by_role("button", name="Dark or light").click()
    with page.expect_response("**/api/bitmaps"):
        drop(page, "apple.png", apple())
    page.goto(f"{studio.address}/#/{view}")
    expect(page.get_by_role("application", name="Drawing")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    shoot(page, f"canvas-{view}-{theme}")
    assert barriers(page) == []


def apple():
    """A picture file."""
    buffer = io.BytesIO()
    Image.new("RGB", (128, 96), (190, 40, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def barriers(page):
    """What keeps people out: what axe finds serious or critical."""
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
