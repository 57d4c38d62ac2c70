"""One server for all tests that do not need one of their own."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.conftest import GOLDEN
from tests.server.process import served
from velatura.jobs import local_recipe


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


@pytest.fixture(scope="session")
def painter(tmp_path_factory, tiny_checkpoint):
    """A server that really paints: with the checkpoint of the recordings where they are at hand."""
    folder = GOLDEN / "model" if GOLDEN.is_dir() else tiny_checkpoint.parent
    root = tmp_path_factory.mktemp("painter")
    styles = root / "styles.csv"
    styles.write_text(
        'name,prompt,negative_prompt\nlab style,"{prompt}, oil painting",low quality\n'
    )
    recipe = local_recipe([folder], cache_dir=root / "cache", styles_file=styles, device="cpu")
    with served(
        root / "data",
        recipe,
        models_dirs=[str(folder)],
        cache_dir=str(root / "cache"),
        styles_file=str(styles),
    ) as server:
        yield server
