from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from velatura.prompts.conditioning import Conditioning, Entry, Part, equalise

if TYPE_CHECKING:
    from velatura.records import Padding


def rows(*values: float) -> torch.Tensor:
    """One vector of width 2 per value."""
    return torch.tensor(values)[:, None].repeat(1, 2)


def constant(*values: float) -> Conditioning:
    return Conditioning((Part(1.0, (Entry(10, rows(*values)),)),))


def values(conditioning: Conditioning) -> list[float]:
    ((_, vectors),) = conditioning.at(0)
    return vectors[:, 0].tolist()


EMPTY = rows(0.0, 0.5)


def test_a_call_takes_the_entry_of_its_table():
    table = (Entry(2, rows(1.0)), Entry(4, rows(2.0)))
    conditioning = Conditioning((Part(1.0, table), Part(-0.5, (Entry(4, rows(3.0)),))))
    seen = [[(w, v[0, 0].item()) for w, v in conditioning.at(call)] for call in range(6)]
    assert [first for first, _ in seen] == [(1.0, v) for v in (1.0, 1.0, 1.0, 2.0, 2.0, 1.0)]
    assert {second for _, second in seen} == {(-0.5, 3.0)}


def test_parts_are_levelled_by_their_last_vector():
    parts = [Part(1.0, (Entry(4, rows(1.0)),)), Part(1.0, (Entry(4, rows(2.0, 3.0, 4.0)),))]
    levelled = Conditioning.levelled(parts)
    assert levelled.length == 3
    assert [v[:, 0].tolist() for _, v in levelled.at(0)] == [[1.0, 1.0, 1.0], [2.0, 3.0, 4.0]]


@pytest.mark.parametrize(
    ("option", "positive", "negative", "expected", "padded"),
    [
        ("separate", (1, 2), (3, 4, 5, 6), ((1, 2), (3, 4, 5, 6)), False),
        ("pad", (1, 2), (3, 4), ((1, 2), (3, 4)), False),
        ("pad", (1, 2), (3, 4, 5, 6), ((1, 2, 0, 0.5), (3, 4, 5, 6)), True),
        ("pad", (1, 2, 3, 4, 5, 6), (7, 8), ((1, 2, 3, 4, 5, 6), (7, 8, 0, 0.5, 0, 0.5)), True),
        ("pad v0", (1, 2), (3, 4), ((1, 2), (3, 4)), False),
        ("pad v0", (1, 2), (3, 4, 5, 6), ((1, 2), (3, 4)), True),
        ("pad v0", (1, 2, 3, 4), (5, 6), ((1, 2, 3, 4), (5, 6, 6, 6)), True),
    ],
)
def test_unequal_prompts_are_padded_as_the_option_says(
    option: Padding,
    positive: tuple[float, ...],
    negative: tuple[float, ...],
    expected: tuple[tuple[float, ...], tuple[float, ...]],
    padded: bool,
):
    found = equalise(constant(*positive), constant(*negative), option, EMPTY)
    assert values(found.positive) == list(expected[0])
    assert values(found.negative) == list(expected[1])
    assert found.padded is padded


def test_entries_that_share_vectors_still_share_them_after_padding():
    shared = rows(1.0, 2.0)
    positive = Conditioning((Part(1.0, (Entry(2, shared), Entry(4, shared))),))
    padded = equalise(positive, constant(1, 2, 3, 4), "pad", EMPTY).positive
    first, second = padded.parts[0].entries
    assert first.vectors is second.vectors
