from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.conftest import recorded, table
from velatura.prompts.compose import split_parts


@pytest.mark.parametrize("case", table("compose"), ids=lambda case: case["prompt"] or "empty")
def test_prompts_have_the_parts_of_the_shared_table(case: dict[str, Any]):
    parts = [[part.text, part.weight] for part in split_parts(case["prompt"])]
    assert parts == case["parts"]


def check(case: dict[str, Any]) -> None:
    (indexes,) = case["multicond"]["indexes"]
    expected = [[case["multicond"]["prompts"][index], weight] for index, weight in indexes]
    assert [[part.text, part.weight] for part in split_parts(case["prompt"])] == expected


@pytest.mark.parametrize("case", recorded(), ids=lambda case: case["prompt"])
def test_parts_equal_the_recorded_ones(case: dict[str, Any]):
    check(case)


def test_parts_equal_all_recorded_ones(all_recorded: list[dict[str, Any]]):
    for case in all_recorded:
        check(case)


@given(st.text() | st.text(alphabet="AND :1.-+ab"))
def test_every_part_stands_at_its_position(text: str):
    for part in split_parts(text):
        assert text.startswith(part.text, part.position)
        assert part.weighted or part.weight == 1.0
