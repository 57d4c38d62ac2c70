"""A safe part of YAML, in which texts stay texts."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import WorkflowError
from velatura.workflows.yaml_text import DEEPEST, LONGEST_TEXT, format_yaml, parse_yaml

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from(" \n#:-'\"|>a1.e+0\\\t&*!%@`~?{}[],\r\x85\u2028\ufeff\x00")
)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats(allow_nan=False) | texts
)
keys = st.text(st.characters(categories=["L", "N"]), min_size=1)
values = st.recursive(
    scalars,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(keys, each, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back_as_it_was(value: object) -> None:
    back = parse_yaml(format_yaml(value)).value
    assert back == value
    assert type(back) is type(value)


@given(st.dictionaries(keys, texts.filter(lambda text: text.isprintable()), max_size=3))
def test_other_readers_of_yaml_see_the_same_texts(value: object) -> None:
    assert yaml.safe_load(format_yaml(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("1:30", "1:30"), ("2026-11-24", "2026-11-24"),
        ("0777", 777), ("1e3", 1000.0), (".5", 0.5), ("-3", -3), ("true", True), ("~", None),
        ("", None), (".inf", math.inf), ("'7'", "7"), ('"a\\nb"', "a\nb"), ("[a, 1]", ["a", 1]),
        ("a (red:1.3) [x:y:0.5]", "a (red:1.3) [x:y:0.5]"),
    ],
)  # fmt: skip
def test_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    assert parse_yaml(text).value == value


def test_every_value_knows_its_place() -> None:
    parsed = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert parsed.place(("a", "b")) == "line 2, column 3"
    assert parsed.place(("a", "c", 1, "d")) == "line 5, column 8"
    assert parsed.place(("a", "missing", "deeper")) == "line 1, column 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "line 2, column 1: not readable as YAML: did not find expected"),
        ("a: 1\n b: 2", "line 2, column 3: not readable"),
        ("a: \x07", "not readable as YAML"),
        ("a: &x 1", "line 1, column 4: anchors and aliases are not understood"),
        ("a: &x [1]\nb: *x", "anchors and aliases"),
        ("&k a: 1", "a key must be a plain word"),
        ("a: !!python/object:os.system x", "line 1, column 4: tags such as"),
        ("!!map {a: 1}", "tags such as"),
        ("a: 1\na: 2", "line 2, column 1: 'a' stands here twice"),
        ("{a: {b: 1, b: 2}}", "line 1, column 12: 'b' stands here twice"),
        ("[a]: 1", "a key must be a plain word"),
        ("a: 1\n---\nb: 2", "line 2, column 1: a second document"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("a: " + "x" * LONGEST_TEXT, "longer than"),
        ("\n".join(["- 0"] * 200_001), "too many values"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        parse_yaml(text)
    assert message in str(caught.value)


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{index}: &a{index} [*a{index - 1}, *a{index - 1}]" for index in range(1, 30)]
    with pytest.raises(WorkflowError, match="line 1, column 5: anchors"):
        parse_yaml("\n".join(lines))
