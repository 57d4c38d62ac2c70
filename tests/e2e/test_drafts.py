"""What the artist is writing: kept over reloads, apart in every tab, room or no room."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import watched
from tests.e2e.hands import LONG_MS, enter, field, write, write_small

FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};"""


def test_a_draft_survives_a_reload(page, studio):
    enter(page, studio, "compose")
    write(page, "Prompt", "a quince")
    write(page, "Steps", 7)
    page.reload()
    expect(field(page, "Prompt")).to_have_value("a quince")
    expect(field(page, "Steps")).to_have_value("7")


def test_two_tabs_keep_their_drafts_apart(page, context, studio, complaints):
    enter(page, studio, "compose")
    write(page, "Prompt", "the first one's")
    other = watched(context.new_page(), complaints)
    enter(other, studio, "compose")
    expect(other.get_by_text("open in another tab")).to_be_visible()
    expect(field(other, "Prompt")).to_have_value("the first one's")
    write(other, "Prompt", "the second one's")
    page.reload()
    expect(field(page, "Prompt")).to_have_value("the first one's")
    other.reload()
    expect(field(other, "Prompt")).to_have_value("the second one's")


def test_a_full_storage_is_told_and_stops_nobody(page, studio):
    page.add_init_script(FULL)
    enter(page, studio, "compose")
    write_small(page)
    write(page, "Prompt", "a medlar")
    expect(page.get_by_role("alert").filter(has_text="no room")).to_be_visible()
    page.get_by_role("button", name="Paint 1 picture").click()
    expect(page.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
