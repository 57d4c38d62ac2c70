"""The server pulled away and put back: the page says so, loses nothing, goes on."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import watched
from tests.e2e.hands import LONG_MS, enter, expect_line, field, only_lost, write, write_small

AWAY = "Server away"


def test_what_is_asked_without_a_line_to_the_server_outlives_the_page(
    page, context, studio, complaints
):
    enter(page, studio, "compose")
    write_small(page)
    write(page, "Prompt", "a leek")
    context.set_offline(True)
    page.get_by_role("button", name="Paint 1 picture").click()
    expect_line(page, re.compile(f"1 waiting to be sent|{AWAY}"))
    page.close()
    context.set_offline(False)
    tab = watched(context.new_page(), complaints)
    enter(tab, studio, "compose")
    expect(field(tab, "Prompt")).to_have_value("a leek")
    expect(tab.locator("[data-picture] img").first).to_be_visible(timeout=LONG_MS)
    assert len(studio.jobs_of("a leek")) == 1
    only_lost(complaints)


def test_a_job_that_is_cut_off_is_made_to_its_end_and_then_what_was_asked_meanwhile(
    page, stoppable, complaints
):
    enter(page, stoppable, "compose")
    write_small(page, steps=120)
    write(page, "Prompt", "a pumpkin")
    page.get_by_role("button", name="Paint 1 picture").click()
    expect(page.get_by_text(re.compile(r"^Step \d+ of")).first).to_be_visible(timeout=LONG_MS)
    stoppable.stop()
    expect_line(page, AWAY)
    write(page, "Prompt", "a turnip")
    write(page, "Steps", 3)
    page.get_by_role("button", name="Paint 1 picture").click()
    write(page, "Prompt", "written on meanwhile")
    stoppable.start()
    expect(page.locator("[data-picture] img")).to_have_count(2, timeout=LONG_MS)
    expect(field(page, "Prompt")).to_have_value("written on meanwhile")
    for prompt in ("a pumpkin", "a turnip"):
        (job,) = stoppable.jobs_of(prompt)
        stoppable.done(job)
    only_lost(complaints)
