from pathlib import Path

import numpy as np
import pytest
import torch

from tests.faces import fake_spandrel
from tests.faces.photograph import photograph
from velatura.engines.fake import FakeEngine
from velatura.engines.local import LocalEngine
from velatura.errors import UnknownModel, UnsupportedModel
from velatura.models.faces import restorer as restorer_module
from velatura.records import Bitmap, Faces, Picture


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "Codeformer").mkdir()
    torch.save(fake_spandrel.CODEFORMER, tmp_path / "Codeformer" / "codeformer.pth")
    return tmp_path


def request(**settings) -> Faces:
    return Faces(image=Bitmap(photograph()), **settings)


def test_a_picture_names_the_file_that_restored_it_and_can_be_made_again(
    models: Path, monkeypatch: pytest.MonkeyPatch
):
    fake_spandrel.install(monkeypatch)
    engine = LocalEngine([models])
    *_, first = engine.run(request(weight=0.3))
    *_, second = engine.run(first.request)
    assert first.request.restorer == "codeformer"
    assert [(use.kind, use.name, len(use.hash)) for use in first.models] == [
        ("face restorer", "codeformer", 10)
    ]
    assert first.id == second.id
    assert first.request == second.request


def test_a_restorer_is_loaded_once(models: Path, monkeypatch: pytest.MonkeyPatch):
    fake_spandrel.install(monkeypatch)
    read: list[Path] = []
    monkeypatch.setattr(
        restorer_module,
        "open_weights",
        lambda path, open_weights=restorer_module.open_weights: (
            read.append(path) or open_weights(path)
        ),
    )
    engine = LocalEngine([models])
    for _ in range(2):
        list(engine.run(request()))
    assert len(read) == 1


def test_what_would_be_used_is_told_without_spandrel(models: Path, monkeypatch: pytest.MonkeyPatch):
    fake_spandrel.remove(monkeypatch)
    engine = LocalEngine([models])
    settled = engine.settle(request())
    assert settled.request.restorer == "codeformer"
    assert [use.name for use in settled.models] == ["codeformer"]
    with pytest.raises(UnsupportedModel):
        list(engine.run(request()))


def test_missing_weights_are_refused_before_any_work():
    with pytest.raises(UnknownModel) as refused:
        LocalEngine().run(request())
    assert refused.value.field == "restorer"


def test_the_fake_engine_gives_the_picture_back():
    *_, picture = FakeEngine().run(request())
    assert isinstance(picture, Picture)
    assert np.array_equal(picture.pixels, photograph())
