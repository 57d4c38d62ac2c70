"""A finished picture to one whose faces are painted anew, each as large as a whole painting."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.faces import face_masks, find_faces
from velatura.models.faces.mtcnn import load_face_networks
from velatura.pipelines.faces import colours_of, said_of, with_alpha_of
from velatura.pipelines.inpaint import inpaint
from velatura.pipelines.seeds import picture_requests
from velatura.records import Bitmap, Inpaint, Painting, Picture, Step
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from velatura.faces import Face
    from velatura.pipelines.kit import Kit
    from velatura.pipelines.snapshot import Snapshot
    from velatura.records import Detail, Pixels

PAINTING = [entry.name for entry in fields(Painting) if entry.name != "kind"]
"""What a painting of a face takes over from the request."""


def detail(request: Detail, kit: Kit, resume: Snapshot | None = None) -> Iterator[Step | Picture]:  # noqa: ARG001 - no step of it can be resumed from
    """A step after each sampling step of each face, and a picture for each seed.

    A face is cut out with its surroundings, enlarged to the size of the request, painted over at
    the request's strength, and laid back: an inpainting of the masked area alone, for one face
    after another, the surest first. Each has the same seed.

    Args:
        request: The complete request.
        kit: What to paint with.
        resume: Not taken: the work is begun anew.
    """
    colours = colours_of(request.image)
    seen = eight_bits(colours)
    faces = find_faces(seen, load_face_networks(), request.confidence)
    for batch, single in enumerate(picture_requests(request)):
        painted, remarks = yield from _painted(single, seen, faces, kit, batch)
        yield Picture(
            pixels=with_alpha_of(request.image, _where_changed(colours, seen, painted)),
            request=single,
            models=kit.uses,
            remarks=tuple(dict.fromkeys((*kit.remarks, *remarks, *said_of(faces)))),
            profile=request.image.profile,
        )


def _painted(
    request: Detail, pixels: NDArray[np.uint8], faces: Sequence[Face], kit: Kit, batch: int
) -> Generator[Step, None, tuple[NDArray[np.uint8], list[str]]]:
    """The picture, (h, w, 3), with every face painted, and what was remarked."""
    remarks: list[str] = []
    for done, face in enumerate(faces):
        (mask,) = face_masks([face], request.image.size)
        if not mask.any():
            continue  # the face lies outside the picture
        for event in inpaint(_of_one_face(request, pixels, mask), kit):
            if isinstance(event, Picture):
                pixels = eight_bits(event.pixels)
                remarks += event.remarks
                continue
            yield replace(
                event,
                phase="faces",
                batch=batch,
                index=done * event.total + event.index,
                total=len(faces) * event.total,
                snapshot=None,
            )
    return pixels, remarks


def _where_changed(colours: Pixels, seen: NDArray[np.uint8], painted: NDArray[np.uint8]) -> Pixels:
    """What was painted, as deep as the picture is, which stays where nothing was painted."""
    depth = np.iinfo(colours.dtype).max // 255
    return np.where(painted == seen, colours, painted.astype(colours.dtype) * depth)


def _of_one_face(request: Detail, pixels: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Inpaint:
    painting = {name: getattr(request, name) for name in PAINTING}
    return Inpaint(
        **painting,
        image=Bitmap(pixels),
        mask=Bitmap(mask),
        strength=request.strength,
        area="masked",
        padding=request.padding,
        mask_blur=request.mask_blur,
    )
