"""A picture is made again from its file, and held against it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.engines.events import small
from tests.workflows.chains import SKETCH, Counting, every_kind, result
from velatura.engines.fake import FakeEngine
from velatura.engines.local import LocalEngine
from velatura.errors import UnknownModel, WorkflowError
from velatura.library import open_picture
from velatura.metadata import Encoding, encode_picture
from velatura.records import Bitmap, Img2Img, ModelUse, Picture, Txt2Img
from velatura.workflows import Verdict, verify_picture
from velatura.workflows.verify import EDITED, LOSSY, difference

if TYPE_CHECKING:
    from pathlib import Path

MODEL = ModelUse(kind="checkpoint", name="apples", hash="0123456789")


def verdict(data: bytes, engine: Any) -> Verdict:
    *_, last = verify_picture(open_picture(data), engine)
    assert isinstance(last, Verdict)
    return last


class Drifting(Counting):
    """Paints what it paints a little brighter from a kind of request on."""

    def __init__(self, kind: str, by: int) -> None:
        super().__init__()
        self._kind, self._by = kind, by

    def run(self, request: Any, *, resume: bytes | None = None) -> Any:
        for event in super().run(request, resume=resume):
            if isinstance(event, Picture) and request.kind == self._kind:
                pixels = event.pixels.copy()
                pixels[0, 0, 0] ^= self._by
                yield replace(event, pixels=pixels)
            else:
                yield event


def test_the_same_picture_is_the_same() -> None:
    told = verdict(encode_picture(result(every_kind(), Counting())).data, Counting())
    assert told.is_same
    assert (told.difference.mean, told.difference.largest) == (0, 0)
    assert (told.first_differing, told.remarks) == ("", ())


def test_how_far_off_and_since_which_stage_is_said() -> None:
    made = result(every_kind(), Counting())
    told = verdict(encode_picture(made).data, Drifting("detail", by=4))
    assert not told.is_same
    assert told.first_differing == "faces"
    assert told.difference.largest == 4
    assert 0 < told.difference.mean < 4


def test_a_stage_that_differs_may_still_lead_to_the_same() -> None:
    made = result(every_kind(), Counting())

    class Forgiving(Drifting):
        def run(self, request: Any, *, resume: bytes | None = None) -> Any:
            for event in super().run(request, resume=resume):
                is_last = isinstance(event, Picture) and request.kind == "adjust"
                yield replace(event, pixels=made.pixels) if is_last else event

    told = verdict(encode_picture(made).data, Forgiving("inpaint", by=1))
    assert told.is_same
    assert told.first_differing == "repair"


def test_another_size_has_no_difference() -> None:
    assert difference(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)) is None
    deep = np.full((1, 1, 3), 65535, np.uint16)
    assert difference(deep, deep - 257).largest == pytest.approx(1)


class Same(FakeEngine):
    """Paints the picture that it was given."""

    def __init__(self, made: Picture) -> None:
        super().__init__()
        self._made = made

    def run(self, request: Any, **_: Any) -> Any:
        return iter((replace(self._made, request=request),))


def test_a_lossy_file_is_held_against_what_its_story_remembers() -> None:
    made = Picture(pixels=noise(), request=Txt2Img(**small_settings()))
    for encoding in (Encoding(format="jpeg"), Encoding(format="webp", lossless=False)):
        told = verdict(encode_picture(made, encoding).data, Same(made))
        assert told.is_same
        assert told.remarks == (LOSSY,)
        assert told.difference.mean > 0


def test_a_file_that_was_edited_is_not_the_same_though_its_story_comes_out_again() -> None:
    made = Picture(pixels=noise(), request=Txt2Img(**small_settings()))
    opened = Image.open(io.BytesIO(encode_picture(made).data))
    texts = PngInfo()
    for keyword, text in opened.text.items():
        texts.add_text(keyword, text)
    file = io.BytesIO()
    opened.rotate(180).save(file, "PNG", pnginfo=texts)
    told = verdict(file.getvalue(), Same(made))
    assert not told.is_same
    assert told.remarks == (EDITED,)
    assert told.difference.largest > 0
    assert told.first_differing == ""


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (32, 32, 3), np.uint8)


def small_settings() -> dict[str, Any]:
    return {"prompt": "x", "steps": 1, "width": 32, "height": 32, "seed": 1}


def test_a_picture_of_a1111_is_held_against_its_own_pixels() -> None:
    texts = PngInfo()
    texts.add_text("parameters", "x\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 32x32")
    file = io.BytesIO()
    Image.fromarray(noise()).save(file, "PNG", pnginfo=texts)
    told = verdict(file.getvalue(), FakeEngine())
    assert not told.is_same
    assert told.first_differing == ""
    assert told.remarks == ("read off the infotext, which does not tell everything",)


def test_a_model_with_another_hash_is_named() -> None:
    made = result(every_kind(), Counting(models=(MODEL,)))
    other = replace(MODEL, hash="9999999999")
    with pytest.raises(UnknownModel) as caught:
        verify_picture(open_picture(encode_picture(made).data), FakeEngine(models=(other,)))
    assert "stages.compose: made with the checkpoint apples [0123456789]" in str(caught.value)
    assert "which is [9999999999] here" in str(caught.value)


def test_a_model_that_is_not_here_is_named() -> None:
    made = result(every_kind(), Counting(models=(MODEL,)))
    with pytest.raises(UnknownModel, match="which is not here"):
        verify_picture(open_picture(encode_picture(made).data), FakeEngine())


def test_a_missing_checkpoint_is_named_with_its_hash(tiny_checkpoint: Path) -> None:
    made = Picture(
        pixels=SKETCH.array, request=small(checkpoint="apples.safetensors"), models=(MODEL,)
    )
    engine = LocalEngine([tiny_checkpoint.parent])
    with pytest.raises(UnknownModel) as caught:
        verify_picture(open_picture(encode_picture(made).data), engine)
    assert "no checkpoint named 'apples.safetensors'" in str(caught.value)
    assert "made with checkpoint apples [0123456789]" in str(caught.value)


def test_a_renamed_checkpoint_is_found_by_its_hash(tiny_checkpoint: Path, tmp_path: Path) -> None:
    request = small(steps=1, checkpoint=tiny_checkpoint.name)
    (made,) = [
        event
        for event in LocalEngine([tiny_checkpoint.parent]).run(request)
        if isinstance(event, Picture)
    ]
    renamed = tmp_path / "models" / "other name.safetensors"
    renamed.parent.mkdir()
    renamed.write_bytes(tiny_checkpoint.read_bytes())
    for note in tiny_checkpoint.parent.glob(f"{tiny_checkpoint.stem}.*"):
        if note != tiny_checkpoint:
            (renamed.parent / f"{renamed.stem}{note.suffix}").write_bytes(note.read_bytes())
    engine = LocalEngine([renamed.parent])
    engine.settle(small(checkpoint="other name"))  # its hash is known once it was used
    assert verdict(encode_picture(made).data, engine).is_same


def test_a_file_without_a_workflow_or_its_pixels_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    with pytest.raises(WorkflowError, match="no workflow in this file"):
        verify_picture(open_picture(file.getvalue()), FakeEngine())
    remembered = Img2Img(image=Bitmap(None, id="gone"), seed=1)
    made = Picture(pixels=SKETCH.array, request=remembered)
    with pytest.raises(WorkflowError, match="the pixels of sketch are not in this file"):
        verify_picture(open_picture(encode_picture(made).data), FakeEngine())
