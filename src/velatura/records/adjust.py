"""The request for an adjusted picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from velatura.errors import RequestError
from velatura.limits import Checked
from velatura.records.adjustments import Adjustment
from velatura.records.bitmap import Bitmap


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Checked):
    """A picture with other tones, colours, size or frame.

    Attributes:
        kind: Tells requests apart in a document.
        image: The picture.
        adjustments: What to do, in order.
    """

    kind: Literal["adjust"] = "adjust"
    image: Bitmap
    adjustments: tuple[Adjustment, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a list of something else.

        Raises:
            RequestError: naming the place.
        """
        Checked.__post_init__(self)
        for index, adjustment in enumerate(self.adjustments):
            if not isinstance(adjustment, Adjustment):  # pyright: ignore[reportUnnecessaryIsInstance]
                place = f"adjustments[{index}]"
                raise RequestError(f"{place}: {adjustment!r} is no adjustment", field=place)
