"""Inner features that are used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from velatura.models.deep_cache import DeepCache, Kept

if TYPE_CHECKING:
    from collections.abc import Sequence


def computed(cache: DeepCache, calls: Sequence[int], rows: Sequence[int] = (2,)) -> list[int]:
    """The guided calls at which something is computed, with network calls of so many rows each."""
    found: list[int] = []
    for call in calls:
        for count in rows:
            kept, x = cache.at(call), torch.zeros(count, 4, 1, 1)
            if kept is None or not kept.fits(x):
                found.append(call)
            if kept is not None:
                kept.inner = torch.full((count, 1, 1, 1), float(call))
    return found


def test_with_an_interval_of_one_nothing_is_kept() -> None:
    cache = DeepCache(1)
    assert cache.at(0) is None
    assert computed(cache, range(3)) == [0, 1, 2]
    assert cache.features == ()


def test_features_are_computed_at_the_first_of_so_many_calls() -> None:
    assert computed(DeepCache(3), range(8)) == [0, 3, 6]


def test_each_network_call_of_a_guided_call_keeps_its_own() -> None:
    cache = DeepCache(2)
    assert computed(cache, range(3), rows=(2, 1)) == [0, 0, 2, 2]
    assert [len(inner) for inner in cache.features] == [2, 1]


def test_features_of_other_rows_or_another_size_do_not_fit() -> None:
    assert Kept(torch.zeros(2, 1, 1, 1)).fits(torch.zeros(2, 4, 1, 1))
    assert not Kept(torch.zeros(2, 1, 1, 1)).fits(torch.zeros(1, 4, 1, 1))
    assert not Kept(torch.zeros(1, 1, 2, 1)).fits(torch.zeros(1, 4, 1, 1))
    assert not Kept().fits(torch.zeros(1, 4, 1, 1))


def test_what_was_saved_goes_on_where_it_stopped() -> None:
    first = DeepCache(3)
    computed(first, range(2), rows=(2, 1))
    assert computed(DeepCache(3, first.features), range(2, 5), rows=(2, 1)) == [3, 3]
