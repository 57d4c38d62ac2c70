"""Recorded GIMP pictures, and the cases that TypeScript reads too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def gimp(golden: Path) -> Path:
    """Folder of pictures that GIMP 2.10.34 made; the test is skipped where it is not at hand."""
    folder = golden.parent / "gimp"
    if not folder.is_dir():
        pytest.skip("the recorded GIMP pictures (../shared/golden/gimp) are not at hand")
    return folder


def cases(name: str) -> list[dict]:
    """The cases of ``fixtures/adjust/NAME.json``."""
    return json.loads((ROOT / "fixtures" / "adjust" / f"{name}.json").read_text("utf-8"))["cases"]
