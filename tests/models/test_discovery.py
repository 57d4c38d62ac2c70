from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from velatura.errors import UnknownModel
from velatura.models import discovery
from velatura.models.discovery import find_models, natural_key
from velatura.models.embedded import embedded_checkpoints

if TYPE_CHECKING:
    from velatura.models.catalogue import Catalogue


@pytest.fixture(autouse=True)
def no_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "embedded_checkpoints", lambda: ())
    monkeypatch.setattr(discovery, "embedded_loras", lambda: ())


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def listed(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(file.kind, file.name) for file in catalogue.files]


def test_a_plain_folder_holds_checkpoints_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "Model10.ckpt", "model9.safetensors", "b/x.ckpt", "a.ckpt", "notes.txt")
    touch(tmp_path, "model9.json", "soft.vae.pt", "old.pt", "model9.preview.safetensors")
    assert listed(find_models([tmp_path])) == [
        ("checkpoint", "a.ckpt"),
        ("checkpoint", "model9.safetensors"),
        ("checkpoint", "Model10.ckpt"),
        ("checkpoint", "b/x.ckpt"),
        ("vae", "soft.vae.pt"),
    ]


def test_folders_inside_a_plain_one_tell_the_kind(tmp_path: Path) -> None:
    touch(tmp_path, "m.safetensors", "Lora/l.safetensors", "embeddings/sub/e.pt")
    touch(tmp_path, "text_encoder/model.safetensors", "VAE/v.pt", "ESRGAN/x4.pth")
    assert listed(find_models([tmp_path])) == [
        ("checkpoint", "m.safetensors"),
        ("embedding", "sub/e.pt"),
        ("lora", "l.safetensors"),
        ("upscaler", "x4.pth"),
        ("vae", "v.pt"),
    ]


A1111 = (
    "models/Stable-diffusion/sub/a.safetensors",
    "models/Stable-diffusion/b.ckpt",
    "models/Stable-diffusion/b.vae.pt",
    "models/VAE/soft.safetensors",
    "models/VAE-approx/model.pt",
    "models/Lora/ink.safetensors",
    "models/LyCORIS/wax.safetensors",
    "models/ESRGAN/x4.pth",
    "models/RealESRGAN/anime.pth",
    "models/Codeformer/codeformer.pth",
    "models/GFPGAN/GFPGANv1.4.pth",
    "models/hypernetworks/h.pt",
    "models/stray.safetensors",
    "embeddings/word.pt",
)


@pytest.mark.parametrize("place", ["", "models"])
def test_the_folders_of_the_web_ui_are_understood(tmp_path: Path, place: str) -> None:
    touch(tmp_path, *A1111)
    assert set(listed(find_models([tmp_path / place]))) == {
        ("checkpoint", "b.ckpt"),
        ("checkpoint", "sub/a.safetensors"),
        ("vae", "b.vae.pt"),
        ("vae", "soft.safetensors"),
        ("lora", "ink.safetensors"),
        ("lora", "wax.safetensors"),
        ("embedding", "word.pt"),
        ("upscaler", "x4.pth"),
        ("upscaler", "anime.pth"),
        ("face restorer", "codeformer.pth"),
        ("face restorer", "GFPGANv1.4.pth"),
    }


def test_a_folder_of_one_kind_may_be_named_itself(tmp_path: Path) -> None:
    touch(tmp_path, "Lora/a.safetensors", "Lora/b.pt")
    assert listed(find_models([tmp_path / "Lora"])) == [
        ("lora", "a.safetensors"),
        ("lora", "b.pt"),
    ]


def test_a_diffusers_folder_is_one_checkpoint(tmp_path: Path) -> None:
    touch(tmp_path, "mine/model_index.json", "mine/unet/model.safetensors", "z.ckpt")
    found = find_models([tmp_path])
    assert listed(found) == [("checkpoint", "mine"), ("checkpoint", "z.ckpt")]
    assert (found.files[0].stem, found.files[0].model_name) == ("mine", "mine")


def test_links_are_followed_without_loops(tmp_path: Path) -> None:
    touch(tmp_path, "disk/deep/a.ckpt", "models/b.ckpt")
    (tmp_path / "models/more").symlink_to(tmp_path / "disk", target_is_directory=True)
    (tmp_path / "disk/deep/back").symlink_to(tmp_path / "models", target_is_directory=True)
    (tmp_path / "models/self").symlink_to(tmp_path / "models", target_is_directory=True)
    (tmp_path / "models/gone.ckpt").symlink_to(tmp_path / "nowhere")
    assert listed(find_models([tmp_path / "models"])) == [
        ("checkpoint", "b.ckpt"),
        ("checkpoint", "more/deep/a.ckpt"),
    ]


def test_several_folders_keep_their_order_and_the_embedded_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "two/a.ckpt", "one/z.ckpt", "packaged/small.safetensors")
    packaged = (tmp_path / "packaged/small.safetensors",)
    monkeypatch.setattr(discovery, "embedded_checkpoints", lambda: packaged)
    found = find_models([tmp_path / "one", tmp_path / "two"])
    assert [file.stem for file in found.files] == ["z", "a", "small"]
    assert [file.stem for file in find_models([]).files] == ["small"]


def test_embedded_loras_come_after_those_of_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "lora/mine.safetensors", "packaged/small.safetensors")
    packaged = (tmp_path / "packaged/small.safetensors",)
    monkeypatch.setattr(discovery, "embedded_loras", lambda: packaged)
    loras = find_models([tmp_path / "lora"]).of("lora")
    assert [file.stem for file in loras] == ["mine", "small"]


def test_the_generalist_is_the_first_of_the_embedded_checkpoints() -> None:
    names = [path.stem for path in embedded_checkpoints()]
    assert names[0] == "velatura-mini"
    assert names == sorted(names)


def test_embedded_checkpoints_lie_in_the_package() -> None:
    assert all(path.is_file() and path.suffix == ".safetensors" for path in embedded_checkpoints())


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="nowhere: no such folder"):
        find_models([tmp_path / "nowhere"])


def test_an_unreadable_folder_is_remarked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.ckpt", "locked/b.ckpt")
    whole = Path.iterdir

    def iterdir(self: Path) -> object:
        if self.name == "locked":
            raise PermissionError(13, "Permission denied")
        return whole(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    found = find_models([tmp_path])
    assert listed(found) == [("checkpoint", "a.ckpt")]
    assert found.remarks == (f"{tmp_path / 'locked'}: cannot be read: Permission denied",)


def test_natural_order() -> None:
    names = ["b10", "B9", "a", "b9x", "10", "9"]
    assert sorted(names, key=natural_key) == ["9", "10", "a", "B9", "b9x", "b10"]


def test_listing_and_recognising_need_no_torch(tiny_checkpoint: Path, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from velatura.models import cache, checkpoint, vae
from velatura.models.discovery import find_models
from velatura.models.hashes import Hashes
from velatura.models.parts import read_parts
found = find_models([Path(sys.argv[1])])
hashes = Hashes(Path(sys.argv[2]))
for file in found.of("checkpoint"):
    hashes.short(file.path)
    read_parts(file.path)
heavy = {"torch", "diffusers", "transformers", "numpy"} & set(sys.modules)
assert not heavy, heavy
"""
    command = [sys.executable, "-c", program, str(tiny_checkpoint.parent), str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
