from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import save_file

from velatura.errors import BrokenModel, ModelError, UnsupportedModel
from velatura.models.safetensors_file import read_metadata, read_safetensors
from velatura.models.tensors import read_tensors

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def entry(
    begin: int, end: int, shape: list[Any] | None = None, dtype: str = "U8"
) -> dict[str, Any]:
    shape = [end - begin] if shape is None else shape
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_every_type_and_shape_reads_back(tmp_path: Path) -> None:
    saved = {
        "float": torch.randn(3, 4),
        "half": torch.randn(5).half(),
        "bfloat": torch.randn(2, 2).bfloat16(),
        "eight": torch.randn(6).to(torch.float8_e4m3fn),
        "long": torch.arange(4),
        "flag": torch.tensor([True, False]),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
    }
    path = tmp_path / "all.safetensors"
    save_file(saved, path, metadata={"who": "me"})
    file = read_safetensors(path)
    assert file.metadata == {"who": "me"} == read_metadata(path)
    for name, tensor in read_tensors(file.tensors).items():
        assert tensor.dtype == saved[name].dtype
        assert tensor.shape == saved[name].shape
        torch.testing.assert_close(tensor.double(), saved[name].double(), rtol=0, atol=0)


def test_tensors_are_converted_when_asked(tmp_path: Path) -> None:
    save_file({"a": torch.tensor([1.5, -2.0]).half()}, tmp_path / "a.safetensors")
    tensors = read_tensors(
        read_safetensors(tmp_path / "a.safetensors").tensors, dtype=torch.float32
    )
    assert tensors["a"].dtype is torch.float32
    assert tensors["a"].tolist() == [1.5, -2.0]


@pytest.mark.parametrize(
    "header",
    [
        {"a": entry(0, 4), "b": entry(2, 6)},
        {"a": entry(0, 2), "b": entry(4, 8)},
        {"a": entry(0, 9)},
        {"a": entry(0, 4)},
        {"a": entry(0, 8, [2**60])},
        {"a": entry(0, 8, [-8])},
        {"a": entry(-8, 0, [8])},
        {"a": entry(0, 8, [4.0, 2])},
        {"a": entry(0, 8, [1] * 17 + [8])},
        {"a": {"dtype": "U8", "shape": [8]}},
        {"a": {"dtype": "U8", "shape": 8, "data_offsets": [0, 8]}},
        {"a": "text"},
        {"__metadata__": {"x": 1}, "a": entry(0, 8)},
        {"__metadata__": ["x"], "a": entry(0, 8)},
        [1, 2],
        b'{"a": 1',
        b'{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{}}',
        b"{" + b'"a":{' * 50_000,
        b"{\xff\xfe}",
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: object) -> None:
    with pytest.raises(BrokenModel, match=r"lies\.safetensors"):
        read_safetensors(write(tmp_path / "lies.safetensors", header, bytes(8)))


def test_an_unknown_element_type_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "new.safetensors", {"a": entry(0, 8, [8], "F4")}, bytes(8))
    with pytest.raises(UnsupportedModel, match="F4"):
        read_safetensors(path)


@pytest.mark.parametrize("length", [2**63, 101_000_000, 1000])
def test_an_absurd_header_length_is_refused_without_reading(tmp_path: Path, length: int) -> None:
    path = tmp_path / "absurd.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + b"{}")
    with pytest.raises(BrokenModel, match="not a complete safetensors file"):
        read_safetensors(path)


def test_a_truncated_file_says_so(tiny_checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    path.write_bytes(tiny_checkpoint.read_bytes()[:100_000])
    with pytest.raises(BrokenModel, match="not complete; download it again"):
        read_safetensors(path)


def test_a_file_that_shrinks_after_its_header_was_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.zeros(100)}, path)
    file = read_safetensors(path)
    with path.open("r+b") as out:
        out.truncate(200)
    with pytest.raises(BrokenModel, match="ends before its tensors do"):
        read_tensors(file.tensors)


def test_damaged_files_never_fail_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.zeros(3), "b": torch.ones(2, 2)}, path)
    whole, chance = path.read_bytes(), random.Random(1)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randint(1, len(damaged))])
        try:
            read_tensors(read_safetensors(path).tensors)
        except ModelError:
            continue
