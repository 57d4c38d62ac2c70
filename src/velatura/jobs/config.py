"""What a worker process is told when it is started, as one line of JSON on its standard input.

Not on its command line, which everybody on the machine may read: the database's URL may hold a
password.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from velatura.garbage import uncollected
from velatura.jobs.orphans import MOST_DEATHS
from velatura.metadata import Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.engines.base import Engine
    from velatura.records import PreviewKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a worker makes its engine.

    Attributes:
        factory: ``module:function``, which gives an :class:`~velatura.engines.base.Engine`.
        options: The function's keyword arguments, plain values.
    """

    factory: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    def make(self) -> Engine:
        """The engine."""
        module, _, name = self.factory.partition(":")
        return getattr(import_module(module), name)(**self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """What a worker process needs to know.

    Attributes:
        name: What it is called; no two workers of a database share a name.
        url: The database.
        root: The data folder.
        recipe: How it makes its engine.
        pattern: Part of the names of picture files; see :mod:`velatura.library.names`.
        encoding: How pictures become files.
        snapshot_s: Least time between two snapshots of a job on the disk.
        preview: How previews are made.
        preview_s: Least time between two previews; 0 makes none.
        report_s: Least time between two reports of progress.
        poll_s: How often it looks for a job unasked.
        most_deaths: Of workers at one job, before it counts as failed.
    """

    name: str
    url: str
    root: Path
    recipe: Recipe
    pattern: str = "[seed]"
    encoding: Encoding = field(default_factory=Encoding)
    snapshot_s: float = 2.0
    preview: PreviewKind = "linear"
    preview_s: float = 1.0
    report_s: float = 0.25
    poll_s: float = 1.0
    most_deaths: int = MOST_DEATHS

    def to_json(self) -> str:
        """The configuration as one line."""
        return json.dumps(asdict(self) | {"root": str(self.root)})

    @classmethod
    def from_json(cls, text: str) -> WorkerConfig:
        """The configuration that :meth:`to_json` wrote."""
        told: dict[str, Any] = json.loads(text)
        told["root"] = Path(told["root"])
        told["recipe"] = Recipe(**told["recipe"])
        told["encoding"] = Encoding(**told["encoding"])
        return cls(**told)


def local_recipe(
    models_dirs: Sequence[Path] = (),
    *,
    cache_dir: Path | None = None,
    styles_file: Path | None = None,
    device: str | None = None,
    memory_bytes: int = 8 * 2**30,
    compiles: bool = False,
) -> Recipe:
    """A :class:`~velatura.engines.local.LocalEngine`, which this process does not import."""
    return Recipe(
        factory="velatura.jobs.config:make_local_engine",
        options={
            "models_dirs": [str(path) for path in models_dirs],
            "cache_dir": str(cache_dir) if cache_dir else None,
            "styles_file": str(styles_file) if styles_file else None,
            "device": device,
            "memory_bytes": memory_bytes,
            "compiles": compiles,
        },
    )


def fake_recipe(seed: int = 1, step_s: float = 0.0) -> Recipe:
    """A :class:`~velatura.engines.fake.FakeEngine`."""
    return Recipe(
        factory="velatura.engines.fake:FakeEngine", options={"seed": seed, "step_s": step_s}
    )


def make_local_engine(
    models_dirs: Sequence[str],
    cache_dir: str | None,
    styles_file: str | None,
    device: str | None,
    memory_bytes: int,
    compiles: bool,
) -> Engine:
    """The engine of a :func:`local_recipe`; called in the worker."""
    with uncollected():
        from velatura.engines.local import LocalEngine

    return LocalEngine(
        [Path(path) for path in models_dirs],
        cache_dir=Path(cache_dir) if cache_dir else None,
        styles_file=Path(styles_file) if styles_file else None,
        device=device,
        memory_bytes=memory_bytes,
        compiles=compiles,
    )
