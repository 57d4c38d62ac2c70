"""Every view, as it is opened for the first time."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT
from tests.e2e.hands import drop, enter

VIEWS = (
    *("welcome", "prompt", "model", "compose", "inpaint", "upscale", "finish"),
    *("sketch", "library", "queue", "inspect"),
)
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""Of both themes, looked at in the dark one."""
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""Of the light one: what its other colours can change."""


def test_every_view_opens_without_an_error_and_can_be_used_by_everybody(page, studio, shoot):
    enter(page, studio, "welcome")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for view in VIEWS:
        enter(page, studio, view)
        assert_open_to_everybody(page, shoot, f"view-{view}")


@pytest.mark.parametrize("view", ["inpaint", "sketch"])
def test_an_open_canvas_can_be_used_by_everybody(page, studio, shoot, view):
    enter(page, studio, "welcome")
    with page.expect_response("**/api/bitmaps"):
        drop(page, "apple.png", apple())
    enter(page, studio, view)
    expect(page.get_by_role("application", name="Drawing")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert_open_to_everybody(page, shoot, f"canvas-{view}")


def assert_open_to_everybody(page, shoot, name):
    """Nothing keeps people out, in the dark and in the light."""
    for theme, rules in (("dark", RULES), ("light", COLOURS)):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        shoot(page, f"{name}-{theme}")
        assert barriers(page, rules) == [], (name, theme)
        page.get_by_role("button", name="Dark or light").click()


def apple():
    """A picture file."""
    buffer = io.BytesIO()
    Image.new("RGB", (128, 96), (190, 40, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def barriers(page, rules):
    """What keeps people out: what axe finds serious or critical."""
    found = page.evaluate("rules => axe.run({ runOnly: rules })", rules)
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
