"""The comparison as one HTML file: whole, harmless, and with the pictures in it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura import FakeEngine, read_story
from velatura.compare import (
    Grid,
    Matrix,
    Outcome,
    format_html,
    paint_cells,
    plan_grid,
    plan_matrix,
    read_axis,
)
from velatura.errors import OutOfMemory
from velatura.metadata import Encoding
from velatura.metadata.infotext import format_infotext
from velatura.records import Txt2Img

BASE = Txt2Img(prompt="a red cat", seed=1, width=64, height=64, steps=1)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></script><svg onload=alert(1)>",
    "'; DROP TABLE pictures; --",
    "&lt;b&gt; &amp; &#x3c;",
    "\u202egnp.exe \x00 \x1b[31m \ud800",
    "javascript:alert(1)",
    "<!-- ]]> {{7*7}} ${x}",
]

Place = tuple[int, int]


class Page(HTMLParser):
    """What a browser would see: the elements, their attributes, and the text."""

    VOID = ("meta", "img", "br")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.struck: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "s" in self.open:
            self.struck.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def plan(base=BASE, **axes):
    read = {name: read_axis(text, Txt2Img) for name, text in axes.items()}
    return plan_grid(Grid(base=base, **read), lambda: 7)


def paint(comparison) -> list[Outcome]:
    events = paint_cells(comparison, FakeEngine())
    return [event for event in events if isinstance(event, Outcome)]


def page_of(comparison, title="A title", outcomes=None, encoding=None) -> Page:
    outcomes = outcomes or paint(comparison)
    return Page(format_html(comparison, outcomes, title=title, encoding=encoding))


def test_every_picture_is_in_the_page_under_its_headings():
    comparison = plan(x="Seed: 1-3", y="Steps: 1-2", z="Prompt S/R: cat, dog")
    page = page_of(comparison)
    assert len(page.of("img")) == 12
    assert len(page.of("table")) == len(page.of("section")) == 2
    for label in ("Seed: 3", "Steps: 2", "dog", "A title"):
        assert label in page.text
    assert page.text.count("Seed: 2") >= 2


def test_pictures_are_exact_where_asked_and_carry_their_stories():
    comparison = plan(x="Seed: 1-2")
    outcomes = paint(comparison)
    page = page_of(comparison, outcomes=outcomes, encoding=Encoding(format="png"))
    for image, outcome in zip(page.of("img"), outcomes, strict=True):
        head, _, data = image["src"].partition(",")
        assert head == "data:image/png;base64"
        assert read_story(base64.b64decode(data)).request == outcome.picture.request


def test_pictures_are_webp_if_nothing_else_is_said():
    (image,) = page_of(plan()).of("img")
    assert image["src"].startswith("data:image/webp;base64,UklGR")
    assert (image["width"], image["height"]) == ("64", "64")


def test_nothing_is_loaded_and_nothing_is_run():
    page = page_of(plan(x="Seed: 1-3"))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
        assert (attributes.get("href") or "#").startswith("#")
    (policy,) = [meta["content"] for meta in page.of("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; img-src data:;")
    source = format_html(plan(), paint(plan()), title="x")
    assert not re.search(r"@import|url\(|https?://", source)


def test_every_link_leads_to_a_place_in_the_page():
    page = page_of(plan(x="Seed: 1-3", y="Steps: 1-2"))
    places = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(places) == len(set(places))
    assert {link["href"].removeprefix("#") for link in page.of("a")} <= set(places)


def elements_without_ids(page: Page) -> list[str]:
    return [tag for tag, _ in page.elements]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_words(words):
    harmless = plan(replace(BASE, prompt="a plain prompt", negative_prompt="plain"), x="Steps: 1")
    prompt = words.encode(errors="replace").decode()  # others are refused
    comparison = plan(replace(BASE, prompt=prompt, negative_prompt=prompt), x="Steps: 1")
    labelled = replace(comparison, columns=((replace(comparison.columns[0][0], text=words),),))
    page = page_of(labelled, title=words)
    assert elements_without_ids(page) == elements_without_ids(page_of(harmless))
    seen = "".join("\ufffd" if sign in "\x00\x1b\ud800" else sign for sign in words)
    assert page.text.count(seen) >= 3  # title, heading, label
    format_html(labelled, paint(labelled), title=words).encode()


@given(st.text(max_size=30))
def test_no_words_make_an_element(words):
    outcomes = [
        replace(outcome, picture=None, error=OutOfMemory(words)) for outcome in paint(plan())
    ]
    page = page_of(plan(), title=words, outcomes=outcomes)
    assert elements_without_ids(page) == elements_without_ids(
        page_of(plan(), title="x", outcomes=outcomes)
    )


def test_a_failed_cell_says_why():
    good, bad = paint(plan(x="Seed: 1-2"))
    bad = replace(bad, picture=None, error=OutOfMemory("not <enough> memory"))
    page = page_of(plan(x="Seed: 1-2"), outcomes=[good, bad])
    assert len(page.of("img")) == 1
    assert "not <enough> memory" in page.text


def test_each_picture_shows_its_settings():
    comparison = plan(x="Seed: 1-2")
    outcomes = paint(comparison)
    page = page_of(comparison, outcomes=outcomes)
    for outcome in outcomes:
        assert format_infotext(outcome.picture) in page.text


def test_parts_that_do_not_hold_are_struck_out():
    comparison = plan_matrix(Matrix(base=replace(BASE, prompt="a|ink|fog")), lambda: 0)
    page = page_of(comparison)
    assert page.struck == ["ink", "fog"]


def test_sixteen_bit_pictures_are_shown():
    (outcome,) = paint(plan())
    deep = replace(outcome.picture, pixels=np.zeros((8, 8, 3), np.uint16))
    (image,) = page_of(plan(), outcomes=[replace(outcome, picture=deep)]).of("img")
    assert image["src"].startswith("data:image/")
