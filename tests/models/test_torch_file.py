from __future__ import annotations

import math
import pickle
import random
import struct
import zipfile
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from tests.models import hostile
from velatura.errors import BrokenModel, ModelError, UnsafeModel
from velatura.models.checkpoint import open_weights
from velatura.models.pickle_data import Leftover
from velatura.models.tensors import read_tensors
from velatura.models.torch_file import open_torch_file, read_torch_file

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "legacy"])
PACKINGS = pytest.mark.parametrize("pack", [hostile.in_zip, hostile.in_legacy])


@pytest.fixture(autouse=True)
def nothing_runs() -> Iterator[None]:
    """No test in this file may end with hostile code having run."""
    yield
    assert not hostile.ran()


def save(content: object, path: Path, *, is_zip: bool = True) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    return path


def lightning_checkpoint() -> dict[str, Any]:
    """What a training program saves: weights, and much that is none."""
    weights = OrderedDict(a=torch.randn(2, 3), b=torch.nn.Parameter(torch.randn(4)))
    return {
        "state_dict": weights,
        "epoch": 3,
        "callbacks": {"x": {"best": np.float64(0.5), "path": Path("last.ckpt")}},
        "optimizer_states": [{"state": {0: {"step": 1, "m": torch.zeros(3)}}}],
        "seen": {1, 2},
        "table": defaultdict(list, {"k": [1]}),
        "device": torch.device("cpu"),
        "size": torch.Size([1, 2]),
        "array": np.arange(3),
    }


@FORMATS
def test_weights_read_back_exactly(tmp_path: Path, is_zip: bool) -> None:
    shared = torch.arange(12.0)
    saved = {
        "matrix": torch.randn(3, 4),
        "turned": torch.randn(3, 4).t(),
        "slice": shared[3:9].reshape(2, 3),
        "whole": shared,
        "half": torch.randn(5).half(),
        "bfloat": torch.randn(5).bfloat16(),
        "eight": torch.randn(4).to(torch.float8_e5m2),
        "number": torch.tensor(3),
        "empty": torch.zeros(0, 2),
        "parameter": torch.nn.Parameter(torch.randn(2)),
    }
    file = read_torch_file(save(saved, tmp_path / "w.pt", is_zip=is_zip))
    for name, tensor in read_tensors(file.tensors).items():
        assert tensor.dtype == saved[name].dtype
        torch.testing.assert_close(tensor.double(), saved[name].detach().double(), rtol=0, atol=0)
    assert set(file.tensors) == set(saved)


@FORMATS
def test_training_leftovers_are_read_over(tmp_path: Path, is_zip: bool) -> None:
    content = lightning_checkpoint()
    path = save(content, tmp_path / "last.ckpt", is_zip=is_zip)
    weights = read_tensors(open_weights(path).tensors)
    assert set(weights) == {"a", "b"}
    assert torch.equal(weights["a"], content["state_dict"]["a"])


@PACKINGS
def test_a_lightning_callback_becomes_a_placeholder(tmp_path: Path, pack: Any) -> None:
    """As in v1-5-pruned-emaonly.ckpt: the callback's class is a key of the table."""
    callback = b"cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n"
    data = hostile.raw(b"}", callback, b"}s", hostile.text("k"), callback, b")\x81}bs")
    content: Any = open_torch_file(pack(tmp_path / "x.ckpt", data)).content
    assert isinstance(content["k"], Leftover)
    assert content["k"].name.endswith("ModelCheckpoint")


@FORMATS
@pytest.mark.parametrize("name", hostile.OBJECTS)
def test_hostile_objects_are_refused_unrun(tmp_path: Path, name: str, is_zip: bool) -> None:
    content = {"state_dict": {"a": torch.zeros(2), "x": hostile.OBJECTS[name]}}
    path = save(content, tmp_path / "evil.ckpt", is_zip=is_zip)
    if name == "bytearray bomb":
        assert set(open_weights(path).tensors) == {"a"}
        return
    with pytest.raises(UnsafeModel, match=r"refers to '[\w.]+'"):
        open_weights(path)


def test_the_offending_name_is_told(tmp_path: Path) -> None:
    path = save({"a": hostile.OBJECTS["builtins.eval"]}, tmp_path / "evil.ckpt")
    with pytest.raises(UnsafeModel, match=r"'builtins\.eval'.*safetensors"):
        open_weights(path)


@PACKINGS
@pytest.mark.parametrize("name", hostile.PICKLES)
def test_hand_made_pickles_are_refused_unrun(tmp_path: Path, name: str, pack: Any) -> None:
    with pytest.raises(UnsafeModel):
        open_weights(pack(tmp_path / "evil.ckpt", hostile.PICKLES[name]))


@PACKINGS
@pytest.mark.parametrize("name", hostile.NONSENSE)
def test_nonsense_is_refused_at_once(tmp_path: Path, name: str, pack: Any) -> None:
    with pytest.raises(BrokenModel):
        open_weights(pack(tmp_path / "odd.ckpt", hostile.NONSENSE[name]))


