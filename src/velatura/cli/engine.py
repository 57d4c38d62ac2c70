"""The engine that the commands work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.garbage import uncollected

if TYPE_CHECKING:
    from velatura.engines.base import Engine
    from velatura.settings import Settings


def local_engine(settings: Settings) -> Engine:
    """The engine of this machine."""
    with uncollected():
        from velatura.engines.local import LocalEngine

    return LocalEngine(
        models_dirs=settings.models_dirs,
        cache_dir=settings.cache_dir,
        styles_file=settings.styles_file,
        compiles=settings.compile,
    )
