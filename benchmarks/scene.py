"""What both programs paint: one request, and how each puts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from velatura.records import Txt2Img


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture to paint for the clock.

    Attributes:
        checkpoint: The model file.
        picture: Where to leave the pixels, as a NumPy file.
        cache: Folder in which hashes of model files are remembered.
        size: Width and height in pixels.
        steps: Sampling steps.
    """

    checkpoint: Path
    picture: Path
    cache: Path
    size: int = 256
    steps: int = 20
    prompt: str = "portrait of an old sailor, oil painting, warm light"
    negative_prompt: str = "blurry, low quality"
    guidance_scale: float = 7.0
    seed: int = 1

    def request(self) -> Txt2Img:
        """The scene as Velatura takes it: Euler over the model's own levels, batch 1."""
        return Txt2Img(
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            checkpoint=self.checkpoint.stem,
            sampler="Euler",
            schedule="Uniform",
            steps=self.steps,
            guidance_scale=self.guidance_scale,
            width=self.size,
            height=self.size,
            seed=self.seed,
        )

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
