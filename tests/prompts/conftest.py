"""Recorded readings and shared tables for the prompt tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def table(name: str) -> list[dict[str, Any]]:
    """Cases that other implementations read as well."""
    return json.loads((ROOT / "fixtures" / "prompts" / f"{name}.json").read_text("utf-8"))["cases"]


def recorded() -> list[dict[str, Any]]:
    """What A1111 read, from the table in this repository."""
    return json.loads((ROOT / "tests" / "golden" / "prompts.json").read_text("utf-8"))["cases"]


@pytest.fixture(scope="session")
def all_recorded(golden: Path) -> list[dict[str, Any]]:
    """What A1111 read, every prompt, in the shape of :func:`recorded`."""
    prompts = json.loads((golden / "unit" / "prompts.json").read_text("utf-8"))
    return [{"prompt": prompt, **reading} for prompt, reading in prompts.items()]
