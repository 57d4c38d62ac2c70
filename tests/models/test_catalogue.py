from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from velatura.errors import UnknownModel
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.hashes import Hashes
from velatura.models.vae import choose_vae

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    files: list[ModelFile] = []
    for number, name in enumerate(("sub/alpha.safetensors", "alpha-long.ckpt", "beta.v2.ckpt")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number]) * (0x100000 + 5))
        files.append(ModelFile("checkpoint", name, path))
    return Catalogue(tuple(files), (tmp_path,))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "sub/alpha.safetensors"),
        ("sub/alpha.safetensors", "sub/alpha.safetensors"),
        ("alpha.safetensors", "sub/alpha.safetensors"),
        ("alpha", "sub/alpha.safetensors"),
        ("sub_alpha", "sub/alpha.safetensors"),
        ("beta.v2", "beta.v2.ckpt"),
        ("alph", "alpha-long.ckpt"),
        ("v2", "beta.v2.ckpt"),
        ("beta.v2.ckpt [0123456789]", "beta.v2.ckpt"),
        ("long [abc]", "alpha-long.ckpt"),
    ],
)
def test_names_and_parts_of_names_find_a_file(catalogue: Catalogue, text: str, name: str) -> None:
    assert catalogue.find("checkpoint", text).name == name


def test_hashes_find_a_file_once_they_are_known(catalogue: Catalogue) -> None:
    hashes, file = Hashes(None), catalogue.files[1]
    with pytest.raises(UnknownModel):
        catalogue.find("checkpoint", hashes.short(file.path), Hashes(None))
    sha256 = hashes.sha256(file.path)
    for text in (
        sha256,
        sha256[:10],
        f"alpha-long.ckpt [{sha256[:10]}]",
        f"alpha-long [{sha256[:10]}]",
    ):
        assert catalogue.find("checkpoint", text, hashes) is file
    legacy = hashes.legacy(file.path)
    assert catalogue.find("checkpoint", legacy, hashes) is file
    assert catalogue.find("checkpoint", f"alpha-long.ckpt [{legacy}]", hashes) is file


def test_unknown_names_show_what_is_close_and_where_was_searched(catalogue: Catalogue) -> None:
    with pytest.raises(
        UnknownModel, match=r"no checkpoint named 'alhpa'; there is alpha"
    ) as caught:
        catalogue.find("checkpoint", "alhpa")
    assert str(catalogue.folders[0]) in str(caught.value)
    assert str(caught.value).endswith("with --models-dir")
    with pytest.raises(UnknownModel, match=r"no lora found .*--models-dir"):
        catalogue.find("lora", "")


def vae(folder: Path, name: str) -> ModelFile:
    (folder / name).touch()
    return ModelFile("vae", name, folder / name)


def test_the_vae_is_chosen_by_setting_notes_and_name(tmp_path: Path) -> None:
    checkpoint = ModelFile("checkpoint", "mine.ckpt", tmp_path / "mine.ckpt")
    checkpoint.path.touch()
    own, soft = vae(tmp_path, "mine-v2.vae.pt"), vae(tmp_path, "soft.safetensors")
    catalogue = Catalogue((checkpoint, soft, own))
    assert choose_vae(catalogue, "Automatic", checkpoint) is own
    assert choose_vae(catalogue, "", checkpoint) is own
    assert choose_vae(catalogue, "None", checkpoint) is None
    assert choose_vae(catalogue, "soft", checkpoint) is soft
    assert choose_vae(Catalogue((checkpoint, soft)), "Automatic", checkpoint) is None
    with pytest.raises(UnknownModel, match="no vae named 'hard'"):
        choose_vae(catalogue, "hard", checkpoint)
    notes = tmp_path / "mine.json"
    for preferred, expected in (("soft.safetensors", soft), ("None", None), ("Automatic", own)):
        notes.write_text(f'{{"vae": "{preferred}"}}')
        assert choose_vae(catalogue, "Automatic", checkpoint) is expected
    notes.write_text('{"vae": "lost.pt"}')
    with pytest.raises(UnknownModel, match=r"lost\.pt"):
        choose_vae(catalogue, "Automatic", checkpoint)
