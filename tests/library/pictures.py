"""A picture of no model, for tests of what becomes of pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from velatura.records import ModelUse, Picture, Txt2Img

NOW = datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)
CHECKPOINT = ModelUse(kind="checkpoint", name="tiny-sd15", hash="9916ddf1da")


def painted(width: int = 24, height: int = 16, **settings: Any) -> Picture:
    """A gradient, as if made by the request of these settings."""
    ramp = np.add.outer(np.arange(height) * 7, np.arange(width) * 5)
    pixels = np.stack([ramp, ramp // 2, 255 - ramp % 256], axis=2).astype(np.uint8)
    values: dict[str, Any] = {
        "prompt": "a cat",
        "seed": 42,
        "width": width,
        "height": height,
    } | settings
    return Picture(pixels=pixels, request=Txt2Img(**values), models=(CHECKPOINT,))
