"""What both programs paint: one request, and how each puts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from velatura.records import Bitmap, Img2Img, Txt2Img

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture to paint for the clock.

    Attributes:
        checkpoint: The model file.
        picture: Where to leave the pixels, as a NumPy file.
        cache: Folder in which hashes of model files are remembered.
        size: Width and height in pixels.
        steps: Sampling steps.
        strength: How strongly to paint over :meth:`ground`; None paints afresh.
    """

    checkpoint: Path
    picture: Path
    cache: Path
    size: int = 256
    steps: int = 20
    strength: float | None = None
    prompt: str = "portrait of an old sailor, oil painting, warm light"
    negative_prompt: str = "blurry, low quality"
    guidance_scale: float = 7.0
    seed: int = 1

    @property
    def calls(self) -> int:
        """Steps that are walked: all, or those that the strength leaves, which is one more."""
        return self.steps if self.strength is None else int(self.strength * self.steps) + 1

    def ground(self) -> NDArray[np.uint8]:
        """What is painted over: a slope of two colours, (size, size, 3)."""
        slope = np.linspace(0, 255, self.size).astype(np.uint8)
        red, green = np.broadcast_arrays(slope, slope[:, None])
        return np.stack((red, green, np.full_like(red, 128)), axis=2)

    def request(self) -> Txt2Img | Img2Img:
        """The scene as Velatura takes it: Euler over the model's own levels, batch 1."""
        asked: dict[str, Any] = {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "checkpoint": self.checkpoint.stem,
            "sampler": "Euler",
            "schedule": "Uniform",
            "steps": self.steps,
            "guidance_scale": self.guidance_scale,
            "width": self.size,
            "height": self.size,
            "seed": self.seed,
        }
        if self.strength is None:
            return Txt2Img(**asked)
        return Img2Img(**asked, image=Bitmap(self.ground()), strength=self.strength)

    def to_json(self) -> str:
        """The scene as an argument of a program."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Scene:
        """The scene that :meth:`to_json` wrote."""
        facts: dict[str, Any] = json.loads(text)
        for name in ("checkpoint", "picture", "cache"):
            facts[name] = Path(facts[name])
        return cls(**facts)
