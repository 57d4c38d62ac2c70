from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import grows_in_line
from tests.prompts.conftest import recorded, table
from velatura.errors import PromptError
from velatura.prompts.emphasis import emphasise, scan


def segments(text: str) -> list[list[Any]]:
    return [[segment.text, segment.weight] for segment in emphasise(text)]


@pytest.mark.parametrize("case", table("emphasis"), ids=lambda case: case["text"] or "empty")
def test_texts_have_the_weights_of_the_shared_table(case: dict[str, Any]):
    found = segments(case["text"])
    assert [text for text, _ in found] == [text for text, _ in case["segments"]]
    assert [weight for _, weight in found] == pytest.approx(
        [weight for _, weight in case["segments"]], abs=1e-12
    )


@pytest.mark.parametrize("case", recorded(), ids=lambda case: case["prompt"])
def test_weights_equal_the_recorded_ones_to_the_last_bit(case: dict[str, Any]):
    assert segments(case["prompt"]) == case["attention"]


def test_weights_equal_all_recorded_ones(all_recorded: list[dict[str, Any]]):
    for case in all_recorded:
        assert segments(case["prompt"]) == case["attention"], case["prompt"]


@pytest.mark.parametrize(
    ("text", "position"), [("(a:1.2.3)", 3), ("x (a:.)", 5), ("(a: .. )", 4), ("((b:1:+.))", 6)]
)
def test_a_weight_that_is_no_number_is_refused_where_it_stands(text: str, position: int):
    with pytest.raises(PromptError) as caught:
        emphasise(text)
    assert caught.value.position == position
    assert caught.value.text == text


def test_a_bad_number_without_a_bracket_is_text():
    assert segments("a:1.2.3)") == [["a:1.2.3)", 1.0]]


@pytest.mark.parametrize(
    ("text", "breaks"),
    [("a BREAK b", 1), ("BREAK", 1), ("(a BREAK b)", 0), ("[BREAK]", 0), ("break", 0)],
)
def test_a_break_counts_outside_brackets_only(text: str, breaks: int):
    assert sum(segment.is_break for segment in emphasise(text)) == breaks


@given(st.text(alphabet="([)]:\\ab1. BREAK"))
def test_any_text_has_segments_or_a_malformed_number(text: str):
    try:
        positions = [piece.position for piece in scan(text).pieces]
    except PromptError as error:
        positions = [error.position]
    else:
        assert emphasise(text)
    assert all(0 <= position <= len(text) for position in positions)


@pytest.mark.parametrize(
    ("head", "tail"),
    [("(", ""), ("(a", ""), ("(a", ")"), ("(a:1.2), ", ""), (" ", ""), (": ", "")],
)
def test_long_and_deep_texts_are_weighed_in_linear_time(head: str, tail: str):
    assert grows_in_line(emphasise, lambda times: head * times + tail * times)


def test_no_text_is_too_deep():
    assert emphasise("(a" * 10_000 + ")" * 10_000)
