"""Pictures that requests begin with, by their ids."""

from __future__ import annotations

import pytest

from tests.server.process import served


@pytest.fixture(scope="module")
def apple(studio):
    return studio.done(studio.submit(prompt="an apple to begin with", seed=4))["pictures"][0]["id"]


def lineage(studio, picture):
    family = studio.get(f"/api/pictures/{picture}/lineage").json()
    return {(edge["child"], edge["parent"], edge["role"]) for edge in family["edges"]}


def test_a_picture_of_the_library_is_painted_over_without_being_sent_again(studio, apple, png):
    sent = studio.client.post(
        "/api/bitmaps", content=png, headers={"Content-Type": "image/png"}
    ).json()
    job = studio.submit(
        kind="inpaint", image={"id": apple}, mask={"id": sent["id"]}, prompt="a pear", seed=1
    )
    made = studio.done(job)["pictures"][0]["id"]
    assert lineage(studio, made) >= {(made, apple, "image"), (made, sent["id"], "mask")}
    told = studio.get(f"/api/pictures/{made}").json()
    assert told["parents"] == [apple, sent["id"]]
    file = studio.get(f"/api/pictures/{made}/file").content
    assert b"an apple to begin with" in file


def test_many_requests_may_begin_with_one_picture(studio, apple):
    requests = [
        {"kind": "img2img", "image": {"id": apple}, "prompt": f"pear {number}", "steps": 1}
        for number in range(20)
    ]
    jobs = studio.post("/api/jobs/many", {"requests": requests}).json()
    for job in jobs:
        made = studio.done(job)["pictures"][0]["id"]
        assert (made, apple, "image") in lineage(studio, made)


def test_a_picture_sent_to_another_studio_takes_its_story_along(studio, apple, tmp_path):
    data = studio.get(f"/api/pictures/{apple}/file").content
    with served(tmp_path / "data") as other:
        sent = other.client.post(
            "/api/bitmaps", content=data, headers={"Content-Type": "image/png"}
        ).json()
        assert sent["id"] == apple
        job = other.submit(kind="img2img", image={"id": apple}, prompt="a pear", seed=1)
        made = other.done(job)["pictures"][0]["id"]
        assert b"an apple to begin with" in other.get(f"/api/pictures/{made}/file").content


def test_a_picture_whose_file_was_purged_is_no_beginning(studio):
    made = studio.done(studio.submit(prompt="gone soon", seed=8))["pictures"][0]["id"]
    studio.post("/api/pictures/trash", {"ids": [made]})
    studio.post("/api/pictures/purge", {"ids": [made]})
    body = {"request": {"kind": "img2img", "image": {"id": made}, "prompt": "x"}}
    answer = studio.post("/api/jobs", body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "request.image"
