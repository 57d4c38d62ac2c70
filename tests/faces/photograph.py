"""A photograph of one face, with what an eye sees in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

# Pupils, tip of the nose, corners of the mouth, read off an eightfold enlargement.
LANDMARKS = ((107.2, 101.2), (150.6, 103.1), (128.1, 126.9), (107.5, 140.0), (147.8, 141.6))


def photograph() -> np.ndarray:
    """256x256 RGB."""
    return np.array(Image.open(Path(__file__).parent / "data" / "astronaut.jpg"))


def on_canvas(picture: np.ndarray, width: int, height: int, left: int, top: int) -> np.ndarray:
    """The picture on a grey canvas."""
    canvas = np.full((height, width, 3), 128, dtype=np.uint8)
    canvas[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return canvas


def turned(points: np.ndarray, degrees: float, centre: float) -> np.ndarray:
    """Points, (n, 2), turned counter-clockwise as seen, as ``Image.rotate`` turns a picture."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (points - centre) @ turn.T + centre
