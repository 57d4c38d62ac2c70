"""One server for all tests that do not need one of their own."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.server.process import served


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    with served(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture(scope="session")
def png():
    """A picture file of 16 x 8 pixels."""
    pixels = np.arange(16 * 8 * 3, dtype=np.uint8).reshape(8, 16, 3)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
