"""What can be asked, and what comes back.

Requests are frozen, keyword-only dataclasses whose limits stand in their types. A request names
models and samplers by name; a seed of -1 asks the engine to draw one. The request inside a finished
:class:`Picture` is complete: every seed and every "Automatic" has been replaced by what was used,
so it can be replayed.
"""

from __future__ import annotations

from velatura.records.adjust import Adjust
from velatura.records.adjustments import (
    Adjustment,
    AutoLevels,
    BrightnessContrast,
    Crop,
    CurvePoint,
    Curves,
    HueSaturation,
    Levels,
    Resize,
    Rotate,
    Sharpen,
)
from velatura.records.bitmap import Bitmap, Origin, Pixels
from velatura.records.faces import Detail, Faces
from velatura.records.img2img import Img2Img, Inpaint, SoftInpainting
from velatura.records.options import (
    EmphasisMode,
    Fraction,
    NoiseOptions,
    NoiseSource,
    Padding,
    SamplingOptions,
    Seed,
    Side,
    TextOptions,
    Variation,
)
from velatura.records.outgrow import Outpaint, SdUpscale
from velatura.records.painting import Hires, Painting, Txt2Img, hires_of
from velatura.records.picture import ModelUse, Phase, Picture, PreviewKind, Step
from velatura.records.request import (
    REQUESTS,
    Request,
    bitmap_fields,
    bitmaps,
    painted_by,
    painting_of,
)
from velatura.records.upscale import Upscale

__all__ = [
    "REQUESTS",
    "Adjust",
    "Adjustment",
    "AutoLevels",
    "Bitmap",
    "BrightnessContrast",
    "Crop",
    "CurvePoint",
    "Curves",
    "Detail",
    "EmphasisMode",
    "Faces",
    "Fraction",
    "Hires",
    "HueSaturation",
    "Img2Img",
    "Inpaint",
    "Levels",
    "ModelUse",
    "NoiseOptions",
    "NoiseSource",
    "Origin",
    "Outpaint",
    "Padding",
    "Painting",
    "Phase",
    "Picture",
    "Pixels",
    "PreviewKind",
    "Request",
    "Resize",
    "Rotate",
    "SamplingOptions",
    "SdUpscale",
    "Seed",
    "Sharpen",
    "Side",
    "SoftInpainting",
    "Step",
    "TextOptions",
    "Txt2Img",
    "Upscale",
    "Variation",
    "bitmap_fields",
    "bitmaps",
    "hires_of",
    "painted_by",
    "painting_of",
]
