"""A moment in the middle of sampling, as bytes that can be stored and taken up again.

The bytes are a safetensors file: tensors as they are, all else as JSON in its header. Reading it
runs no code.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load, save

from velatura.diffusion.samplers.base import State
from velatura.errors import RequestError
from velatura.metadata.request_json import request_from_dict, request_to_dict
from velatura.records import Painting, hires_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

VERSION = 1

_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError)
"""What reading bytes that are something else can raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Where a request stands.

    Attributes:
        request: The complete request.
        phase: The pass being sampled.
        batch: The batch being sampled, from 0; earlier ones are finished.
        state: Where the sampler stands.
        noise: Where each picture's random generator stands.
        calls: Network calls made in this pass.
        parts: Pixels of what is finished of a picture that is painted in parts, (h, w, 3) each.
        features: Inner features that the next calls begin with, (b c h w) each; see
            :class:`~velatura.models.deep_cache.DeepCache`.
    """

    request: Painting
    phase: Literal["first", "hires"]
    batch: int
    state: State
    noise: dict[str, bytes]
    calls: int
    parts: tuple[Tensor, ...] = ()
    features: tuple[Tensor, ...] = ()

    def to_bytes(self) -> bytes:
        """Everything, as the bytes of a safetensors file."""
        tensors = {"x": self.state.x}
        if self.state.denoised is not None:
            tensors["denoised"] = self.state.denoised
        tensors |= {f"part.{i}": part for i, part in enumerate(self.parts)}
        tensors |= {f"feature.{i}": inner for i, inner in enumerate(self.features)}
        history: list[float | None] = []
        for i, entry in enumerate(self.state.history):
            if isinstance(entry, (int, float)):
                history.append(entry)
            else:
                history.append(None)
                tensors[f"history.{i}"] = entry
        header = {
            "version": VERSION,
            "request": request_to_dict(self.request),
            "phase": self.phase,
            "batch": self.batch,
            "index": self.state.index,
            "history": history,
            "noise": {name: base64.b64encode(b).decode() for name, b in self.noise.items()},
            "calls": self.calls,
            "parts": len(self.parts),
            "features": len(self.features),
        }
        contiguous = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
        return save(contiguous, metadata={"velatura.snapshot": json.dumps(header)})

    @classmethod
    def from_bytes(cls, data: bytes, device: torch.device | str = "cpu") -> Snapshot:
        """The snapshot that :meth:`to_bytes` wrote.

        Args:
            data: The bytes.
            device: Where sampling goes on.

        Raises:
            RequestError: if the bytes are not a snapshot, or of another version.
        """
        try:
            size = int.from_bytes(data[:8], "little")
            metadata = json.loads(data[8 : 8 + size])["__metadata__"]
            return _snapshot(json.loads(metadata["velatura.snapshot"]), load(data), device)
        except (*_DAMAGE, RequestError) as error:
            raise RequestError(f"resume: this snapshot cannot be used: {error}") from error


def _snapshot(
    header: dict[str, Any], tensors: dict[str, Tensor], device: torch.device | str
) -> Snapshot:
    if header["version"] != VERSION:
        raise RequestError(f"it is of version {header['version']}, expected {VERSION}")
    request = request_from_dict(header["request"])
    if not isinstance(request, Painting):
        raise RequestError("its request has no sampling in it")
    if header["phase"] not in ("first", "hires" if hires_of(request) else "first"):
        raise RequestError(f"its request has no pass {header['phase']!r}")
    moved = {
        name: tensor.to(device)
        for name, tensor in tensors.items()
        if not name.startswith("part.")  # pixels
    }
    return Snapshot(
        request=request,
        phase=header["phase"],
        batch=_whole(header["batch"], below=request.batch_size * request.batch_count),
        state=_state(header, moved),
        noise={
            name: base64.b64decode(text, validate=True) for name, text in header["noise"].items()
        },
        calls=_whole(header["calls"]),
        parts=tuple(tensors[f"part.{i}"] for i in range(_whole(header.get("parts", 0)))),
        features=tuple(moved[f"feature.{i}"] for i in range(_whole(header.get("features", 0)))),
    )


def _state(header: dict[str, Any], tensors: dict[str, Tensor]) -> State:
    history = tuple(
        tensors[f"history.{i}"] if entry is None else float(entry)
        for i, entry in enumerate(header["history"])
    )
    return State(
        x=tensors["x"],
        index=_whole(header["index"]),
        history=history,
        denoised=tensors.get("denoised"),
    )


def _whole(value: object, *, below: float = math.inf) -> int:
    """A count, from 0."""
    if not isinstance(value, int) or not 0 <= value < below:
        raise RequestError(f"{value!r} is no count below {below}")
    return value
