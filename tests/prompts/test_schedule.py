from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.conftest import recorded, table
from velatura.prompts.schedule import Timeline, index_at, schedule

prompts = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(["[", "]", "(", ")", ":", "|", "a", "b", "0.5", "3", "\\", " "]),
        max_size=30,
    ).map("".join),
)
timelines = st.builds(
    Timeline,
    calls=st.integers(1, 60),
    first_pass_calls=st.none() | st.integers(1, 60),
    old=st.booleans(),
)
RECORDED_TIMELINES = {
    "schedule_8": Timeline(calls=8),
    "schedule_10": Timeline(calls=10),
    "schedule_16": Timeline(calls=16),
    "schedule_20": Timeline(calls=20),
    "schedule_hires_8_8": Timeline(calls=8, first_pass_calls=8),
    "schedule_old_8": Timeline(calls=8, old=True),
}


def rows(prompt: str, timeline: Timeline) -> list[list[Any]]:
    return [[entry.until, entry.text] for entry in schedule(prompt, timeline)]


@pytest.mark.parametrize("case", table("schedule"), ids=lambda case: case["prompt"])
def test_prompts_have_the_schedules_of_the_shared_table(case: dict[str, Any]):
    timeline = Timeline(
        calls=case["calls"],
        first_pass_calls=case.get("first_pass_calls"),
        old=case.get("old", False),
    )
    assert rows(case["prompt"], timeline) == case["table"]


@pytest.mark.parametrize("case", recorded(), ids=lambda case: case["prompt"])
def test_schedules_equal_the_recorded_ones(case: dict[str, Any]):
    for key, timeline in RECORDED_TIMELINES.items():
        assert rows(case["prompt"], timeline) == case[key], key


def test_schedules_equal_all_recorded_ones(all_recorded: list[dict[str, Any]]):
    for case in all_recorded:
        for key, timeline in RECORDED_TIMELINES.items():
            assert rows(case["prompt"], timeline) == case[key], (case["prompt"], key)


@given(prompts, timelines)
def test_a_schedule_rises_strictly_and_ends_at_the_budget(prompt: str, timeline: Timeline):
    untils = [entry.until for entry in schedule(prompt, timeline)]
    assert untils[0] >= 1
    assert all(before < after for before, after in pairwise(untils))
    assert untils[-1] == timeline.budget


@given(prompts, timelines)
def test_every_text_is_made_of_pieces_of_the_prompt(prompt: str, timeline: Timeline):
    for entry in schedule(prompt, timeline):
        assert entry.text == "".join(piece.text for piece in entry.origin)
        assert all(prompt.startswith(piece.text, piece.position) for piece in entry.origin)


def test_the_first_text_lasts_one_call_longer_than_written():
    untils = [entry.until for entry in schedule("[a:b:0.8]", Timeline(calls=20))]
    assert [index_at(untils, call) for call in range(20)] == [0] * 17 + [1] * 3


def test_a_choice_shows_its_first_text_twice_in_a_row():
    entries = schedule("[a|b]", Timeline(calls=6))
    untils = [entry.until for entry in entries]
    assert "".join(entries[index_at(untils, call)].text for call in range(6)) == "aababa"


def test_beyond_its_end_a_schedule_starts_over_with_the_first_text():
    assert index_at([2, 4], 4) == 1
    assert index_at([2, 4], 5) == 0


def test_nested_edits_by_the_thousand_are_rendered():
    deep = "[a:" * 5000 + "b" + ":3]" * 5000
    assert rows(deep, Timeline(calls=10)) == [[3, "a"], [10, "b"]]
