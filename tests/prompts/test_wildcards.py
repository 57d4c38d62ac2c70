"""Wildcards in prompts."""

from __future__ import annotations

import pytest

from velatura.errors import RequestError
from velatura.prompts.wildcards import LARGEST_FILE, fill_wildcards, read_wildcards

LISTS = {
    "pet": ("cat", "dog", "hare"),
    "places/city": ("Bern",),
    "deep": ("a __pet__ in __places/city__",),
    "ring": ("x __ring__",),
    "bomb": ("__bomb__ " * 50,),
}


def test_a_name_becomes_one_of_its_lines():
    drawn = {fill_wildcards("a __pet__", LISTS, seed) for seed in range(50)}
    assert drawn == {"a cat", "a dog", "a hare"}


def test_the_same_seed_gives_the_same_lines():
    text = "__pet__ and __pet__ in __places/city__"
    assert fill_wildcards(text, LISTS, 3) == fill_wildcards(text, LISTS, 3)


def test_two_of_one_name_are_drawn_one_by_one():
    drawn = [fill_wildcards("__pet__ __pet__", LISTS, seed).split() for seed in range(30)]
    assert any(first != second for first, second in drawn)


def test_a_choice_does_not_depend_on_files_that_are_not_asked_for():
    fewer = {"pet": LISTS["pet"]}
    assert fill_wildcards("__pet__", LISTS, 9) == fill_wildcards("__pet__", fewer, 9)


def test_lines_may_hold_wildcards_themselves():
    assert fill_wildcards("__deep__", LISTS, 1) in [f"a {pet} in Bern" for pet in LISTS["pet"]]


def test_lines_that_hold_themselves_come_to_an_end():
    assert fill_wildcards("__ring__", LISTS, 1).endswith("__ring__")
    with pytest.raises(RequestError, match="more than"):
        fill_wildcards("__bomb__", LISTS, 1)


@pytest.mark.parametrize("text", ["__none__", "____", "a_b__c", "__ pet__", "__init__", "___pet"])
def test_what_no_file_is_called_like_stays(text):
    assert fill_wildcards(text, LISTS, 1) == text


def test_files_are_called_by_their_place(tmp_path):
    (tmp_path / "places").mkdir()
    (tmp_path / "places/city.txt").write_text("\ufeffBern\n\n# not this\n  Genève \r\n", "utf-8")
    (tmp_path / "empty.txt").write_text("# nothing\n")
    (tmp_path / "notes.md").write_text("no")
    (tmp_path / "large.txt").write_bytes(b"x" * (LARGEST_FILE + 1))
    assert read_wildcards(tmp_path) == {"places/city": ("Bern", "Genève")}
    assert read_wildcards(tmp_path / "none") == {}


def test_a_file_of_another_encoding_is_refused_by_name(tmp_path):
    (tmp_path / "pet.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RequestError, match=r"pet\.txt"):
        read_wildcards(tmp_path)
