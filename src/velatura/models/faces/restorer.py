"""Face restorers out of the files that users bring, run by spandrel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from velatura.errors import EngineError, UnknownModel, UnsupportedModel
from velatura.faces import RESTORERS
from velatura.models.checkpoint import open_weights
from velatura.models.discovery import natural_key
from velatura.models.spandrel_file import recognise

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from velatura.faces import FaceRestorer
    from velatura.models.catalogue import Catalogue, ModelFile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedRestorer:
    """A restorer's network; fulfils :class:`velatura.faces.Restore`.

    Attributes:
        label: Which restorer it is.
        network: Takes and gives (1 3 512 512) from -1 to 1, and other things beside.
    """

    label: str
    network: nn.Module

    @property
    def networks(self) -> tuple[nn.Module, ...]:
        """What holds its weights."""
        return (self.network,)

    def __call__(self, face: NDArray[np.uint8], weight: float) -> NDArray[np.uint8]:
        """A face restored, uint8 (512, 512, 3); values are truncated.

        Raises:
            EngineError: if the network answers with no numbers.
        """
        options = _options(self.label, weight)
        parameter = next(self.network.parameters())
        signed = (torch.from_numpy(face).permute(2, 0, 1)[None] / 255 - 0.5) / 0.5
        answer = self.network(signed.to(parameter), **options)[0]
        if not answer.isfinite().all():
            raise EngineError(
                f"{self.label} answered with not-a-number; its file may be damaged: "
                "download it again"
            )
        values = ((answer[0].float().clamp(-1, 1) + 1) / 2 * 255).to(torch.uint8)
        return values.permute(1, 2, 0).cpu().numpy()


def choose_restorer(catalogue: Catalogue, name: str) -> tuple[FaceRestorer, ModelFile]:
    """The restorer of a name, and its file.

    Args:
        catalogue: The model files at hand.
        name: A restorer, which means its latest file; or the name of one of its files.

    Raises:
        UnknownModel: if there is no such restorer, or no file of it: says which one is wanted,
            where it belongs, and what its licence allows.
    """
    restorer = next((r for r in RESTORERS.values() if _begins(name, r)), None)
    if restorer is None:
        raise UnknownModel(
            f"restorer: no face restorer named {name!r}; there is {', '.join(RESTORERS)}",
            field="restorer",
        )
    files = [file for file in catalogue.of("face restorer") if _begins(file.stem, restorer)]
    if name.lower() != restorer.label.lower():
        files = [file for file in files if name.lower() in (file.stem.lower(), file.name.lower())]
    if not files:
        searched = ", ".join(str(folder) for folder in catalogue.folders) or "no folder"
        raise UnknownModel(
            f"no weights for {name} found (searched: {searched}); put {restorer.file} into "
            f"{restorer.folder}/ of a models folder. They are not packaged; their licence: "
            f"{restorer.licence}",
            field="restorer",
        )
    return restorer, max(files, key=lambda file: natural_key(file.stem))


def load_restorer(restorer: FaceRestorer, path: Path, device: torch.device) -> LoadedRestorer:
    """The network in a restorer's file, in single precision: half is too coarse for both.

    Raises:
        BrokenModel: if the file is incomplete or its weights do not fit.
        UnsafeModel: if reading it would run code.
        UnsupportedModel: if what runs it is not installed, or it holds something else.
    """
    model = recognise(path, open_weights(path).tensors, extra=restorer.extra)
    if model.architecture.name != restorer.label:
        raise UnsupportedModel(
            f"{path}: holds a network of the kind {model.architecture.name}, not {restorer.label}"
        )
    network = model.model.to(device=device, dtype=torch.float32).eval().requires_grad_(False)
    return LoadedRestorer(label=restorer.label, network=network)


def _begins(text: str, restorer: FaceRestorer) -> bool:
    return text.lower().startswith(restorer.label.lower())


def _options(label: str, weight: float) -> dict[str, float | bool]:
    """How the inner networks are asked; spandrel itself would fix a weight and draw noise."""
    if label == "CodeFormer":
        return {"weight": weight}
    return {"return_rgb": False, "randomize_noise": False}  # the noise that is in the file
