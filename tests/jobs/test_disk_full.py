"""A disk that is really full: the queue stops clearly, tears nothing, and goes on with space."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from tests.jobs.engines import ChainEngine, chain_recipe
from tests.jobs.test_supervisor import until
from velatura import Txt2Img, read_story
from velatura.errors import DatabaseFull, DiskFull
from velatura.jobs import Queue, Status
from velatura.records import Bitmap, Img2Img

SIDE = 256
REQUEST = Txt2Img(prompt="large", seed=1, steps=3, batch_count=30)
"""Thirty files of 200 KB."""

LEFT = 2 * 2**20
"""Bytes that are free when the job begins: ten of its files fit."""


@pytest.fixture
def disk(tmp_path):
    """A folder on a disk of its own, of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "velatura-test", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk, left):
    """A file that leaves so many bytes."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(free(disk) - left))
    return ballast


def free(disk):
    """Bytes."""
    space = os.statvfs(disk)
    return space.f_bavail * space.f_frsize


@pytest.mark.parametrize("database", ["on another disk", "on the full disk"])
def test_a_job_waits_for_space_and_is_done_with_the_same_pictures(disk, tmp_path, database):
    is_apart = database == "on another disk"
    queue = Queue(disk / "data", url=f"sqlite:///{tmp_path / 'a.db'}" if is_apart else "")
    config = queue.worker("cpu", chain_recipe(side=SIDE))
    config = replace(config, snapshot_s=0.0, preview_s=0.0)
    supervisor = queue.supervise([config], reserve_bytes=2**23)
    ballast = fill(disk, LEFT)
    job = queue.submit(REQUEST)
    supervisor.start()
    until(lambda: free(disk) < 200_000, "the disk to be full")
    if is_apart:  # else there may be no room to say so before there is space again
        until(lambda: queue.pauses, "the queue to pause")
        waiting = queue.get(job.id)
        assert (waiting.status, waiting.deaths) == (Status.QUEUED, 0)
        assert "free some space" in queue.pauses[0].reason
        assert 0 < len(waiting.pictures) < 30
    ballast.unlink()
    until(lambda: queue.get(job.id).finished, "the end")
    supervisor.stop()
    done = queue.get(job.id)
    quiet = [event.id for event in ChainEngine(side=SIDE).run(REQUEST) if hasattr(event, "pixels")]
    assert (done.status, [each.id for each in done.pictures]) == (Status.DONE, quiet)
    files = sorted(path for path in queue.folder.pictures.rglob("*") if path.is_file())
    assert len(files) == 30
    assert all(read_story(path).request.prompt == "large" for path in files)
    queue.close()


def test_a_job_that_finds_no_room_is_refused_and_the_queue_is_whole(disk):
    queue = Queue(disk / "data")
    before = queue.submit(REQUEST)
    ballast = fill(disk, 0)
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    request = Img2Img(image=Bitmap(pixels), seed=1)
    with pytest.raises(DiskFull, match="free some space"):
        queue.submit(request)
    with pytest.raises(DatabaseFull, match="free some space"):
        submit_many(queue)
    ballast.unlink()
    assert queue.submit(request).status == Status.QUEUED
    assert queue.newest(limit=500).jobs[-1] == before
    queue.close()


def submit_many(queue):
    """More than there is room for: SQLite's log may take some."""
    for _ in range(100):
        queue.submit(REQUEST)
