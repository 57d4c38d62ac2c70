"""What comes back: steps while the work goes on, and pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from velatura.errors import RequestError
from velatura.records.bitmap import Bitmap, Origin, pixels_id
from velatura.records.request import bitmaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from velatura.records.bitmap import Pixels
    from velatura.records.request import Request

Phase = Literal["first", "hires", "upscale", "faces"]
"""Parts of a request's work: the first sampling pass, the larger second one, tiles, faces."""


PreviewKind = Literal["linear", "decoder"]
"""A rough preview, a pixel for each latent cell, at next to no cost; or the decoded pictures."""


def _no_preview(kind: PreviewKind) -> None:
    del kind


def _no_snapshot() -> bytes:
    raise RequestError("resume: only sampling can be carried on from its middle")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """A model file that took part in a picture.

    Attributes:
        kind: What the file is.
        name: Its name, without extension.
        hash: The hash the field quotes for this kind: first 10 hex digits of the file's SHA-256
            for checkpoints and VAEs, 12 for LoRA and embeddings, 10 for all others.
    """

    kind: Literal["checkpoint", "vae", "lora", "embedding", "upscaler", "face restorer"]
    name: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One step done.

    Attributes:
        phase: Which part of the work.
        batch: Which batch, from 0.
        index: Steps done in this phase.
        total: Steps this phase will take, as far as can be said.
        denoised: The present estimate of the clean latents, (b c h w), for previews; None where
            nothing is sampled.
        snapshot: Everything needed to carry on from here, as bytes. Ask before the next step:
            afterwards it speaks of that step. Work that samples nothing has none.
        preview: What ``denoised`` looks like: the pictures of the batch side by side, uint8,
            (height, width, 3); None where nothing is sampled.
    """

    phase: Phase
    batch: int = 0
    index: int
    total: int
    denoised: Tensor | None = None
    snapshot: Callable[[], bytes] = _no_snapshot
    preview: Callable[[PreviewKind], Pixels | None] = _no_preview


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """Pixels, with the request that made them.

    Attributes:
        pixels: uint8 or uint16, (height, width, 1, 3 or 4), sRGB-encoded; alpha not premultiplied.
        request: The complete request that makes exactly this picture, alone.
        models: The model files that took part.
        remarks: What the maker should know, a sentence each ("Lora not found: sketchy").
        profile: The ICC profile of the pixels; empty is sRGB.
        seam: After inpainting, how much the painting differs in colour from the original along the
            mask's edge, where both show: the mean CIE 1976 difference. Below about 2 no eye sees
            it. None where there is no such edge.
    """

    pixels: Pixels
    request: Request
    models: tuple[ModelUse, ...] = ()
    remarks: tuple[str, ...] = ()
    profile: bytes = b""
    seam: float | None = None

    @property
    def id(self) -> str:
        """SHA-256 of size and pixels, in hex."""
        return pixels_id(self.pixels)

    @property
    def parents(self) -> tuple[str, ...]:
        """Ids of the bitmaps this one was made from, its picture first."""
        return tuple(bitmap.id for _, bitmap in bitmaps(self.request))

    @property
    def bitmap(self) -> Bitmap:
        """The picture as what another request begins with; it remembers how it was made."""
        origin = Origin(request=self.request, models=self.models)
        return Bitmap(self.pixels, origin=origin, profile=self.profile)

    def _repr_png_(self) -> bytes:
        """The picture as PNG of 8 bits, for Jupyter."""
        from PIL import Image

        pixels = self.pixels if self.pixels.dtype == np.uint8 else self.pixels // 257
        plain = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
        buffer = io.BytesIO()
        Image.fromarray(plain.astype(np.uint8, copy=False)).save(buffer, format="PNG")
        return buffer.getvalue()
