"""Lists of values, as the X/Y/Z plot writes them."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from velatura.compare.values import (
    MOST_VALUES,
    read_flags,
    read_numbers,
    read_texts,
    read_whole_numbers,
    split_items,
)
from velatura.errors import TextError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("7", (7,)),
        ("1, 2,3", (1, 2, 3)),
        ("-1", (-1,)),
        ("- 5, + 5", (-5, 5)),
        ("1-5", (1, 2, 3, 4, 5)),
        ("1 - 5", (1, 2, 3, 4, 5)),
        ("-3 - -1", (-3, -2, -1)),
        ("-1-1", (-1, 0, 1)),
        ("5-20 (+5)", (5, 10, 15, 20)),
        ("5-20(+5)", (5, 10, 15, 20)),
        ("1-10 (+2)", (1, 3, 5, 7, 9)),
        ("1-10 ( + 4 )", (1, 5, 9)),
        ("10-1 (-3)", (10, 7, 4)),
        ("5-1 (-1)", (5, 4, 3)),
        ("1-10 [5]", (1, 3, 5, 7, 10)),
        ("10-1 [4]", (10, 7, 4, 1)),
        ("1-4 [1]", (1,)),
        ("0--9 [4]", (0, -3, -6, -9)),
        ("1,,2, ,3", (1, 2, 3)),
        ("1\n2-3", (1, 2, 3)),
        ("", ()),
        (" , ", ()),
        ("18446744073709551615", (2**64 - 1,)),
    ],
)
def test_whole_numbers_and_their_ranges(text, values):
    assert read_whole_numbers(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("7", (7.0,)),
        ("0.5, .25, 1e-3", (0.5, 0.25, 0.001)),
        ("1-2", (1.0, 2.0)),
        ("1-2 (+0.5)", (1.0, 1.5, 2.0)),
        ("1-2 (+ .5)", (1.0, 1.5, 2.0)),
        ("1.5-4", (1.5, 2.5, 3.5, 4.5)),
        ("2-1 (-0.25)", (2.0, 1.75, 1.5, 1.25, 1.0)),
        ("0-1 [3]", (0.0, 0.5, 1.0)),
        ("7-4 [4]", (7.0, 6.0, 5.0, 4.0)),
    ],
)
def test_numbers_and_their_ranges(text, values):
    assert read_numbers(text) == values


def test_rounding_can_add_a_number_behind_the_end_of_a_range():
    assert read_numbers("0-0.3 (+0.1)") == pytest.approx((0, 0.1, 0.2, 0.3))
    assert read_numbers("1-1.3 (+0.1)") == pytest.approx((1, 1.1, 1.2, 1.3, 1.4))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b", ("a", "b")),
        ('"soft, dreamy", sharp', ("soft, dreamy", "sharp")),
        ('say ""hi"", x', ('say ""hi""', "x")),
        ('"say ""hi""", x', ('say "hi"', "x")),
        ("word,", ("word", "")),
        ("a\nb,c\n\nd", ("a", "b", "c", "d")),
        ('"two\nlines"', ("two\nlines",)),
        ('"a"b', ("ab",)),
        (" ", ("",)),
        ("", ()),
    ],
)
def test_texts_are_what_stands_between_commas(text, values):
    assert read_texts(text) == values


@given(st.text(alphabet='ab", \n', max_size=20))
def test_lists_are_those_of_csv(text):
    assume(csv_closes_its_quotes(text))
    rows = csv.reader(io.StringIO(text), skipinitialspace=True)
    assert read_texts(text) == tuple(item.strip() for row in rows for item in row)


def csv_closes_its_quotes(text: str) -> bool:
    rows = list(csv.reader(io.StringIO(f"{text},end"), skipinitialspace=True))
    return rows[-1][-1] == "end"


@given(st.text(max_size=60))
def test_any_text_is_a_list_or_refused(text):
    for read in (read_texts, read_whole_numbers, read_numbers, read_flags):
        with suppress(TextError):
            read(text)


def test_flags_are_yes_and_no_in_many_words():
    assert read_flags("True, false, YES,no,1,0,on,off") == (True, False) * 4


@pytest.mark.parametrize(
    ("read", "text", "position", "said"),
    [
        (read_whole_numbers, "5, x", 3, "expected a whole number"),
        (read_whole_numbers, "1.5", 0, "expected a whole number"),
        (read_whole_numbers, "7, 1-10 (2)", 3, "a step carries its sign, as in (+2)"),
        (read_whole_numbers, "1-10 (+0)", 0, "a step of 0"),
        (read_whole_numbers, "10-1", 0, "gives no values"),
        (read_whole_numbers, "1-10 [0]", 0, "gives no values"),
        (read_whole_numbers, "1-99999999999999999999", 0, f"more than {MOST_VALUES} values"),
        (read_whole_numbers, "1-2 [999999999]", 0, f"more than {MOST_VALUES} values"),
        (read_whole_numbers, "9" * 5000, 0, "expected a whole number"),
        (read_numbers, "1, 2, ten", 6, "expected a number"),
        (read_numbers, "1-2 (+0)", 0, "a step of 0"),
        (read_numbers, "0-1 (+0.00001)", 0, f"more than {MOST_VALUES} values"),
        (read_numbers, "2-0 (+0.5)", 0, "gives no values"),
        (read_flags, "True, maybe", 6, "expected True or False, got 'maybe'"),
        (read_texts, 'a, "b', 3, "never closed"),
    ],
)
def test_what_is_no_list_is_refused_with_its_place(read, text, position, said):
    with pytest.raises(TextError, match="at character") as caught:
        read(text)
    assert said in str(caught.value)
    assert caught.value.position == position
    assert len(str(caught.value)) < 200


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-9, 9).filter(bool), st.booleans())
def test_a_range_stops_before_one_more_than_its_end(first, last, step, has_blanks):
    text = f"{first} - {last} ({step:+})" if has_blanks else f"{first}-{last}({step:+})"
    wanted = tuple(range(first, last + 1, step))
    assume(wanted)
    assert read_whole_numbers(text) == wanted


@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(2, 30))
def test_evenly_spaced_numbers_begin_and_end_as_written(first, last, count):
    values = read_numbers(f"{first}-{last} [{count}]")
    assert len(values) == count
    assert values[0] == first
    assert values[-1] == pytest.approx(last)
    gaps = [b - a for a, b in pairwise(values)]
    assert gaps == pytest.approx([(last - first) / (count - 1)] * (count - 1))


def test_items_know_where_they_stand():
    assert [(item.value, item.position) for item in split_items('a,  "b,c", d')] == [
        ("a", 0),
        ("b,c", 4),
        ("d", 11),
    ]
