"""A model file's table of contents, whatever its container, under the names we use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.safetensors_file import read_safetensors
from velatura.models.torch_file import read_torch_file

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.models.stored import WeightFile

DROPPED = ("model_ema.", "loss.", "first_stage_model.loss.")
"""Name prefixes of what training leaves behind in checkpoints."""

OLD_TEXT = "cond_stage_model.transformer."
OLD_TEXT_PARTS = ("embeddings.", "encoder.", "final_layer_norm.")
"""Early files lack ``text_model.`` between the two."""

TEXT_FILES: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself; fetch it with git lfs"),
    (b"<!doctype", "a web page, not a model; download it again"),
    (b"<html", "a web page, not a model; download it again"),
    (b"<?xml", "an XML text, not a model; download it again"),
)
"""How texts begin that are often found in the place of a model -> what they are."""


def open_weights(path: Path) -> WeightFile:
    """The tensors in a model file: a safetensors file, or one that ``torch.save`` wrote.

    Nothing in the file is run. The content decides, never the name of the file. Training leftovers
    are dropped, and the old names of the text encoder are brought up to date.

    Raises:
        BrokenModel: if it is no model file, or not a complete one.
        UnsafeModel: if reading it would run code.
        UnsupportedModel: if it is in a container that we do not read.
    """
    try:
        file = read_torch_file(path) if container(path) == "torch" else read_safetensors(path)
    except OSError as error:
        raise BrokenModel(f"{path}: cannot be read: {error.strerror}") from error
    tensors = {
        _present_name(name): tensor
        for name, tensor in file.tensors.items()
        if not name.startswith(DROPPED)
    }
    return replace(file, tensors=tensors)


def container(path: Path) -> Literal["safetensors", "torch"]:
    """How a file is packed, by its first bytes.

    Raises:
        BrokenModel: if it is no model file.
        UnsupportedModel: if it is in a container that we do not read.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise BrokenModel(f"{path}: the file is empty; download it again")
    if head[8:9] == b"{":  # first: the length before it may look like the start of anything
        return "safetensors"
    if head.startswith((b"PK", b"\x80")):
        return "torch"
    if head.startswith(b"GGUF"):
        raise UnsupportedModel(f"{path}: a GGUF file; Velatura reads safetensors and ckpt files")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginning, description in TEXT_FILES:
        if start.startswith(beginning):
            raise BrokenModel(f"{path}: {description}")
    raise BrokenModel(f"{path}: neither a safetensors file nor a PyTorch checkpoint")


def _present_name(name: str) -> str:
    rest = name.removeprefix(OLD_TEXT)
    if name != rest and rest.startswith(OLD_TEXT_PARTS):
        return f"{OLD_TEXT}text_model.{rest}"
    return name
