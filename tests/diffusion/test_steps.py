"""Tests for the part of a schedule that an image-to-image pass walks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.diffusion.steps import Cut, cut

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("strength", "executed", "start"), [(0.0, 1, 19), (0.3, 7, 13), (0.5, 11, 9), (0.75, 16, 4)]
)
def test_twenty_steps_are_walked_in_part(strength: float, executed: int, start: int) -> None:
    part = cut(20, strength, exact=False)
    assert (part.executed, part.start) == (executed, start)


def test_full_strength_walks_all_steps() -> None:
    assert cut(20, 1.0, exact=False).executed == 20


@given(st.integers(1, 150), st.floats(min_value=0.01, max_value=1.0))
def test_exact_steps_are_all_walked(steps: int, strength: float) -> None:
    assert cut(steps, strength, exact=True).executed == steps


def test_exact_steps_at_strength_zero_are_none() -> None:
    part = cut(8, 0.0, exact=True)
    assert part == Cut(length=0, depth=7)
    assert part.executed == 0


def test_all_recorded_cuts_are_met(golden: Path) -> None:
    for case in json.loads((golden / "unit" / "img2img_steps.json").read_text()):
        part = cut(case["steps"], case["denoise"], exact=case["fix"])
        assert [part.length, part.depth] == case["result"]
        hires = cut(case["steps"], case["denoise"], exact=True)
        assert [hires.length, hires.depth] == case["hires_result"]
