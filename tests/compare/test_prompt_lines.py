"""Prompts from a file, a line each."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.compare import PromptLines, plan_lines, read_lines
from velatura.errors import RequestError
from velatura.records import Txt2Img, Variation

BASE = Txt2Img(seed=7)


def read(text, base=BASE, **settings):
    return read_lines(PromptLines(base=base, text=text, **settings), count(1000).__next__)


def test_each_line_that_is_not_empty_is_a_prompt():
    lines = read("a cat\n\n   a dog  \n")
    assert [(line.number, line.request.prompt) for line in lines] == [(1, "a cat"), (3, "a dog")]


def test_a_line_sets_what_it_names():
    (line,) = read(
        "--prompt a cat, 'in ink' --negative_prompt fog, rain --steps 30 --cfg_scale 4.5 "
        '--sampler_name "Euler a" --width 64 --height 72 --seed 3 --subseed 4 '
        "--subseed_strength 0.5 --seed_resize_from_w 80 --seed_resize_from_h 88 --batch_size 2 "
        "--n_iter 3 --sd_model tiny --tiling true --styles 'ink, oil'"
    )
    request = line.request
    assert (request.prompt, request.negative_prompt) == ("a cat, in ink", "fog, rain")
    assert (request.steps, request.guidance_scale, request.sampler) == (30, 4.5, "Euler a")
    assert (request.width, request.height, request.seed) == (64, 72, 3)
    assert request.variation == Variation(seed=4, strength=0.5)
    assert (request.noise.resize_width, request.noise.resize_height) == (80, 88)
    assert (request.batch_size, request.batch_count) == (2, 3)
    assert (request.checkpoint, request.tiling) == ("tiny", True)
    assert request.styles == ("ink", "oil")
    assert line.remarks == ()


def test_a_flag_is_true_only_in_this_word():
    (line,) = read("--prompt x --tiling True")
    assert line.request.tiling is False


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a cat -- in ink", "'a' is no setting"),
        ("--mood grim", "'--mood' is no setting"),
        ("--steps", "--steps has no value"),
        ("--steps many", "invalid literal"),
        ("--prompt 'a cat", "No closing quotation"),
    ],
)
def test_a_line_that_cannot_be_read_is_a_prompt_and_says_why(text, why):
    (line,) = read(text)
    assert line.request.prompt == text
    assert why in line.remarks[0]


def test_settings_without_a_counterpart_are_left_out_and_remarked():
    (line,) = read("--prompt a cat --restore_faces true --sampler_index 3")
    assert line.request.prompt == "a cat"
    assert line.remarks == ("left out, having no counterpart: restore_faces, sampler_index",)


def test_the_prompts_of_the_base_come_first_or_last():
    base = Txt2Img(prompt="ink,", negative_prompt="fog", seed=1)
    (line,) = read("a cat", base)
    assert (line.request.prompt, line.request.negative_prompt) == ("ink, a cat", "fog")
    (line,) = read("--prompt a cat --negative_prompt rain", base, line_first=True)
    assert (line.request.prompt, line.request.negative_prompt) == ("a cat ink,", "rain fog")


@pytest.mark.parametrize(
    ("seeds", "drawn"),
    [("own", [1000, 1001, 5]), ("same", [1000, 1000, 5]), ("iterate", [1000, 1002, 5])],
)
def test_seeds_of_lines(seeds, drawn):
    base = Txt2Img(batch_size=2)
    lines = read("a\nb\n--prompt c --seed 5", base, seeds=seeds)
    assert [line.request.seed for line in lines] == drawn


def test_a_value_outside_its_limits_is_refused_by_line():
    with pytest.raises(RequestError, match="line 2: steps: must be from 1 to 1000, got 0"):
        read("a\n--steps 0")


def test_an_empty_file_is_refused():
    with pytest.raises(RequestError, match="no prompts"):
        read(" \n\n")


def test_a_row_for_each_line_with_its_pictures_side_by_side():
    comparison = plan_lines(read("a\n--prompt b --batch_size 2 --n_iter 2"))
    assert (len(comparison.columns), len(comparison.rows)) == (4, 2)
    told = [
        (cell.row, cell.column, cell.request.prompt, cell.request.seed) for cell in comparison.cells
    ]
    assert told == [(0, 0, "a", 7)] + [(1, k, "b", 7 + k) for k in range(4)]


def test_too_many_pictures_are_refused():
    with pytest.raises(RequestError, match="million pixels"):
        plan_lines(read("--prompt b --batch_size 64 --n_iter 10000"))


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        lines = read(text)
    except RequestError:
        return
    assert all(line.request.seed >= 0 for line in lines)
