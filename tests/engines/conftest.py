"""One engine for all tests of this folder: a checkpoint is loaded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from velatura import LocalEngine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def engine(tiny_checkpoint: Path) -> LocalEngine:
    """A local engine that knows the tiny checkpoint."""
    return LocalEngine([tiny_checkpoint.parent])
