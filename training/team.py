"""Several workers train one network: each learns alone for some steps, then they meet at the mean.

Averaging the weights now and then instead of every gradient is "local SGD" (Stich 2018,
arXiv:1805.09767). A worker has one thread; on a machine that others use too this is much faster
than one process with several threads, which wait for one another in every layer. On a GPU, use one
worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from torch import Tensor

    from training.recipe import Bench

    Job = Callable[[Bench, "Team"], None]


class Team:
    """This worker's number, and what it does together with the others."""

    def __init__(self, rank: int, size: int) -> None:
        self.rank = rank
        self.size = size

    @property
    def leads(self) -> bool:
        """Whether this worker saves and reports."""
        return self.rank == 0

    @torch.no_grad()
    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace every tensor by its mean over the workers."""
        if self.size == 1:
            return
        parts = list(tensors)
        joined = torch.cat([part.detach().reshape(-1) for part in parts])
        distributed.all_reduce(joined)
        joined /= self.size
        for part, mean in zip(parts, joined.split([p.numel() for p in parts]), strict=True):
            part.copy_(mean.view_as(part))

    def agree(self, value: float) -> float:
        """Return the leader's value."""
        if self.size == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(shared, src=0)
        return float(shared)


def meeting_file(bench: Bench) -> Path:
    """Return the file through which the workers find one another."""
    return bench.work.resolve() / "meeting"


def _work(rank: int, size: int, job: Job, bench: Bench) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{meeting_file(bench)}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    job(bench, Team(rank, size))
    distributed.destroy_process_group()


def run_team(job: Job, bench: Bench, size: int) -> None:
    """Run a job in ``size`` processes of one thread each, or right here where it is one."""
    if size == 1:
        job(bench, Team(0, 1))
        return
    meeting_file(bench).unlink(missing_ok=True)
    spawn(_work, (size, job, bench), nprocs=size)
