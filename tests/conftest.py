"""Fixtures that several parts of the suite share."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Small networks on a busy machine: threads that wait for one another cost far more than they give.
# Said before torch is imported, and so also to the programs that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# a busy machine is no defect; more examples: pytest --hypothesis-profile default
settings.register_profile("velatura", deadline=None, max_examples=50)
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a fresh PostgreSQL server, with {} for the name of a database."""
    from tests.postgres import server

    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'velatura.db'}"
    import psycopg

    server = request.getfixturevalue("postgres")
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # much quicker than a database
    return f"{server.format('postgres')}&options=-c%20search_path%3D{name}"
