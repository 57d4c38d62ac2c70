"""The whole server killed, and started again over the same data folder."""

from __future__ import annotations

import time

import psutil

from tests.server.engines import quick_recipe
from tests.server.process import served

JOBS = 4
KILLS = 2
RECIPE = quick_recipe(step_s=0.05)


def request(number):
    return {"prompt": f"apple number {number}", "seed": number, "steps": 12, "batch_size": 2}


def pictures_of(server, jobs):
    return [[made["id"] for made in server.done(job)["pictures"]] for job in jobs]


def kill(server, *, takes_worker):
    """End the server without a word, and perhaps its worker."""
    worker = psutil.Process(server.process.pid).children()
    server.process.kill()
    server.process.wait()
    for process in worker if takes_worker else ():
        process.kill()


def test_no_job_is_lost_or_done_twice_when_the_server_is_killed(tmp_path):
    with served(tmp_path / "quiet", RECIPE) as server:
        expected = pictures_of(server, [server.submit(**request(it)) for it in range(JOBS)])
    with served(tmp_path / "data", RECIPE) as server:
        jobs = [server.submit(**request(number)) for number in range(JOBS)]
        server.until(jobs[0], "running")
        kill(server, takes_worker=False)
    for round_ in range(KILLS):
        with served(tmp_path / "data", RECIPE) as server:
            time.sleep(0.3 * round_)
            kill(server, takes_worker=round_ % 2 == 0)
    with served(tmp_path / "data", RECIPE) as server:
        assert pictures_of(server, jobs) == expected
        assert server.get("/api/queue").json()["counts"] == {"done": JOBS}
        count = server.get("/api/library/count").json()["count"]
        assert count == len({picture for made in expected for picture in made})
        for made in expected:
            for picture in made:
                assert server.get(f"/api/pictures/{picture}/file").status_code == 200
