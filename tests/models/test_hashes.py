from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from velatura.errors import BrokenModel
from velatura.models import hashes as module
from velatura.models.hashes import Hashes, identity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files hashed so far."""
    done: list[Path] = []
    compute = module._sha256  # pyright: ignore[reportPrivateUsage]

    def count(path: Path) -> str:
        done.append(path)
        return compute(path)

    monkeypatch.setattr(module, "_sha256", count)
    return done


def test_hashes_are_those_of_the_field(tmp_path: Path) -> None:
    path = tmp_path / "m.ckpt"
    content = bytes(range(256)) * 0x1200
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    hashes = Hashes(None)
    assert hashes.sha256(path) == sha256
    assert hashes.short(path) == sha256[:10]
    assert hashes.embedding(path) == sha256[:12]
    assert hashes.lora(path) == sha256[:12]
    assert hashes.legacy(path) == hashlib.sha256(content[0x100000:0x110000]).hexdigest()[:8]


def test_the_lora_hash_does_not_depend_on_the_metadata(tmp_path: Path) -> None:
    weights = {"a": torch.arange(5.0)}
    save_file(weights, tmp_path / "a.safetensors")
    save_file(weights, tmp_path / "b.safetensors", metadata={"note": "changed later"})
    save_file(weights, tmp_path / "c.safetensors", metadata={"sshs_model_hash": "f" * 64})
    hashes = Hashes(None)
    save_file(weights, tmp_path / "d.safetensors", metadata={"sshs_model_hash": "no, hash"})
    a, b, c, d = (hashes.lora(tmp_path / f"{name}.safetensors") for name in "abcd")
    assert a == b == d == hashlib.sha256(weights["a"].numpy().tobytes()).hexdigest()[:12]
    assert c == "f" * 12
    assert hashes.sha256(tmp_path / "a.safetensors") != hashes.sha256(tmp_path / "b.safetensors")


def test_a_file_is_hashed_once_until_it_changes(tmp_path: Path, counted: list[Path]) -> None:
    path, folder = tmp_path / "m.ckpt", tmp_path / "cache"
    path.write_bytes(b"one")
    assert Hashes(folder).known(path) is None
    first = Hashes(folder).sha256(path)
    assert Hashes(folder).known(path) == Hashes(folder).sha256(path) == first
    assert len(counted) == 1
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert Hashes(folder).known(path) is None
    assert Hashes(folder).sha256(path) != first
    assert len(counted) == 2
    path.unlink()
    assert Hashes(folder).known(path) is None


def test_without_a_folder_nothing_is_written(tmp_path: Path, counted: list[Path]) -> None:
    path = tmp_path / "m.ckpt"
    path.write_bytes(b"one")
    hashes = Hashes(None)
    assert hashes.sha256(path) == hashes.sha256(path)
    assert len(counted) == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"x": 3}', b"[" * 100_000])
def test_a_damaged_cache_is_rebuilt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.ckpt"
    path.write_bytes(b"one")
    (tmp_path / "hashes.json").write_bytes(content)
    value = Hashes(tmp_path).sha256(path)
    assert value == hashlib.sha256(b"one").hexdigest()
    assert json.loads((tmp_path / "hashes.json").read_text())[str(path)]["sha256"] == value
    assert sorted(file.name for file in tmp_path.iterdir()) == ["hashes.json", "m.ckpt"]


def test_a_cache_that_cannot_be_written_is_no_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "m.ckpt"
    path.write_bytes(b"one")
    assert Hashes(path / "inside-a-file").short(path)
    assert "cannot be written" in caplog.text


def test_a_crash_while_writing_leaves_the_old_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one.ckpt", tmp_path / "two.ckpt"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    hashes = Hashes(tmp_path)
    hashes.sha256(one)

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.json, "dump", fail)
    with pytest.raises(KeyboardInterrupt):
        hashes.sha256(two)
    assert Hashes(tmp_path).known(one)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "hashes.json",
        "one.ckpt",
        "two.ckpt",
    ]


def test_a_folder_has_the_hash_of_its_weights(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "unet").mkdir(parents=True)
    (folder / "unet/w.safetensors").write_bytes(b"1")
    first, before = Hashes(None).sha256(folder), identity(folder)
    (folder / "model_index.json").write_text("{}")
    assert Hashes(None).sha256(folder) == first
    (folder / "unet/w.safetensors").write_bytes(b"22")
    assert Hashes(None).sha256(folder) != first
    assert identity(folder) != before


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match="No such file"):
        Hashes(None).sha256(tmp_path / "gone.ckpt")


def test_programs_side_by_side_keep_each_others_hashes(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.ckpt" for name in "ab"]
    one, two = Hashes(tmp_path), Hashes(tmp_path)
    for file, hashes in zip(files, (one, two), strict=True):
        file.write_bytes(file.name.encode())
        hashes.sha256(file)
    assert all(Hashes(tmp_path).known(file) for file in files)