@PACKINGS
def test_recursive_structures_hold_no_weights(tmp_path: Path, pack: Any) -> None:
    with pytest.raises(BrokenModel, match="holds no weights"):
        open_weights(pack(tmp_path / "loop.ckpt", hostile.recursive()))


def test_a_bare_pickle_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "evil.ckpt"
    path.write_bytes(pickle.dumps(hostile.OBJECTS["builtins.exec"], protocol=2))
    with pytest.raises(UnsafeModel):
        open_weights(path)
    path.write_bytes(pickle.dumps({"a": 1}, protocol=2))
    with pytest.raises(BrokenModel, match="not one that PyTorch saved"):
        open_weights(path)


def test_code_between_the_pickles_of_the_old_format_is_refused(tmp_path: Path) -> None:
    evil = pickle.dumps(hostile.OBJECTS["builtins.exec"], protocol=2)
    start = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
    path = tmp_path / "evil.ckpt"
    path.write_bytes(start + evil)
    with pytest.raises(UnsafeModel):
        open_weights(path)


def test_torchscript_is_refused(tmp_path: Path) -> None:
    path = hostile.in_zip(
        tmp_path / "script.pt", hostile.raw(b"}"), code____torch__=b"def forward(self): pass"
    )
    with pytest.raises(UnsafeModel, match="TorchScript"):
        open_weights(path)


def test_compressed_members_are_refused(tmp_path: Path) -> None:
    bomb = hostile.raw(b"}") + bytes(1_000_000)
    path = hostile.in_zip(tmp_path / "bomb.ckpt", bomb, method=zipfile.ZIP_DEFLATED)
    with pytest.raises(BrokenModel, match="compressed"):
        open_weights(path)


def test_other_archives_are_no_models(tmp_path: Path) -> None:
    path = tmp_path / "notes.ckpt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(BrokenModel, match="not one that PyTorch saved"):
        open_weights(path)


def storage(length: int, *, key: str = "0", kind: str = "FloatStorage") -> bytes:
    """Instructions that name a storage."""
    name = f"ctorch\n{kind}\n".encode()
    count = b"\x8a\x08" + struct.pack("<q", length)
    return (
        b"("
        + hostile.text("storage")
        + name
        + hostile.text(key)
        + hostile.text("cpu")
        + count
        + b"tQ"
    )


def tensor(place: bytes, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> bytes:
    """Instructions that make a tensor."""

    def numbers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", value) for value in values) + b"t"

    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n("
    return (
        rebuild
        + place
        + b"\x8a\x08"
        + struct.pack("<q", offset)
        + numbers(shape)
        + numbers(strides)
        + b"\x89}tR"
    )


@pytest.mark.parametrize(
    "instructions",
    [
        tensor(storage(4), 0, (5,), (1,)),
        tensor(storage(4), 3, (2,), (1,)),
        tensor(storage(4), 0, (2**40,), (0,)),
        tensor(storage(4), -1, (2,), (1,)),
        tensor(storage(4), 0, (2, 2), (-1, 1)),
        tensor(storage(4), 0, (2, 2), (1,)),
        tensor(storage(4), 0, (1,) * 20, (1,) * 20),
        tensor(storage(2**60), 0, (2**60,), (1,)),
        tensor(storage(4, key="7"), 0, (4,), (1,)),
        tensor(storage(-4), 0, (0,), (1,)),
        tensor(storage(4, kind="QUInt8Storage"), 0, (4,), (1,)),
    ],
)
def test_tensors_outside_their_storage_are_refused(tmp_path: Path, instructions: bytes) -> None:
    data = hostile.raw(b"}", hostile.text("a"), instructions, b"s")
    with pytest.raises(ModelError):
        open_weights(hostile.in_zip(tmp_path / "odd.ckpt", data, data__0=bytes(16)))


def test_many_tensors_on_one_storage_are_refused(tmp_path: Path) -> None:
    names = (
        hostile.text(f"t{i}") + tensor(storage(4096), 0, (4096,), (1,)) + b"s" for i in range(99)
    )
    path = hostile.in_zip(tmp_path / "odd.ckpt", hostile.raw(b"}", *names), data__0=bytes(16384))
    with pytest.raises(BrokenModel, match="far more than the file"):
        open_weights(path)


@FORMATS
def test_truncated_files_are_refused(tmp_path: Path, is_zip: bool) -> None:
    path = save({"a": torch.zeros(5000)}, tmp_path / "w.ckpt", is_zip=is_zip)
    whole = path.read_bytes()
    for length in (3, 20, 60, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:length])
        with pytest.raises(BrokenModel):
            open_weights(path)


@FORMATS
def test_damaged_files_never_fail_otherwise(tmp_path: Path, is_zip: bool) -> None:
    path = save(lightning_checkpoint(), tmp_path / "w.ckpt", is_zip=is_zip)
    whole, chance = path.read_bytes(), random.Random(2)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            read_tensors(open_weights(path).tensors)
        except ModelError:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
    assert math.prod(outcomes.values()) > 0
