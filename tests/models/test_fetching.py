from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from velatura.models.fetching import fetching

if TYPE_CHECKING:
    import pytest


def test_what_is_on_the_host_is_there() -> None:
    tensor = torch.arange(6).reshape(2, 3)
    assert fetching(tensor)() is tensor


class Card:
    """A tensor that claims to be on a card, whose work is done when its event is waited for."""

    device = torch.device("cuda")
    dtype = torch.uint8
    shape = (2, 2)


def test_what_is_on_a_card_is_waited_for_once_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    arriving = torch.zeros(2, 2, dtype=torch.uint8)

    class Arriving:
        def copy_(self, source: object, *, non_blocking: bool) -> None:
            assert isinstance(source, Card)
            assert non_blocking
            log.append("copy")

        def clone(self) -> torch.Tensor:
            return arriving.clone()

    class Event:
        def record(self) -> None:
            log.append("record")

        def synchronize(self) -> None:
            log.append("wait")
            arriving.fill_(7)

    def pinned(shape: object, *, dtype: torch.dtype, pin_memory: bool) -> Any:
        assert (shape, dtype, pin_memory) == (Card.shape, Card.dtype, True)
        return Arriving()

    monkeypatch.setattr(torch, "empty", pinned)
    monkeypatch.setattr(torch.cuda, "Event", Event)
    tensor: Any = Card()
    wait = fetching(tensor)
    assert log == ["copy", "record"]
    assert wait().tolist() == [[7, 7], [7, 7]]
    assert log == ["copy", "record", "wait"]
