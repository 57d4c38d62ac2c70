"""Jobs over HTTP, against a real process."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from tests.server.engines import quick_recipe
from tests.server.process import served
from velatura.jobs import Queue
from velatura.metadata import read_story
from velatura.server.app import ROUTERS, create_app
from velatura.server.config import ServerConfig


def test_a_job_is_acknowledged_done_and_its_picture_served(studio):
    job = studio.submit(prompt="an apple", seed=7)
    assert job["status"] in ("queued", "running")
    done = studio.done(job)
    (made,) = done["pictures"]
    answer = studio.get(f"/api/pictures/{made['id']}/file")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Image.open(io.BytesIO(answer.content)).size == (made["width"], made["height"])
    assert read_story(answer.content).request.seed == 7


def test_a_picture_tells_how_it_was_made(studio):
    made = studio.done(studio.submit(prompt="a pear", seed=3))["pictures"][0]
    story = studio.get(f"/api/pictures/{made['id']}").json()
    assert story["request"]["prompt"] == "a pear"
    assert "Seed: 3" in story["infotext"]


def test_the_same_key_gives_the_same_job_and_another_request_is_refused(studio):
    body = {"request": {"prompt": "once", "steps": 2, "seed": 1}}
    key = {"Idempotency-Key": "key-1"}
    first = studio.post("/api/jobs", body, headers=key).json()
    assert studio.post("/api/jobs", body, headers=key).json()["id"] == first["id"]
    body["request"]["prompt"] = "twice"
    refused = studio.post("/api/jobs", body, headers=key)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:velatura:KeyTaken"


def test_many_requests_are_submitted_together_or_not_at_all(studio):
    body = {"requests": [{"prompt": f"many {number}", "steps": 1} for number in range(50)]}
    jobs = studio.post("/api/jobs/many", body).json()
    assert [job["request"]["prompt"] for job in jobs] == [it["prompt"] for it in body["requests"]]
    studio.done(jobs[-1])
    before = studio.get("/api/queue").json()["counts"]
    body["requests"][49]["steps"] = 0
    refused = studio.post("/api/jobs/many", body)
    assert refused.status_code == 422
    assert refused.json()["field"] == "requests[49].request.steps"
    assert studio.get("/api/queue").json()["counts"] == before


def test_pages_follow_one_another_without_gaps(studio):
    ids = [studio.submit(prompt=f"page {number}")["id"] for number in range(5)]
    seen, cursor = [], ""
    while len(seen) < 5:
        page = studio.get("/api/jobs", params={"limit": 2, "cursor": cursor}).json()
        seen += [job["id"] for job in page["jobs"]]
        cursor = page["next"]
    assert seen[:5] == ids[::-1]


@pytest.mark.parametrize(
    ("request_", "field", "choice"),
    [
        ({"sampler": "Eulr"}, "request.sampler", "Euler"),
        ({"schedule": "steep"}, "request.schedule", "Karras"),
        ({"checkpoint": "no such file"}, "request.checkpoint", "velatura-mini"),
        ({"vae": "no such file"}, "request.vae", "Automatic"),
        ({"hires": {"upscaler": "larger"}}, "request.hires.upscaler", "Latent"),
        ({"kind": "paint"}, "request.kind", "txt2img"),
    ],
)
def test_an_unknown_name_is_answered_with_what_exists(studio, request_, field, choice):
    answer = studio.post("/api/jobs", {"request": {"prompt": "x", **request_}})
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert choice in answer.json()["choices"]
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"steps": 0}, "request.steps"),
        ({"steps": "20"}, "request.steps"),
        ({"steps": None}, "request.steps"),
        ({"width": 100}, "request.width"),
        ({"seed": 2**64}, "request.seed"),
        ({"prompt": "(((", "text": {"padding": "no"}}, "request.text.padding"),
        ({"styles": "ink"}, "request.styles"),
        ({"hires": {"scale": 1e9}}, "request.hires.scale"),
        ({"width": 16384, "height": 16384}, "request.width"),
        ({"batch_size": 64, "width": 2048, "height": 2048}, "request.batch_size"),
        ({"batch_count": 10000}, "request.batch_count"),
        ({"steps": 1000, "batch_count": 1000}, "request.steps"),
        ({"prompt": "a" * 70_000}, "request.prompt"),
        ({"lora": "x"}, "request.lora"),
        ({"kind": "img2img"}, "request.image"),
        ({"kind": "img2img", "image": {"id": "0" * 64}}, "request.image"),
        ({"kind": "img2img", "image": {"id": "../../etc/passwd"}}, "request.image"),
        ({"kind": "img2img", "image": "/etc/passwd"}, "request.image"),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_its_field(studio, request_, field):
    answer = studio.post("/api/jobs", {"request": request_})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


def test_waiting_jobs_are_moved_paused_cancelled_and_tried_again(tmp_path):
    with served(tmp_path / "data") as server:
        assert server.post("/api/queue/pause", {"reason": "lunch"}).json()["pauses"]
        assert "lunch" in server.get("/api/health").json()["problems"][0]
        first, second, third = (server.submit(prompt=name) for name in "abc")

        def waiting():
            return [job["id"] for job in server.get("/api/jobs/waiting").json()["jobs"]]

        assert waiting() == [first["id"], second["id"], third["id"]]
        server.post(f"/api/jobs/{third['id']}/move", {"before": first["id"]})
        server.post(f"/api/jobs/{second['id']}/move", {"priority": 5})
        assert waiting() == [second["id"], third["id"], first["id"]]
        assert server.post(f"/api/jobs/{first['id']}/cancel").json()["status"] == "cancelled"
        assert server.post(f"/api/jobs/{first['id']}/cancel").status_code == 409
        assert server.post(f"/api/jobs/{first['id']}/retry").json()["status"] == "queued"
        assert server.post("/api/queue/resume").json()["pauses"] == []
        for job in (first, second, third):
            server.done(job)
        assert server.get("/api/queue").json()["counts"] == {"done": 3}


def test_a_failed_job_says_why(studio):
    job = studio.until(studio.submit(prompt="memory", steps=5), "failed")
    assert job["failure"]["kind"] == "OutOfMemory"
    assert "smaller size" in job["failure"]["message"]


def test_a_stopped_server_parks_its_job_and_the_next_one_finishes_it(tmp_path):
    with served(tmp_path / "data", quick_recipe(step_s=0.05)) as server:
        job = server.submit(prompt="slow", seed=1, steps=40)
        server.until(job, "running")
    assert server.process.returncode == 0
    with served(tmp_path / "data") as server:
        resumed = server.done(job)
    with served(tmp_path / "undisturbed") as server:
        alone = server.done(server.submit(prompt="slow", seed=1, steps=40))
    assert resumed["pictures"][0]["id"] == alone["pictures"][0]["id"]


def test_two_studios_do_not_share_a_data_folder(tmp_path):
    with served(tmp_path / "data"), pytest.raises(AssertionError, match="another studio"):  # noqa: SIM117
        with served(tmp_path / "data"):
            pass


def test_uploaded_pictures_are_decoded_and_begin_requests(studio, png):
    answer = studio.client.post("/api/bitmaps", content=png, headers={"Content-Type": "image/png"})
    assert answer.status_code == 201
    kept = answer.json()
    assert (kept["width"], kept["height"]) == (16, 8)
    file = studio.get(f"/api/bitmaps/{kept['id']}/file")
    assert Image.open(io.BytesIO(file.content)).size == (16, 8)
    request = {"kind": "img2img", "image": {"id": kept["id"]}, "width": 64, "height": 64}
    assert studio.done(studio.submit(**request))["pictures"]


def test_every_menu_is_made_of_the_tables(studio):
    menus = studio.get("/api/options").json()
    assert {"Euler", "DPM++ 2M", "UniPC"} <= {entry["name"] for entry in menus["samplers"]}
    assert "Latent" in [entry["name"] for entry in menus["hires_upscalers"]]
    assert "Latent" not in [entry["name"] for entry in menus["upscalers"]]
    scales = {entry["name"]: entry["scale"] for entry in menus["upscalers"]}
    assert (scales["R-ESRGAN 4x+"], scales["Lanczos"]) == (4, 0)
    assert "levels" in [entry["name"] for entry in menus["adjustments"]]
    assert all("path" not in entry for entry in studio.get("/api/models").json())


def test_what_does_not_exist_is_404_and_a_wrong_method_405(studio):
    assert studio.get(f"/api/jobs/{'0' * 32}").status_code == 404
    assert studio.get(f"/api/pictures/{'0' * 64}/file").status_code == 404
    assert studio.get("/api/nothing").status_code == 404
    assert studio.client.delete("/api/options").status_code == 405
    assert studio.get("/api/jobs/..%2f..%2fetc").status_code in (404, 422)


def test_the_server_imports_only_what_it_needs_to_begin(tmp_path):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from velatura.jobs import Queue\n"
        "from velatura.server.app import create_app\n"
        "from velatura.server.config import ServerConfig\n"
        "import velatura.server.serve\n"
        "queue = Queue(Path('.'))\n"
        "create_app(ServerConfig(data_dir=Path('.')), queue)\n"
        "queue.close()\n"
        "print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    Queue(tmp_path).close()  # so that its database is as this program wants it
    heavy = ["torch", "diffusers", "transformers", "scipy", "alembic", "ftfy", "lark"]
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout.strip() == "[]"


def test_routes_are_built_once(tmp_path):
    queue = Queue(tmp_path)
    served = create_app(ServerConfig(data_dir=tmp_path), queue).app.routes
    queue.close()
    assert all(route in served for module in ROUTERS for route in module.router.routes)
