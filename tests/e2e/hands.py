"""What a visitor does with mouse and keyboard, by the names that are on the page."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import expect

LONG_MS = 120_000
"""For what a model paints."""


def enter(tab, studio, view):
    """Open a view, once it is there and the page has its line to the server."""
    tab.goto(f"{studio.address}/#/{view}")
    expect_view(tab, view)
    expect_line(tab, "Saved")


def expect_view(tab, view):
    """A view is loaded: its controls are there, and its keys mean something."""
    expect(tab).to_have_title("Velatura" if view == "welcome" else f"{view.title()} · Velatura")


def expect_line(tab, told):
    """What the corner says of the line to the server."""
    expect(tab.locator("header").get_by_role("status").first).to_contain_text(told, timeout=LONG_MS)


def field(tab, name):
    """A field by what its label begins with; a mark may follow that it was changed."""
    return tab.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}( •)?$")).first


def write(tab, name, value):
    """Put something into a field."""
    field(tab, name).fill(str(value))


def write_small(tab, *, steps=3, side=64, batch=1):
    """Settings that paint in no time."""
    for name, value in (("Steps", steps), ("Width", side), ("Height", side)):
        write(tab, name, value)
    choose(tab, "Pictures", batch)


def choose(tab, name, value):
    """Choose one of a few that are all in sight."""
    tab.get_by_role("group", name=name).get_by_text(str(value), exact=True).first.click()


def drop(tab, name, data, kind="image/png"):
    """Drop a file onto the page."""
    told = {"name": name, "kind": kind, "data": base64.b64encode(data).decode()}
    carried = tab.evaluate_handle(
        """({ name, kind, data }) => {
          const carried = new DataTransfer();
          const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
          carried.items.add(new File([bytes], name, { type: kind }));
          return carried;
        }""",
        told,
    )
    for event in ("dragover", "drop"):
        tab.dispatch_event("#work", event, {"dataTransfer": carried})


def only_lost(complaints):
    """Take out what the console must be told when a server is stopped."""
    left = [told for told in complaints if not told.startswith("Failed to load resource: net::ERR")]
    complaints[:] = left
