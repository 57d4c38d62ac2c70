"""What is asked for is foretold beside its button, once this machine knows how long it takes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.hands import LONG_MS, enter, write, write_small

ABOUT = re.compile(r"^about \d+ (s|min)")


def told(page):
    return page.get_by_role("complementary", name="Settings").get_by_text(ABOUT)


def test_what_was_painted_once_is_foretold_and_told_again_for_another_size(page, own_studio, shoot):
    asked = []
    page.on("request", lambda request: "forecast" in request.url and asked.append(request))
    enter(page, own_studio, "compose")
    with page.expect_response("**/api/forecast") as answer:
        write_small(page)
    assert answer.value.json()["seconds"] is None
    expect(told(page)).to_have_count(0)
    write(page, "Prompt", "a fig")
    page.get_by_role("button", name="Paint 1 picture").click()
    expect(page.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
    expect(told(page)).to_have_attribute("title", re.compile("of this size .* Memory: "))
    shoot(page, "compose-forecast")
    before = len(asked)
    write(page, "Prompt", "a fig (half-written")
    write(page, "Width", 128)
    expect(told(page)).to_have_attribute("title", re.compile("other sizes"))
    assert len(asked) == before + 1
