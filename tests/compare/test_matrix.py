"""The prompt matrix: every choice of the optional parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.compare import Label, Matrix, plan_matrix
from velatura.errors import RequestError
from velatura.records import Txt2Img

BASE = Txt2Img(prompt="a cat|ink| dawn,|fog", seed=7, width=64, height=64)


def prompts(**settings) -> list[str]:
    comparison = plan_matrix(Matrix(**({"base": BASE} | settings)), lambda: 0)
    return [cell.request.prompt for cell in comparison.cells]


def test_every_choice_of_parts_in_the_order_of_its_bits():
    assert prompts() == [
        "a cat",
        "a cat, ink",
        "a cat, dawn",
        "a cat, ink, dawn",
        "a cat, fog",
        "a cat, ink, fog",
        "a cat, dawn, fog",
        "a cat, ink, dawn, fog",
    ]


def test_parts_can_be_joined_by_a_blank_and_stand_before_the_constant_one():
    assert prompts(delimiter=" ", constant_last=True)[3] == "ink dawn a cat"


def test_the_negative_prompt_can_be_the_one():
    base = Txt2Img(prompt="a|b", negative_prompt="x|y", seed=7)
    comparison = plan_matrix(Matrix(base=base, field="negative_prompt"), lambda: 0)
    assert [cell.request.negative_prompt for cell in comparison.cells] == ["x", "x, y"]
    assert {cell.request.prompt for cell in comparison.cells} == {"a|b"}


def test_the_first_half_of_the_parts_runs_along_the_columns():
    comparison = plan_matrix(Matrix(base=BASE), lambda: 0)
    assert len(comparison.columns) == 4
    assert len(comparison.rows) == 2
    assert comparison.columns[2] == (Label("ink", is_active=False), Label("dawn"))
    assert comparison.rows[0] == (Label("fog", is_active=False),)
    places = [(cell.row, cell.column) for cell in comparison.cells]
    assert places == [(row, column) for row in range(2) for column in range(4)]


def test_all_pictures_have_one_seed_or_each_the_next():
    random = Txt2Img(prompt="a|b|c")
    same = plan_matrix(Matrix(base=random), lambda: 50)
    assert {cell.request.seed for cell in same.cells} == {50}
    moving = plan_matrix(Matrix(base=random, vary_seeds=True), lambda: 50)
    assert [cell.request.seed for cell in moving.cells] == [50, 51, 52, 53]


@given(st.lists(st.text(alphabet="abc,( ", max_size=6), min_size=1, max_size=6))
def test_headings_tell_the_parts_of_every_picture(parts):
    base = Txt2Img(prompt="|".join(["x", *parts]), seed=1, width=64, height=64)
    comparison = plan_matrix(Matrix(base=base), lambda: 0)
    assert len(comparison.cells) == 2 ** len(parts)
    for cell in comparison.cells:
        labels = (*comparison.columns[cell.column], *comparison.rows[cell.row])
        chosen = [label.text for label in labels if label.is_active]
        assert cell.request.prompt == ", ".join(["x", *chosen])


@pytest.mark.parametrize(
    ("prompt", "said"),
    [("a cat", "has no optional parts"), ("x" + "|a" * 12, "million pixels")],
)
def test_a_prompt_without_bars_or_with_too_many_is_refused(prompt, said):
    with pytest.raises(RequestError, match=said):
        plan_matrix(Matrix(base=Txt2Img(prompt=prompt)), lambda: 0)
