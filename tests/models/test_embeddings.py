from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from tests.models import hostile
from velatura.errors import BrokenModel, UnsafeModel
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.models.embeddings import read_embedding, read_embeddings
from velatura.prompts.encode import Injection

if TYPE_CHECKING:
    from pathlib import Path

VECTORS = torch.arange(12.0).reshape(3, 4)


def test_every_form_gives_the_same_vectors(tmp_path: Path) -> None:
    web_ui = {"string_to_token": {"*": 265}, "string_to_param": {"*": VECTORS}, "name": "x"}
    parameters = torch.nn.ParameterDict({"*": torch.nn.Parameter(VECTORS)})
    torch.save(web_ui, tmp_path / "a.pt")
    torch.save(web_ui | {"string_to_param": parameters}, tmp_path / "b.pt")
    torch.save({"<cat>": VECTORS}, tmp_path / "c.bin")
    torch.save({"emb_params": VECTORS}, tmp_path / "d.pt", _use_new_zipfile_serialization=False)
    save_file({"emb_params": VECTORS, "other": torch.zeros(1)}, tmp_path / "e.safetensors")
    save_file({"anything": VECTORS.clone()}, tmp_path / "f.safetensors")
    save_file(
        {"clip_l": VECTORS[:, :1].clone(), "clip_g": VECTORS[:, 1:].clone()},
        tmp_path / "g.safetensors",
    )
    for path in sorted(tmp_path.iterdir()):
        assert torch.equal(read_embedding(path), VECTORS), path.name


def test_one_dimension_is_one_vector_and_halves_are_widened(tmp_path: Path) -> None:
    save_file({"emb_params": torch.ones(4).half()}, tmp_path / "a.safetensors")
    vectors = read_embedding(tmp_path / "a.safetensors")
    assert vectors.shape == (1, 4)
    assert vectors.dtype is torch.float32


@pytest.mark.parametrize(
    "tensors",
    [
        {"a": torch.zeros(1, 4), "b": torch.zeros(1, 4)},
        {"emb_params": torch.zeros(1, 2, 3)},
        {"clip_l": torch.zeros(1, 4), "clip_g": torch.zeros(2, 4)},
    ],
)
def test_other_files_are_no_embeddings(tmp_path: Path, tensors: dict[str, torch.Tensor]) -> None:
    save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(BrokenModel):
        read_embedding(tmp_path / "a.safetensors")


def test_a_hostile_embedding_is_refused_unrun(tmp_path: Path) -> None:
    torch.save({"string_to_param": {"*": hostile.OBJECTS["builtins.exec"]}}, tmp_path / "a.pt")
    with pytest.raises(UnsafeModel):
        read_embedding(tmp_path / "a.pt")
    assert not hostile.ran()


def test_what_does_not_fit_is_skipped_with_a_reason(tmp_path: Path) -> None:
    contents = {"good": (2, 4), "wide": (2, 8), "long": (76, 4)}
    files: list[ModelFile] = []
    for name, shape in contents.items():
        path = tmp_path / f"{name}.safetensors"
        save_file({"emb_params": torch.zeros(shape)}, path)
        files.append(ModelFile("embedding", path.name, path))
    (tmp_path / "note.pt").write_text("hello")
    files.append(ModelFile("embedding", "note.pt", tmp_path / "note.pt"))
    files.append(ModelFile("embedding", "sub/good.pt", tmp_path / "gone.pt"))
    found = read_embeddings(files, 4)
    assert set(found.usable) == set(found.vectors) == {"good"}
    assert set(found.skipped) == {"wide", "long", "note"}
    assert "width 8, the model has 4" in found.skipped["wide"]
    assert "76 vectors" in found.skipped["long"]


def test_vectors_take_the_place_of_tokens(tiny_checkpoint: Path) -> None:
    encoder = load_model(
        ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint)
    ).text_encoder
    table = encoder.network.embeddings.token_embedding.weight
    ids = [49406, 320, 1125, 2368, *[49407] * 73]
    blank = [49406, 320, 0, 0, *[49407] * 73]
    injected = encoder.encode([blank, blank], [[Injection(1, table[[1125, 2368]])], []])
    torch.testing.assert_close(injected[:1], encoder.encode([ids], [[]]))
    assert not torch.allclose(injected[0], injected[1])
    past_the_end = encoder.encode([ids], [[Injection(74, table[:5])], []])
    assert past_the_end.shape == (1, 77, 32)
