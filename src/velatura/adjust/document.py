"""Adjustments as JSON: a list of objects, each with its kind and GIMP's own parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from velatura.errors import RequestError
from velatura.records.adjustments import Adjustment
from velatura.records.plain import Reader, read_json, to_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

KERNELS = {"none": "nearest", "linear": "bilinear", "cubic": "bicubic"}
"""GIMP's names for the kernels of resizing, and ours."""


def adjustments_to_json(adjustments: Sequence[Adjustment]) -> str:
    """The adjustments as JSON, every parameter written out, ASCII only."""
    return json.dumps(to_plain(tuple(adjustments)))


def adjustments_from_json(text: str) -> tuple[Adjustment, ...]:
    """The adjustments of a JSON text.

    Parameters that are missing have their defaults. ``clamp`` stands for both of ``clamp_input``
    and ``clamp_output``, and kernels answer to GIMP's names too.

    Raises:
        RequestError: not such a list; the message says where: "adjustments[2].gamma: ...".
    """
    values = read_json(text, "adjustments")
    if not isinstance(values, list):
        raise RequestError("adjustments: expected a list of objects", field="adjustments")
    spelled = [
        _spelled(each) if isinstance(each, dict) else each for each in cast("list[Any]", values)
    ]
    return Reader().value(tuple[Adjustment, ...], spelled, "adjustments")


def _spelled(values: dict[str, Any]) -> dict[str, Any]:
    """The same with our names for everything."""
    if values.get("kind") == "levels" and "clamp" in values:
        clamp = values["clamp"]
        rest = {name: value for name, value in values.items() if name != "clamp"}
        return {"clamp_input": clamp, "clamp_output": clamp, **rest}
    kernel = values.get("kernel")
    if values.get("kind") == "resize" and isinstance(kernel, str):
        return {**values, "kernel": KERNELS.get(kernel, kernel)}
    return values
