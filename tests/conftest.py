"""Fixtures that several parts of the suite share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Small networks on a busy machine: threads that wait for one another cost far more than they give.
# Said before torch is imported, and so also to the programs that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

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
    from tests.ldm_layout import write_checkpoint

    return write_checkpoint(tmp_path_factory.mktemp("checkpoints") / "tiny.safetensors")
