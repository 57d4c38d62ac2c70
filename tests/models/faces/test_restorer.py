from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.faces import fake_spandrel
from velatura.errors import BrokenModel, EngineError, UnknownModel, UnsafeModel, UnsupportedModel
from velatura.faces import RESTORERS
from velatura.models.discovery import find_models
from velatura.models.faces.restorer import choose_restorer, load_restorer

CPU = torch.device("cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder as A1111 has it, with what else lies in it."""
    (tmp_path / "Stable-diffusion").mkdir()
    for name in ("detection_Resnet50_Final.pth", "GFPGANv1.3.pth", "GFPGANv1.4.pth"):
        _save(fake_spandrel.GFPGAN, tmp_path / "GFPGAN" / name)
    _save(fake_spandrel.CODEFORMER, tmp_path / "Codeformer" / "codeformer-v0.1.0.pth")
    return tmp_path


def _save(content: dict, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    torch.save(content, path)
    return path


def face() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (512, 512, 3), dtype=np.uint8)


def test_a_restorer_is_found_by_its_name_and_the_latest_file_is_taken(folder: Path):
    restorer, file = choose_restorer(find_models([folder]), "gfpgan")
    assert (restorer.label, file.stem) == ("GFPGAN", "GFPGANv1.4")
    restorer, file = choose_restorer(find_models([folder]), "CodeFormer")
    assert (restorer.label, file.stem) == ("CodeFormer", "codeformer-v0.1.0")


def test_a_restorer_is_found_by_the_name_of_its_file(folder: Path):
    assert choose_restorer(find_models([folder]), "GFPGANv1.3")[1].stem == "GFPGANv1.3"


def test_missing_weights_are_named_with_place_and_licence(tmp_path: Path):
    with pytest.raises(UnknownModel) as refused:
        choose_restorer(find_models([tmp_path]), "CodeFormer")
    said = str(refused.value)
    for part in ("codeformer-v0.1.0.pth", "Codeformer/", str(tmp_path), "non-commercial"):
        assert part in said
    with pytest.raises(UnknownModel, match="Apache License"):
        choose_restorer(find_models([]), "GFPGAN")


def test_an_unknown_restorer_is_refused_with_those_there_are(folder: Path):
    with pytest.raises(UnknownModel, match=r"'Resnet'; there is CodeFormer, GFPGAN") as refused:
        choose_restorer(find_models([folder]), "Resnet")
    assert refused.value.field == "restorer"


@pytest.mark.parametrize(("label", "content"), [("CodeFormer", "CODEFORMER"), ("GFPGAN", "GFPGAN")])
def test_without_spandrel_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: str, content: str
):
    fake_spandrel.remove(monkeypatch)
    path = _save(getattr(fake_spandrel, content), tmp_path / "w.pth")
    extra = RESTORERS[label].extra
    with pytest.raises(UnsupportedModel, match=rf"pip install 'velatura\[{extra}\]'"):
        load_restorer(RESTORERS[label], path, CPU)


def test_codeformer_is_asked_with_its_weight_on_minus_one_to_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    restorer, file = choose_restorer(find_models([folder]), "CodeFormer")
    restore = load_restorer(restorer, file.path, CPU)
    kept = restore(face(), 1.0).astype(int) - face()
    assert kept.min() >= -1  # truncation
    assert kept.max() == 0
    assert (restore(face(), 0.0) == (255, 0, 0)).all()


def test_gfpgan_takes_the_noise_of_its_file_so_that_a_picture_can_be_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    restorer, file = choose_restorer(find_models([folder]), "GFPGAN")
    restored = load_restorer(restorer, file.path, CPU)(face(), 0.5).astype(int)
    assert np.abs(restored - (255 - face().astype(int))).max() <= 1


def test_a_file_of_another_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_spandrel.install(monkeypatch)
    path = tmp_path / "gfpgan.safetensors"
    save_file({"conv.weight": torch.zeros(3)}, path)
    with pytest.raises(UnsupportedModel, match="does not know"):
        load_restorer(RESTORERS["GFPGAN"], path, CPU)
    save_file({"toRGB.0.weight": torch.zeros(3)}, path)
    with pytest.raises(BrokenModel, match="size mismatch"):
        load_restorer(RESTORERS["GFPGAN"], path, CPU)


def test_damaged_and_dangerous_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_spandrel.install(monkeypatch)
    path = _save(fake_spandrel.CODEFORMER, tmp_path / "codeformer.pth")
    whole = path.read_bytes()
    for damaged in (b"", whole[:100], whole[:-200], b"<html>not found"):
        path.write_bytes(damaged)
        with pytest.raises(BrokenModel):
            load_restorer(RESTORERS["CodeFormer"], path, CPU)
    torch.save(Path("x"), path)
    with pytest.raises((UnsafeModel, BrokenModel)):
        load_restorer(RESTORERS["CodeFormer"], path, CPU)


def test_a_network_that_answers_no_numbers_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    broken = {"position_emb": torch.full((1,), torch.nan)}
    restore = load_restorer(
        RESTORERS["CodeFormer"], _save(broken, tmp_path / "codeformer.pth"), CPU
    )
    with pytest.raises(EngineError, match="CodeFormer answered with not-a-number"):
        restore(face(), 0.5)
