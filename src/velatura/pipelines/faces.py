"""A finished picture to one whose faces are restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from velatura.faces import blend, find_faces, paste, to_template, warp
from velatura.records import Picture, Step
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.faces import Face, Networks, Restore
    from velatura.records import Bitmap, Faces, ModelUse, Pixels

NO_FACE = (
    "No face found; the picture is as it was. In drawings and of small faces, a lower confidence "
    "such as 0.3 finds more"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesKit:
    """Everything a faces request needs beside itself.

    Attributes:
        networks: What finds faces.
        restore: What restores them.
        uses: The model files that take part.
    """

    networks: Networks
    restore: Restore
    uses: tuple[ModelUse, ...] = ()


def restore_faces(request: Faces, kit: FacesKit) -> Iterator[Step | Picture]:
    """A step after each face, and the picture with all of them restored.

    Faces are restored as they are in the given picture, and laid over it in the order in which they
    were found. Outside them every value stays, alpha and 16 bits too; a grey picture becomes a
    coloured one.

    Args:
        request: The complete request.
        kit: What finds and restores.
    """
    colours = colours_of(request.image)
    seen = eight_bits(colours)
    faces = find_faces(seen, kit.networks, request.confidence)
    restored = colours
    for index, face in enumerate(faces, start=1):
        similarity = to_template(face)
        restored = paste(restored, kit.restore(warp(seen, similarity), request.weight), similarity)
        yield Step(phase="faces", index=index, total=len(faces))
    yield Picture(
        pixels=with_alpha_of(request.image, blend(colours, restored, request.visibility)),
        request=request,
        models=kit.uses,
        remarks=said_of(faces),
        profile=request.image.profile,
    )


def said_of(faces: tuple[Face, ...]) -> tuple[str, ...]:
    """What the maker should know about the faces found."""
    return () if faces else (NO_FACE,)


def colours_of(image: Bitmap) -> Pixels:
    """Red, green and blue, (h, w, 3), as deep as the picture is."""
    pixels = image.array
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]


def with_alpha_of(image: Bitmap, colours: Pixels) -> Pixels:
    """The colours, with the alpha that the picture has."""
    return (
        np.concatenate([colours, image.array[:, :, 3:4]], axis=2)
        if image.array.shape[2] == 4
        else colours
    )
