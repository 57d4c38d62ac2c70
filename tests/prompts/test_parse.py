"""The parser against the grammar file itself, and against time."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from tests.effort import grows_in_line
from velatura.prompts.parse import Body, Edit, Text, parse, walk

PIECES = ["(", ")", "[", "]", ":", "|", "a", "b ", "0.5", "3", "\\", "\\[", "[a:b:0.5]", "[a|b]"]
nested = st.recursive(
    st.sampled_from(["a", "b c", "", "(d)", "0.5", "\\]"]),
    lambda inner: st.one_of(
        st.builds("[{}:{}:{}]".format, inner, inner, st.sampled_from(["0.5", " 3 ", "x"])),
        st.builds("[{}|{}]".format, inner, inner),
        st.builds("({}:{})".format, inner, inner),
        st.builds("[{}]".format, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=8,
)
broken = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@cache
def earley() -> Lark:
    grammar = files("velatura.prompts").joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar, start="text", parser="earley", keep_all_tokens=True, maybe_placeholders=False
    )


def outline(nodes: Body) -> list[Any]:
    """A tree as nested lists, texts as they are."""
    found: list[Any] = []
    for node in nodes:
        if isinstance(node, Text):
            found.append(node.text)
        elif isinstance(node, Edit):
            before = [outline(node.before)] if node.has_before else []
            found.append((node.when, [*before, outline(node.after)]))
        else:
            found.append(("|", [outline(option) for option in node.options]))
    return found


def earley_outline(tree: Tree[Token]) -> list[Any]:
    """The same of lark's own tree."""
    found: list[Any] = []
    for child in tree.children:
        added = [str(child)] if isinstance(child, Token) else earley_nodes(child)
        for node in added:
            if found and isinstance(node, str) and isinstance(found[-1], str):
                found[-1] += node
            else:
                found.append(node)
    return found


def earley_nodes(tree: Tree[Token]) -> list[Any]:
    bodies = [earley_outline(child) for child in tree.children if isinstance(child, Tree)]
    if tree.data == "edit":
        (number,) = [c for c in tree.children if isinstance(c, Token) and c.type == "NUMBER"]
        return [(number.strip(), bodies)]
    if tree.data == "choice":
        return [("|", bodies)]
    return earley_outline(tree)


@settings(max_examples=300, deadline=None)
@given(st.one_of(nested, broken))
def test_the_parser_agrees_with_earley_on_the_same_grammar(text: str):
    prompt = parse(text)
    try:
        expected = earley_outline(earley().parse(text))
    except UnexpectedInput:
        assert prompt.literal_from is not None
        assert outline(prompt.body) == [text]
    else:
        assert prompt.literal_from is None
        assert outline(prompt.body) == expected


@pytest.mark.parametrize(
    ("text", "position"),
    [("a | b", 2), ("(a|b)", 2), ("[a|b:0.5]", 2), ("x \\", 2), ("[a|b", 2), ("a\\\nb", 1)],
)
def test_a_stray_bar_or_backslash_makes_the_whole_prompt_literal(text: str, position: int):
    prompt = parse(text)
    assert prompt.literal_from == position
    assert prompt.body == (Text(text, 0),)


def test_nodes_know_where_they_stand():
    text = "a [[b|c]:d:0.5] e"
    edit = parse(text).body[1]
    assert isinstance(edit, Edit)
    assert text[edit.position :][: edit.length] == "[[b|c]:d:0.5]"
    for node in walk(parse(text).body):
        if isinstance(node, Text):
            assert text[node.position :].startswith(node.text)


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("[", ""),
        ("]", ""),
        ("(", ")"),
        ("[", "]"),
        ("[a:", ""),
        ("[a:", ":5]"),
        ("[a|", "]"),
        ("[a|b]", ""),
        ("word, ", ""),
        ("|", "]"),
        ("\\", ""),
        (":", ""),
    ],
)
def test_long_and_deep_prompts_are_read_in_linear_time(head: str, tail: str):
    def read(text: str):
        return sum(1 for _ in walk(parse(text).body))

    assert grows_in_line(read, lambda times: head * times + tail * times)


@pytest.mark.parametrize("text", ["[" * 20_000, "[a:" * 10_000 + ":5]" * 10_000])
def test_no_prompt_is_too_deep(text: str):
    assert sum(1 for _ in walk(parse(text).body)) >= 1
