"""Memory of the worker, while checkpoints come and go."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest

from tests.ldm_layout import write_checkpoint
from tests.server.process import served
from velatura.jobs import local_recipe

SETTLED = 10
"""Switches after which nothing new is to be kept."""

MOST_GROWTH = 1.03


@pytest.fixture
def checkpoints(tmp_path):
    """Two checkpoints of different weights."""
    folder = tmp_path / "models"
    folder.mkdir()
    for seed, name in enumerate(("first", "second")):
        write_checkpoint(folder / f"{name}.safetensors", seed=seed)
    return folder


def resident(server):
    """Bytes that the worker has in memory, the pages of mapped files left out."""
    (worker,) = psutil.Process(server.process.pid).children()
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s*(\d+)", status)[1]) * 1024


@pytest.mark.parametrize("switches", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_memory_is_flat_however_often_the_checkpoint_is_switched(tmp_path, checkpoints, switches):
    recipe = local_recipe([checkpoints], device="cpu", memory_bytes=2**20)  # room for one at most
    settled = 0
    with served(tmp_path / "data", recipe, models_dirs=[str(checkpoints)]) as server:
        for number in range(switches):
            name = ("first", "second")[number % 2]
            job = server.submit(checkpoint=name, width=64, height=64, steps=1, seed=number)
            server.done(job)
            if number + 1 == SETTLED:
                settled = resident(server)
        assert resident(server) <= settled * MOST_GROWTH
