"""The three networks of the face detector (arXiv:1604.02878), and the packaged weights.

Weights: trained with the original MTCNN, carried over to TensorFlow by David Sandberg (facenet) and
to PyTorch by Tim Esler (facenet-pytorch 2.6.0), MIT licence; see ``LICENCE.md`` beside them and
``training/faces`` for how the file was made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from velatura.faces.boxes import Floats

    Pixels = NDArray[np.uint8]

WEIGHTS = "mtcnn.safetensors"
"""The weights, beside this file."""


class Proposer(nn.Module):
    """P-Net: fully convolutional, one answer for each window of 12 pixels, 2 pixels apart."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 10, 3), nn.PReLU(10), nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(10, 16, 3), nn.PReLU(16),
            nn.Conv2d(16, 32, 3), nn.PReLU(32),
        )  # fmt: skip
        self.face = nn.Conv2d(32, 2, 1)
        self.box = nn.Conv2d(32, 4, 1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, (b rows columns), and offsets, (b rows columns 4), for (b 3 h w)."""
        features = self.body(pixels)
        return self.face(features).softmax(dim=1)[:, 1], self.box(features).permute(0, 2, 3, 1)


class Refiner(nn.Module):
    """R-Net: crops of 24 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 28, 3), nn.PReLU(28), nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(28, 48, 3), nn.PReLU(48), nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(48, 64, 2), nn.PReLU(64),
            nn.Flatten(), nn.Linear(576, 128), nn.PReLU(128),
        )  # fmt: skip
        self.face = nn.Linear(128, 2)
        self.box = nn.Linear(128, 4)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Scores, (b), and offsets, (b 4), for (b 3 24 24)."""
        features = self.body(crops)
        return self.face(features).softmax(dim=1)[:, 1], self.box(features)


class Judge(nn.Module):
    """O-Net: crops of 48 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 32, 3), nn.PReLU(32), nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(32, 64, 3), nn.PReLU(64), nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(64, 64, 3), nn.PReLU(64), nn.MaxPool2d(2, 2, ceil_mode=True),
            nn.Conv2d(64, 128, 2), nn.PReLU(128),
            nn.Flatten(), nn.Linear(1152, 256), nn.PReLU(256),
        )  # fmt: skip
        self.face = nn.Linear(256, 2)
        self.box = nn.Linear(256, 4)
        self.points = nn.Linear(256, 10)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores, (b), offsets, (b 4), and landmarks, (b 5 2), for (b 3 48 48)."""
        features = self.body(crops)
        points = self.points(features).unflatten(1, (2, 5)).mT  # all x come before all y
        return self.face(features).softmax(dim=1)[:, 1], self.box(features), points


class FaceNetworks(nn.Module):
    """The cascade's three networks; fulfils :class:`velatura.faces.detect.Networks`."""

    def __init__(self) -> None:
        super().__init__()
        self.proposer = Proposer()
        self.refiner = Refiner()
        self.judger = Judge()

    def propose(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Answers for every window over one picture, (h, w, 3)."""
        scores, offsets = self.proposer(_signed(pixels[None]))
        return _floats(scores[0]), _floats(offsets[0])

    def refine(self, crops: Pixels) -> tuple[Floats, Floats]:
        """Answers for crops, (n, 24, 24, 3)."""
        scores, offsets = self.refiner(_signed(crops))
        return _floats(scores), _floats(offsets)

    def judge(self, crops: Pixels) -> tuple[Floats, Floats, Floats]:
        """Answers for crops, (n, 48, 48, 3)."""
        scores, offsets, points = self.judger(_signed(crops))
        return _floats(scores), _floats(offsets), _floats(points)


def load_face_networks() -> FaceNetworks:
    """The packaged face detector. It takes milliseconds, so it stays on the CPU."""
    networks = FaceNetworks()
    networks.load_state_dict(load_file(Path(__file__).with_name(WEIGHTS)))
    return networks.eval().requires_grad_(False)


def _signed(pixels: Pixels) -> Tensor:
    """uint8 (b, h, w, 3) as float (b 3 h w) with a middle grey of 0, as the networks learned it."""
    return (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127.5) / 128


def _floats(answers: Tensor) -> Floats:
    return answers.double().numpy()
