from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from velatura.models.base import Model, load_model
from velatura.models.cache import ModelCache, file_key
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.lora import with_loras
from velatura.models.tiling import tiled
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkpoint(tiny_checkpoint: Path) -> ModelFile:
    return ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint)


@pytest.fixture
def models(checkpoint: ModelFile) -> list[Model]:
    return [load_model(checkpoint) for _ in range(3)]


def never() -> Model:
    raise AssertionError("it was kept")


def test_a_kept_model_is_not_loaded_again(models: list[Model]) -> None:
    cache = ModelCache(10**9)
    assert cache.get("a", lambda: models[0]) is models[0]
    assert cache.get("a", never) is models[0]


def test_the_models_used_longest_ago_go_first(models: list[Model]) -> None:
    cache = ModelCache(2 * models[0].size_bytes + 1)
    for key, model in zip("ab", models, strict=False):
        cache.get(key, lambda model=model: model)
    cache.get("a", never)
    cache.get("c", lambda: models[2])
    assert ["a" in cache, "b" in cache, "c" in cache] == [True, False, True]
    assert cache.size_bytes <= cache.budget_bytes


def test_room_is_made_before_a_model_is_loaded(models: list[Model]) -> None:
    size = models[0].size_bytes
    cache = ModelCache(2 * size)
    for key, model in zip("ab", models, strict=False):
        cache.get(key, lambda model=model: model)

    def load() -> Model:
        assert len(cache) == 1
        return models[2]

    cache.get("c", load, expected_bytes=size)
    assert len(cache) == 2


def test_the_last_model_is_kept_even_over_budget(models: list[Model]) -> None:
    cache = ModelCache(1)
    cache.get("a", lambda: models[0])
    cache.get("b", lambda: models[1])
    assert len(cache) == 1
    assert "b" in cache
    cache.clear()
    assert len(cache) == cache.size_bytes == 0


def test_what_is_dropped_is_loaded_anew_and_the_others_stay(models: list[Model]) -> None:
    cache = ModelCache(10**9)
    for key, model in zip("ab", models, strict=False):
        cache.get(key, lambda model=model: model)
    cache.drop("a", "never kept")
    assert "a" not in cache
    assert "b" in cache


def test_a_failed_load_keeps_nothing(models: list[Model]) -> None:
    cache = ModelCache(10**9)
    with pytest.raises(AssertionError):
        cache.get("a", never)
    assert "a" not in cache
    assert cache.get("a", lambda: models[0]) is models[0]


def test_shared_weights_count_once(models: list[Model], tmp_path: Path) -> None:
    path = tmp_path / "ink.safetensors"
    module = "lora_unet_mid_block_resnets_0_conv1"
    save_file({f"{module}.diff": torch.ones(64, 64, 3, 3)}, path)
    catalogue = Catalogue((ModelFile("lora", path.name, path),))
    model = models[0]
    merged = with_loras(model, [Lora("ink")], {"ink": catalogue.files[0]})
    cache = ModelCache(10**9)
    for key, kept in (("plain", model), ("tiled", tiled(model)), ("ink", merged)):
        cache.get(key, lambda kept=kept: kept)
    assert cache.size_bytes == model.size_bytes + 64 * 64 * 9 * 4


def test_a_file_replaced_under_its_name_has_another_key(tmp_path: Path) -> None:
    path = tmp_path / "m.ckpt"
    path.write_bytes(b"one")
    file = ModelFile("checkpoint", path.name, path)
    before = file_key(file, None)
    assert before == file_key(file, None) != file_key(file, file)
    path.write_bytes(b"other")
    assert file_key(file, None) != before
    before = file_key(file, None)
    path.with_suffix(".json").write_text("{}")
    assert file_key(file, None) != before
