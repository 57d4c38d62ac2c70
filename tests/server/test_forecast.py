"""``/api/forecast``: asked before anything is made."""

from __future__ import annotations

SMALL = {"prompt": "an apple", "width": 64, "height": 64, "steps": 2, "seed": 1}


def test_what_was_made_once_is_foretold(painter):
    request = SMALL | {"width": 72}
    job = painter.post("/api/jobs", {"request": request}).json()
    painter.done(job)
    found = painter.post("/api/forecast", {"request": request}).json()
    assert found["is_seen"]
    assert found["seconds"] > 0
    assert found["loading_seconds"] > 0
    other = painter.post("/api/forecast", {"request": request | {"width": 80, "steps": 9}}).json()
    assert not other["is_seen"]
    assert other["seconds"] > 0


def test_nothing_is_made_for_it(studio):
    before = studio.get("/api/jobs").json()["jobs"]
    assert studio.post("/api/forecast", {"request": SMALL}).json()["seconds"] is None
    assert studio.get("/api/jobs").json()["jobs"] == before


def test_what_cannot_be_made_is_refused_with_its_field(studio):
    for request, field in [
        (SMALL | {"steps": 0}, "request.steps"),
        (SMALL | {"sampler": "none"}, "request.sampler"),
        (SMALL | {"checkpoint": "missing"}, "request.checkpoint"),
        (None, "request"),
    ]:
        answer = studio.post("/api/forecast", {"request": request})
        assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_picture_that_was_sent_is_begun_with_as_well(studio, png):
    kept = studio.client.post("/api/bitmaps", content=png, headers={"Content-Type": "image/png"})
    request = {
        "kind": "upscale",
        "upscaler": "Lanczos",
        "factor": 2,
        "image": {"id": kept.json()["id"]},
    }
    found = studio.post("/api/forecast", {"request": request})
    assert (found.status_code, found.json()["is_seen"]) == (200, False)


def test_of_a_picture_that_is_still_to_be_sent_the_size_is_enough(painter, png):
    sent = painter.client.post("/api/bitmaps", content=png, headers={"Content-Type": "image/png"})
    known = sent.json()
    request = SMALL | {"kind": "img2img", "image": {"id": known["id"]}, "width": 0, "height": 0}
    painter.done(painter.post("/api/jobs", {"request": request}).json())
    size = {"width": known["width"], "height": known["height"]}
    told, other = (
        painter.post("/api/forecast", {"request": request | {"image": image}}).json()
        for image in (size, size | {"width": size["width"] + 64})
    )
    assert told == painter.post("/api/forecast", {"request": request}).json()
    assert told["is_seen"]
    assert not other["is_seen"]


def test_only_a_picture_may_be_told_by_its_size(studio):
    request = SMALL | {"hires": {"width": 128, "height": 128}}
    answer = studio.post("/api/forecast", {"request": request})
    assert answer.status_code == 200
    answer = studio.post("/api/forecast", {"request": SMALL | {"seed": {"width": 1, "height": 1}}})
    assert (answer.status_code, answer.json()["field"]) == (422, "request.seed")


def test_a_size_that_cannot_be_is_refused(studio):
    for size in (
        {"width": 0, "height": 8},
        {"width": 2**40, "height": 8},
        {"width": "", "height": 1},
    ):
        request = {"kind": "upscale", "image": size}
        answer = studio.post("/api/forecast", {"request": request})
        assert (answer.status_code, answer.json()["field"]) == (422, "request.image")
