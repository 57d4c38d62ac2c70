"""Faces: found, brought into a standard pose, restored, and put back."""

from __future__ import annotations

from velatura.faces.align import to_template, warp
from velatura.faces.detect import Networks, find_faces
from velatura.faces.face import Face
from velatura.faces.masks import face_masks
from velatura.faces.paste import blend, paste
from velatura.faces.restorers import RESTORERS, FaceRestorer, Restore

__all__ = [
    "RESTORERS",
    "Face",
    "FaceRestorer",
    "Networks",
    "Restore",
    "blend",
    "face_masks",
    "find_faces",
    "paste",
    "to_template",
    "warp",
]
