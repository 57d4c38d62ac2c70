"""What tests of networks begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from velatura.models.base import Model, load_model
from velatura.models.catalogue import ModelFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture
def model(tiny_checkpoint: Path) -> Model:
    """The tiny checkpoint, whose weights nobody has rearranged yet."""
    return load_model(ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint))
