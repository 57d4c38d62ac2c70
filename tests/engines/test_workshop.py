"""The workshop where a device has little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from velatura import LocalEngine
from velatura.engines import workshop as module
from velatura.engines.workshop import Workshop
from velatura.errors import OutOfMemory
from velatura.forecast import Notebook
from velatura.models.base import load_model
from velatura.models.place import HOST, Place
from velatura.records import Txt2Img

if TYPE_CHECKING:
    from pathlib import Path

CARD = torch.device("cuda")
REQUEST = Txt2Img(prompt="a boat", checkpoint="tiny", vae="None", seed=1, width=64, height=64)


def make_workshop(path: Path, device: torch.device) -> Workshop:
    return Workshop(
        [path.parent],
        cache_dir=None,
        notebook=Notebook(None),
        device=device,
        memory_bytes=10**9,
    )


def places_tried(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop, refusals: list[Exception]
) -> list[Place]:
    """Where a kit's model was tried to be put, each refusal in the way of one attempt."""
    tried: list[Place] = []

    def load(*files: Any, place: Place, **known: Any) -> object:
        tried.append(place)
        if len(tried) <= len(refusals):
            raise refusals[len(tried) - 1]
        return load_model(*files, **known)

    monkeypatch.setattr(module, "load_model", load)
    workshop.kit(REQUEST, workshop.choose(REQUEST, workshop.catalogue()))
    return tried


def nearly_nothing(_device: torch.device) -> int:
    return 2**20


NO_ROOM = OutOfMemory("not enough memory"), torch.OutOfMemoryError("CUDA out of memory")


@pytest.mark.parametrize("refusal", NO_ROOM, ids=["reckoned", "refused by the card"])
def test_networks_take_turns_on_a_card_that_cannot_hold_them(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    tried = places_tried(monkeypatch, make_workshop(tiny_checkpoint, CARD), [refusal, refusal])
    assert [place.turns is not None for place in tried] == [False, False, True]
    assert [place.home for place in tried] == [CARD, CARD, HOST]
    assert {place.device for place in tried} == {CARD}


def test_other_models_go_before_one_is_parted(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = places_tried(monkeypatch, make_workshop(tiny_checkpoint, CARD), [NO_ROOM[0]])
    assert [place.turns for place in tried] == [None, None]


def test_a_checkpoint_that_the_machine_has_no_room_for_is_refused_before_it_is_read(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    monkeypatch.setattr("velatura.models.room.free_bytes", nearly_nothing)
    monkeypatch.setattr("velatura.models.base.read_tensors", None)
    engine = LocalEngine([tiny_checkpoint.parent])
    with pytest.raises(OutOfMemory, match=r"its weights take \d+\.\d GB; close other programs"):
        next(iter(engine.run(REQUEST)))
