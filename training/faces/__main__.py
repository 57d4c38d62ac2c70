"""Turn the MTCNN weights of facenet-pytorch into ``src/velatura/models/faces/mtcnn.safetensors``.

The wheel is fetched through pip and unpacked; nothing of it is installed or run. The numbers stay
as they are: only names change, and the columns of the first dense layer of the second and the third
network, which there count a feature map's columns first and channels last.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.fetch import fetch_pypi
from velatura.models.faces import mtcnn

PACKAGE = "facenet-pytorch==2.6.0"
FILES = {"proposer": "pnet.pt", "refiner": "rnet.pt", "judger": "onet.pt"}
DENSE_AFTER: dict[tuple[int, ...], tuple[int, int, int]] = {
    (128, 576): (64, 3, 3),
    (256, 1152): (128, 3, 3),
}
"""Shape of a dense layer's weights -> channels, rows, columns of the map it reads."""


def converted(
    theirs: dict[str, torch.Tensor], ours: dict[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Return their weights under our names; both list the same layers in the same order."""
    pairs = zip(ours.items(), theirs.values(), strict=True)
    return {name: _matched(old, like=new) for (name, new), old in pairs}


def _matched(old: torch.Tensor, *, like: torch.Tensor) -> torch.Tensor:
    if old.shape != like.shape:
        raise ValueError(f"expected {tuple(like.shape)}, found {tuple(old.shape)}")
    if (order := DENSE_AFTER.get(tuple(old.shape))) is None:
        return old.contiguous()
    channels, rows, columns = order
    cells = old.unflatten(1, (columns, rows, channels))
    return cells.permute(0, 3, 2, 1).flatten(1).contiguous()


def main() -> None:
    """Fetch, convert, write."""
    networks = mtcnn.FaceNetworks()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        fetch_pypi(PACKAGE, work / "wheel", work / "unpacked")
        weights: dict[str, torch.Tensor] = {}
        for part, file in FILES.items():
            theirs = torch.load(
                work / "unpacked" / "facenet_pytorch" / "data" / file, weights_only=True
            )
            ours = networks.get_submodule(part).state_dict()
            weights |= {f"{part}.{name}": t for name, t in converted(theirs, ours).items()}
    origin = {"origin": PACKAGE, "licence": "MIT, Copyright (c) 2019 Timothy Esler"}
    save_file(weights, Path(mtcnn.__file__).with_name(mtcnn.WEIGHTS), metadata=origin)


if __name__ == "__main__":
    main()
