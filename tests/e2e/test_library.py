"""The library, the queue, and files that are dropped onto the page."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import expect

from tests.e2e.hands import LONG_MS, drop, enter, field

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def png(text="", side=64):
    told = PngInfo()
    if text:
        told.add_itxt("parameters", text)
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (180, 60, 60)).save(buffer, "PNG", pnginfo=told)
    return buffer.getvalue()


def infotext(prompt):
    settings = "Steps: 9, Sampler: DDIM, CFG scale: 6, Seed: 5, Size: 64x64"
    return f"{prompt}\nNegative prompt: blurry\n{settings}"


def huge():
    """A PNG that claims 200 megapixels, in a few kilobytes."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 20_000, 10_000, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000 * (1 + 20_000 // 8)), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def stocked(studio):
    """The studio, with pictures in its library."""
    jobs = [studio.paint(prompt=f"a {name}", seed=1) for name in ("fig", "plum", "pear")]
    for job in jobs:
        studio.done(job)
    return studio


def tiles(page):
    return page.get_by_role("listbox", name="Pictures").get_by_role("option")


def look_for(page, query):
    search = page.get_by_role("combobox", name="Search")
    search.fill(query)
    search.press("Enter")


def test_pictures_are_found_rated_and_thrown_away_by_keys_alone(page, stocked):
    enter(page, stocked, "library")
    page.keyboard.press("/")
    page.keyboard.type("plum")
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(1, timeout=LONG_MS)
    expect(tiles(page).first).to_have_accessible_name("Picture 1, a plum")
    page.keyboard.press("Tab")
    page.get_by_role("listbox", name="Pictures").focus()
    page.keyboard.press("4")
    expect(tiles(page).first).to_have_accessible_name("Picture 1, a plum, 4 stars")
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(tiles(page).first).to_have_accessible_name("Picture 1, a plum, 4 stars")
    page.reload()
    expect(field(page, "Search").or_(page.get_by_role("combobox", name="Search"))).to_have_value(
        "plum"
    )
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("listbox", name="Pictures").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="a plum")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("img", name="a plum")).to_have_count(0)


def test_a_picture_is_tagged_and_collected_and_found_by_either(page, stocked):
    enter(page, stocked, "library")
    look_for(page, "pear")
    expect(tiles(page)).to_have_count(1)
    for key, name, label in (("t", "Tag", "fruit"), ("c", "Collection", "still life")):
        page.get_by_role("listbox", name="Pictures").focus()
        page.keyboard.press(key)
        expect(page.get_by_role("combobox", name=name)).to_be_focused()
        page.keyboard.type(label)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"{label} 1")).to_be_visible()
    look_for(page, "")
    for label in ("fruit", "still life"):
        expect(tiles(page).nth(1)).to_be_visible()
        page.get_by_role("button", name=f"{label} 1").click()
        expect(tiles(page)).to_have_count(1)
        expect(tiles(page).first).to_have_accessible_name("Picture 1, a pear")
        page.get_by_role("button", name=f"{label} 1").click()


def test_a_folder_of_other_pictures_is_imported(page, studio):
    (studio.imports / "nectarine.png").write_bytes(png(infotext("a nectarine in a bowl")))
    enter(page, studio, "library")
    page.get_by_role("button", name="Import old").click()
    expect(page.get_by_text("1 file seen, 1 picture added.")).to_be_visible()
    look_for(page, "nectarine")
    expect(tiles(page).first).to_have_accessible_name("Picture 1, a nectarine in a bowl")


def test_a_query_that_cannot_be_read_is_told_beside_the_field(page, studio, complaints):
    enter(page, studio, "library")
    look_for(page, "nosuch:field")
    expect(page.get_by_role("alert")).to_contain_text("unknown field")
    complaints[:] = [told for told in complaints if "422" not in told]


def test_the_queue_is_put_in_another_order_and_goes_on(page, studio):
    enter(page, studio, "queue")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    jobs = [studio.paint(prompt=f"waiting {place}") for place in range(3)]
    rows = page.get_by_role("region", name="Waiting").get_by_role("listitem")
    expect(rows).to_have_count(3)
    rows.nth(2).get_by_role("button", name="Drag to another place").drag_to(rows.nth(0))
    expect(rows.nth(0)).to_contain_text("waiting 2")
    rows.nth(2).get_by_role("button", name="Drag to another place").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(rows.nth(1)).to_contain_text("waiting 1")
    rows.nth(2).get_by_role("button", name="Cancel").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Go on").click()
    expect(rows).to_have_count(0, timeout=LONG_MS)
    expect(page.get_by_role("region", name="Ended")).to_contain_text("waiting 1", timeout=LONG_MS)
    first, second = (studio.get(f"/api/jobs/{jobs[place]['id']}") for place in (2, 1))
    assert first["started"] < second["started"]
    assert studio.get(f"/api/jobs/{jobs[0]['id']}")["status"] == "cancelled"


def test_a_picture_of_a1111_that_is_dropped_anywhere_is_read_and_used_again(page, studio):
    enter(page, studio, "compose")
    drop(page, "from-elsewhere.png", png(infotext("a cherry in the snow")))
    expect(
        page.get_by_role("region", name="Prompt")
        .or_(page.get_by_text("a cherry in the snow"))
        .first
    ).to_be_visible()
    page.get_by_role("button", name="Use these settings").click()
    expect(field(page, "Prompt")).to_have_value("a cherry in the snow")
    expect(field(page, "Steps")).to_have_value("9")
    expect(field(page, "Negative prompt")).to_have_value("blurry")


def test_hostile_words_in_a_file_are_words(page, studio):
    opened = []
    page.on("dialog", lambda dialog: opened.append(dialog.message) or dialog.dismiss())
    enter(page, studio, "inspect")
    drop(page, "hostile.png", png(infotext(HOSTILE)))
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert opened == []
    assert page.locator("#work img[src='x']").count() == 0


@pytest.mark.parametrize(
    ("name", "data", "kind", "told"),
    [
        ("notes.txt", b"words", "text/plain", "no picture. Choose a PNG"),
        ("words.png", b"words in disguise", "image/png", "cannot be read"),
        ("half.png", png(side=256)[:300], "image/png", "cut off"),
        ("empty.png", b"", "image/png", "empty"),
        ("huge.png", huge(), "image/png", "make it smaller"),
    ],
)
def test_a_file_that_is_no_use_gets_a_sentence(page, studio, complaints, name, data, kind, told):
    enter(page, studio, "compose")
    drop(page, name, data, kind)
    expect(page.get_by_role("alert")).to_contain_text(told)
    complaints[:] = [each for each in complaints if "422" not in each]
