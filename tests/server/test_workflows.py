"""Workflows over HTTP."""

from __future__ import annotations

import base64
import time

import pytest

from tests.server.engines import quick_recipe
from tests.server.process import PATIENCE_S, served
from velatura.workflows import parse_workflow

DOCUMENT = """
velatura: 1
stages:
  compose: {kind: txt2img, prompt: an almond, steps: 2, seed: 5, batch_size: 2, pick: 2}
  repaint: {kind: img2img, image: compose, prompt: a walnut, steps: 2, seed: 6}
"""


def ended(server, run):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        run = server.get(f"/api/workflows/{run['id']}").json()
        if run["status"] != "running":
            return run
        time.sleep(0.05)
    raise AssertionError(f"the workflow is still running: {run}")


def submit(server, workflow):
    answer = server.post("/api/workflows", {"workflow": workflow})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_workflow_is_carried_out_stage_by_stage(studio):
    run = submit(studio, DOCUMENT)
    assert [stage["status"] for stage in run["stages"]][1] == "waiting"
    run = ended(studio, run)
    assert (run["status"], run["result"], run["failure"]) == ("done", "repaint", "")
    compose, repaint = run["stages"]
    assert compose["picked"] == compose["pictures"][1]["id"]
    assert repaint["inputs"] == {"image": "compose"}
    family = studio.get(f"/api/pictures/{repaint['picked']}/lineage").json()
    assert {"child": repaint["picked"], "parent": compose["picked"], "role": "image"} in family[
        "edges"
    ]
    assert run["id"] in [it["id"] for it in studio.get("/api/workflows").json()["workflows"]]


def test_sending_a_workflow_again_with_its_key_is_harmless(studio):
    def send(document):
        headers = {"Idempotency-Key": "a-nut"}
        return studio.post("/api/workflows", {"workflow": document}, headers=headers)

    first = send(DOCUMENT)
    assert first.headers["location"] == f"/api/workflows/{first.json()['id']}"
    assert send(DOCUMENT).json()["id"] == first.json()["id"]
    assert send(DOCUMENT.replace("seed: 6", "seed: 7")).status_code == 409
    assert ended(studio, first.json())["status"] == "done"


def test_the_workflow_of_a_picture_makes_the_same_picture(studio, png):
    sent = studio.post("/api/bitmaps", {"image": base64.b64encode(png).decode()}).json()
    made = studio.done(
        studio.submit(kind="img2img", image={"id": sent["id"]}, prompt="a cashew", seed=3)
    )["pictures"][0]["id"]
    chain = studio.get(f"/api/pictures/{made}/workflow").json()
    assert chain["missing"] == []
    assert chain["workflow"]["images"] == {"sketch": {"id": sent["id"]}}
    assert parse_workflow(chain["yaml"]).images["sketch"].id == sent["id"]
    for document in (chain["yaml"], chain["workflow"]):
        assert ended(studio, submit(studio, document))["stages"][-1]["picked"] == made


def test_a_workflow_is_checked_without_being_carried_out(studio):
    before = studio.get("/api/queue").json()["counts"]
    told = studio.post("/api/workflows/check", {"workflow": DOCUMENT}).json()
    assert told == {
        "order": ["compose", "repaint"],
        "result": "repaint",
        "pictures": 3,
        "remarks": [],
    }
    assert studio.get("/api/queue").json()["counts"] == before


@pytest.mark.parametrize(
    ("change", "field", "choice"),
    [
        (("txt2img", "text2img"), "stages.compose.kind", "txt2img"),
        (("steps: 2, seed: 5", "steps: 0"), "stages.compose.steps", ""),
        (("seed: 6", "sampler: Eulr"), "stages.repaint.sampler", "Euler"),
        (("seed: 6", "checkpoint: none"), "stages.repaint.checkpoint", "velatura-mini"),
        (("image: compose", "image: compse"), "stages.repaint.image", ""),
        (("pick: 2", "pick: 3"), "stages.compose.pick", ""),
        (("velatura: 1", "velatura: 9"), "velatura", ""),
        (("velatura: 1", "velatura: 1\nimages: {x: {id: abc}}"), "images.x", ""),
        (("velatura: 1", "velatura: 1\nimages: {x: /etc/passwd}"), "images.x", ""),
        (("seed: 6", "seed: 6, width: 16384, height: 16384"), "stages.repaint.width", ""),
    ],
)
@pytest.mark.parametrize("route", ["/api/workflows", "/api/workflows/check"])
def test_a_workflow_that_cannot_be_is_refused_with_its_field(studio, route, change, field, choice):
    answer = studio.post(route, {"workflow": DOCUMENT.replace(*change)})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert choice in (*answer.json().get("choices", ()), "")


@pytest.mark.parametrize("document", [None, 7, "", "[", "&a [*a]", {"stages": []}, [DOCUMENT]])
def test_what_is_no_workflow_is_refused(studio, document):
    answer = studio.post("/api/workflows", {"workflow": document})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_picture_of_no_story_has_no_workflow(studio):
    assert studio.get(f"/api/pictures/{'0' * 64}/workflow").status_code == 404


def test_the_schema_of_documents_is_told(studio):
    assert "stages" in studio.get("/api/workflows/schema").json()["properties"]


def test_a_workflow_is_given_up_with_its_jobs_and_survives_a_restart(tmp_path):
    slow = DOCUMENT.replace("steps: 2, seed: 5", "steps: 60, seed: 5")
    with served(tmp_path / "data", quick_recipe(step_s=0.05)) as server:
        given_up, kept = submit(server, slow), submit(server, slow)
        answer = server.post(f"/api/workflows/{given_up['id']}/cancel")
        assert answer.json()["status"] == "cancelled"
        assert server.post(f"/api/workflows/{given_up['id']}/cancel").status_code == 409
        assert server.post(f"/api/workflows/{'0' * 32}/cancel").status_code == 404
    with served(tmp_path / "data", quick_recipe()) as server:
        assert ended(server, kept)["status"] == "done"
        stages = server.get(f"/api/workflows/{given_up['id']}").json()["stages"]
        assert {stage["status"] for stage in stages} <= {"cancelled", "waiting"}
