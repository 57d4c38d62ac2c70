"""Faces made by hand."""

from velatura.faces.align import TEMPLATE, Similarity
from velatura.faces.face import Face


def face_at(similarity: Similarity) -> Face:
    """A face in the standard pose, as a similarity from the template into a picture shows it."""
    points = [(float(z.real), float(z.imag)) for z in similarity(TEMPLATE)]
    xs, ys = zip(*points, strict=True)
    eye, other_eye, nose, mouth, other_mouth = points
    return Face(
        box=(min(xs), min(ys), max(xs), max(ys)),
        score=1.0,
        landmarks=(eye, other_eye, nose, mouth, other_mouth),
    )
