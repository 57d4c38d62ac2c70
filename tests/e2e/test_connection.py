"""The server pulled away and put back: the page says so, loses nothing, goes on."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import watched
from tests.e2e.hands import LONG_MS, enter, expect_line, field, only_lost, write, write_small

AWAY = "Server away"


def test_what_is_asked_while_the_server_is_away_is_painted_when_it_is_back(
    page, own_studio, complaints
):
    enter(page, own_studio, "compose")
    write_small(page)
    write(page, "Prompt", "an apple")
    own_studio.stop()
    expect_line(page, AWAY)
    page.get_by_role("button", name="Paint 1 picture").click()
    own_studio.start()
    expect_line(page, "Saved")
    expect(page.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
    assert [job["request"]["prompt"] for job in own_studio.get("/api/jobs")["jobs"]] == ["an apple"]
    only_lost(complaints)


def test_what_is_asked_while_the_server_is_away_outlives_the_page(
    page, context, own_studio, complaints
):
    enter(page, own_studio, "compose")
    write_small(page)
    write(page, "Prompt", "a pear")
    own_studio.stop()
    expect_line(page, AWAY)
    page.get_by_role("button", name="Paint 1 picture").click()
    page.close()
    own_studio.start()
    tab = watched(context.new_page(), complaints)
    enter(tab, own_studio, "compose")
    expect(field(tab, "Prompt")).to_have_value("a pear")
    expect(tab.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
    assert len(own_studio.get("/api/jobs")["jobs"]) == 1
    only_lost(complaints)


def test_a_job_that_is_cut_off_is_made_to_its_end(page, own_studio, complaints):
    enter(page, own_studio, "compose")
    write_small(page, steps=120)
    write(page, "Prompt", "a plum")
    page.get_by_role("button", name="Paint 1 picture").click()
    expect(page.get_by_text(re.compile(r"^Step \d+ of")).first).to_be_visible(timeout=LONG_MS)
    own_studio.stop()
    expect_line(page, AWAY)
    write(page, "Prompt", "a plum, written on meanwhile")
    own_studio.start()
    expect(page.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
    expect(field(page, "Prompt")).to_have_value("a plum, written on meanwhile")
    (job,) = own_studio.get("/api/jobs")["jobs"]
    assert job["status"] == "done"
    only_lost(complaints)
