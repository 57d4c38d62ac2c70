"""Fixtures that several parts of the suite share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.ldm_layout import write_checkpoint

settings.register_profile("velatura", deadline=None)  # a busy machine is no defect
settings.load_profile("velatura")

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden" / "a1111"


@pytest.fixture(scope="session")
def golden() -> Path:
    """Folder of recorded A1111 results; the test is skipped where it is not at hand."""
    if not GOLDEN.is_dir():
        pytest.skip("the recorded A1111 results (../shared/golden/a1111) are not at hand")
    return GOLDEN


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random SD 1.x checkpoint in the original layout (4 heads by sidecar), about 5 MB.

    Text width 32, two layers; U-Net 32 and 64 channels, one residual block a level; f8
    autoencoder of 32 channels.
    """
    return write_checkpoint(tmp_path_factory.mktemp("checkpoints") / "tiny.safetensors")
