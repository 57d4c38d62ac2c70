"""Saved styles and wildcards over HTTP."""

from __future__ import annotations

import pytest

from tests.server.process import served


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    root = tmp_path_factory.mktemp("styles")
    with served(root / "data", styles_file=str(root / "styles.csv")) as server:
        (root / "data/wildcards/places").mkdir()
        (root / "data/wildcards/pet.txt").write_text("cat\ndog\n")
        (root / "data/wildcards/places/city.txt").write_text("Bern\n")
        server.styles_file = root / "styles.csv"
        yield server


def test_a_style_is_saved_used_replaced_and_dropped(studio):
    assert studio.get("/api/styles").json() == []
    ink = {"name": "Ink, black", "prompt": '{prompt}, "ink"', "negative_prompt": "colour\nred"}
    assert studio.post("/api/styles", ink).json() == [ink]
    assert "Ink, black" in studio.styles_file.read_text("utf-8-sig")
    menu = studio.get("/api/options").json()["styles"]
    assert [entry["name"] for entry in menu] == ["Ink, black"]
    job = studio.submit(prompt="a cat", styles=["Ink, black"])
    assert job["request"]["styles"] == ["Ink, black"]
    assert studio.get("/sdapi/v1/prompt-styles").json()[0]["negative_prompt"] == "colour\nred"
    (replaced,) = studio.post("/api/styles", {"name": "Ink, black", "prompt": "x"}).json()
    assert (replaced["prompt"], replaced["negative_prompt"]) == ("x", "")
    assert studio.post("/api/styles/drop", {"name": "Ink, black"}).json() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "#x"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": 5}, "name"),
        ({"name": "x", "prompt": "y" * 10_001}, "prompt"),
        ({"name": "x", "negative_prompt": "\0"}, "negative_prompt"),
        ({"name": "x", "text": "y"}, "text"),
    ],
)
def test_a_style_that_cannot_be_kept_is_refused(studio, body, field):
    answer = studio.post("/api/styles", body)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


def test_an_unknown_style_is_not_dropped(studio):
    answer = studio.post("/api/styles/drop", {"name": "none"})
    assert (answer.status_code, answer.json()["field"]) == (422, "name")


def test_a_studio_without_a_file_says_how_to_get_one(tmp_path):
    with served(tmp_path / "data") as server:
        answer = server.post("/api/styles", {"name": "x"})
        assert answer.status_code == 422
        assert "VELATURA_STYLES_FILE" in answer.json()["detail"]


def test_wildcards_are_filled_in_when_the_request_is_submitted(studio):
    asked = {"prompt": "a __pet__ in __places/city__, __none__", "seed": 4}
    job = studio.submit(**asked)
    assert job["request"]["prompt"] in [f"a {it} in Bern, __none__" for it in ("cat", "dog")]
    assert studio.submit(**asked)["request"]["prompt"] == job["request"]["prompt"]
    drawn = {studio.submit(prompt="__pet__", seed=it)["request"]["prompt"] for it in range(20)}
    assert drawn == {"cat", "dog"}
    hires = studio.submit(prompt="x", seed=1, hires={"prompt": "__places/city__"})
    assert hires["request"]["hires"]["prompt"] == "Bern"


def test_a_key_stands_for_the_request_with_its_wildcards_and_its_random_seed(studio):
    body = {"request": {"prompt": "a __pet__", "steps": 1}}
    key = {"Idempotency-Key": "pet-1"}
    ids = {studio.post("/api/jobs", body, headers=key).json()["id"] for _ in range(3)}
    assert len(ids) == 1


def test_wildcards_are_listed_and_told_of(studio):
    menu = studio.get("/api/options").json()["wildcards"]
    assert menu == [
        {"name": "pet", "summary": "2 lines"},
        {"name": "places/city", "summary": "1 line"},
    ]
    told = studio.post("/api/prompts/read", {"prompt": "a __pet__ __none__"}).json()["wildcards"]
    assert told == [
        {"name": "pet", "position": 2, "length": 7, "lines": 2},
        {"name": "none", "position": 10, "length": 8, "lines": 0},
    ]
