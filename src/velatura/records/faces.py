"""Requests that work on the faces in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from velatura.limits import Checked
from velatura.records.bitmap import Bitmap
from velatura.records.img2img import Blur
from velatura.records.options import Fraction
from velatura.records.painting import Painting


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces(Checked):
    """A picture whose faces a network restores.

    Attributes:
        kind: Tells requests apart in a document.
        image: The picture.
        restorer: Who restores.
        visibility: Share of the restored picture in the result.
        weight: How faithful CodeFormer stays: 0 restores most, 1 keeps most of the face.
        confidence: How sure a face must be; drawings want a lower bar, about 0.3.
    """

    kind: Literal["faces"] = "faces"
    image: Bitmap
    restorer: str = "CodeFormer"
    visibility: Fraction = 1.0
    weight: Fraction = 0.5
    confidence: Fraction = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail(Painting):
    """A picture whose faces are painted anew, each enlarged to the size of a painting.

    Attributes:
        image: The picture.
        strength: Denoising strength: 0 keeps a face, 1 forgets it.
        padding: Pixels of surroundings that are painted with a face, and then left out.
        mask_blur: Standard deviation of the blur around a face, in pixels of the picture.
        confidence: How sure a face must be; drawings want a lower bar, about 0.3.
    """

    kind: Literal["detail"] = "detail"
    image: Bitmap
    strength: Fraction = 0.4
    padding: Annotated[int, Interval(ge=0, le=4096)] = 32
    mask_blur: Blur = 4.0
    confidence: Fraction = 0.9
