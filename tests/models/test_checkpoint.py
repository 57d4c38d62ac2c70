from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.checkpoint import open_weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"This is just a note.\n", "neither a safetensors file nor a PyTorch checkpoint"),
        (b"\n\n<!DOCTYPE html><html><body>404</body>", "a web page"),
        (b"<html><head>", "a web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 4265380512\n",
            "a Git LFS pointer",
        ),
        (b"\x00" * 4096, "neither"),
        (b"x", "neither"),
    ],
)
def test_what_is_no_model_is_told_apart(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(BrokenModel, match=message):
        open_weights(path)


def test_gguf_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(UnsupportedModel, match="GGUF"):
        open_weights(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match="No such file"):
        open_weights(tmp_path / "gone.safetensors")


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    weights = {"a": torch.zeros(2)}
    save_file(weights, tmp_path / "tensors.ckpt")
    torch.save(weights, tmp_path / "pickle.safetensors")
    assert set(open_weights(tmp_path / "tensors.ckpt").tensors) == {"a"}
    assert set(open_weights(tmp_path / "pickle.safetensors").tensors) == {"a"}


def test_leftovers_are_dropped_and_old_names_brought_up_to_date(tmp_path: Path) -> None:
    old = "cond_stage_model.transformer.encoder.layers.0.mlp.fc1.weight"
    names = (old, "model_ema.decay", "loss.logvar", "model.diffusion_model.out.2.weight")
    save_file({name: torch.zeros(1) for name in names}, tmp_path / "old.safetensors")
    assert set(open_weights(tmp_path / "old.safetensors").tensors) == {
        "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight",
        "model.diffusion_model.out.2.weight",
    }


@pytest.mark.parametrize("length", [0x80, 0x4B50, 0x40])
def test_a_header_length_that_looks_like_another_file_is_no_matter(
    tmp_path: Path, length: int
) -> None:
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.ljust(length)
    path = tmp_path / "a.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + header + b"\x01")
    assert set(open_weights(path).tensors) == {"a"}
