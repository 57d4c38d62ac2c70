from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import RequestError
from velatura.prompts.styles import (
    Style,
    apply_styles,
    extract_styles,
    merge_style,
    read_styles,
    write_styles,
)

if TYPE_CHECKING:
    from pathlib import Path

OIL = Style(name="oil", prompt="oil on canvas", negative_prompt="photo")
FRAME = Style(name="frame", prompt="a framed {prompt}, on a wall")
EMPTY = Style(name="empty")
STYLES = {style.name: style for style in (OIL, FRAME, EMPTY)}


@pytest.mark.parametrize(
    ("style", "text", "merged"),
    [
        ("oil", "a cat", "a cat, oil"),
        (" oil ", " a cat ", "a cat, oil"),
        ("oil", "", "oil"),
        ("", "a cat", "a cat"),
        ("a {prompt} of {prompt}", "x", "a x of x"),
        ("{prompt}, oil", " x ", " x , oil"),
    ],
)
def test_a_style_is_put_around_the_prompt_or_behind_it(style: str, text: str, merged: str):
    assert merge_style(style, text) == merged


def test_styles_are_applied_from_left_to_right():
    merged = apply_styles("a cat", "blur", ["oil", "frame"], STYLES)
    assert merged == ("a framed a cat, oil on canvas, on a wall", "blur, photo")


def test_an_unknown_style_is_refused_by_name():
    with pytest.raises(RequestError, match="'gouache'"):
        apply_styles("a cat", "", ["gouache"], STYLES)


def test_styles_are_taken_out_again():
    prompt, negative = apply_styles("a cat", "blur", ["oil", "frame"], STYLES)
    found = extract_styles(prompt, negative, STYLES)
    assert (found.prompt, found.negative_prompt, found.styles) == (
        "a cat",
        "blur",
        ("oil", "frame"),
    )


def test_a_style_is_found_only_where_both_its_texts_are():
    found = extract_styles("a cat, oil on canvas", "blur", STYLES)
    assert found.styles == ()


@given(st.text(alphabet="a, "), st.lists(st.sampled_from(["oil", "frame", "empty"]), max_size=4))
def test_taking_styles_out_ends_for_every_prompt(prompt: str, names: list[str]):
    merged, negative = apply_styles(prompt, "", names, STYLES)
    found = extract_styles(
        merged, negative, {**STYLES, "bare": Style(name="bare", prompt="{prompt}")}
    )
    assert len(found.styles) <= len(names) + 1


def test_a_styles_file_survives_writing_and_reading(tmp_path: Path):
    path = tmp_path / "styles.csv"
    styles = [OIL, FRAME, Style(name="quoted", prompt='say "hi",\nthen go', negative_prompt="é")]
    write_styles(path, [OIL])
    write_styles(path, styles)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,prompt,negative_prompt\r\n")
    assert list(read_styles(path).values()) == styles
    assert list(read_styles(tmp_path / "styles.csv.bak").values()) == [OIL]


def test_old_files_comments_and_several_files_are_read(tmp_path: Path):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("name,text\nink, black ink\n# note,x\nkeep,kept\n", "utf-8")
    new.write_text("name,prompt,negative_prompt\nink,blue ink,red\n\n", "utf-8-sig")
    assert read_styles(old, new) == {
        "ink": Style(name="ink", prompt="blue ink", negative_prompt="red"),
        "keep": Style(name="keep", prompt="kept"),
    }


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "styles.csv"
    path.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(RequestError, match=r"styles\.csv"):
        read_styles(path)


def test_the_recorded_style_is_merged_alike(golden: Path):
    case = json.loads((golden / "cases" / "styles.json").read_text("utf-8"))
    stored = json.loads((golden / "api" / "prompt-styles.json").read_text("utf-8"))
    styles = {
        row["name"]: Style(
            name=row["name"], prompt=row["prompt"], negative_prompt=row["negative_prompt"]
        )
        for row in stored
    }
    request = case["request"]
    merged = apply_styles(request["prompt"], request["negative_prompt"], request["styles"], styles)
    assert merged == (case["info"]["prompt"], case["info"]["negative_prompt"])
