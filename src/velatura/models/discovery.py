"""Which model files there are.

People point Velatura at what they have: a folder of checkpoints, the ``models`` folder of an A1111
installation, or the installation itself. Nothing is opened here but folders.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from velatura.errors import UnknownModel
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.embedded import embedded_checkpoints, embedded_loras

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from velatura.models.catalogue import Kind

FOLDERS: Mapping[str, Kind] = {
    "stable-diffusion": "checkpoint",
    "checkpoints": "checkpoint",
    "vae": "vae",
    "lora": "lora",
    "loras": "lora",
    "lycoris": "lora",
    "embeddings": "embedding",
    "esrgan": "upscaler",
    "realesrgan": "upscaler",
    "upscale_models": "upscaler",
    "swinir": "upscaler",
    "scunet": "upscaler",
    "dat": "upscaler",
    "hat": "upscaler",
    "codeformer": "face restorer",
    "gfpgan": "face restorer",
    "facerestore_models": "face restorer",
}
"""Folder name, in lower case -> what A1111 and ComfyUI keep in it."""

OTHER_FOLDERS = frozenset(
    {
        "blip", "clip", "clip_vision", "controlnet", "deepbooru", "diffusion_models",
        "hypernetworks", "karlo", "t5", "text_encoder", "text_encoders", "torch_deepdanbooru",
        "unet", "vae-approx", "vae_approx",
    }
)  # fmt: skip
"""Folders, in lower case, whose files are of kinds we do not list."""

EXTENSIONS: Mapping[Kind, tuple[str, ...]] = {
    "checkpoint": (".safetensors", ".ckpt"),
    "vae": (".safetensors", ".ckpt", ".pt"),
    "lora": (".safetensors", ".ckpt", ".pt"),
    "embedding": (".safetensors", ".pt", ".bin"),
    "upscaler": (".safetensors", ".pth", ".pt"),
    "face restorer": (".safetensors", ".pth", ".pt"),
}
"""What a file of each kind may end in."""

VAE_BESIDE_MODEL = (".vae.safetensors", ".vae.ckpt", ".vae.pt")
"""Endings of autoencoders that lie among the checkpoints."""

DIFFUSERS_INDEX = "model_index.json"
"""Marks a folder in the layout of diffusers."""


def find_models(dirs: Sequence[Path]) -> Catalogue:
    """Every model file in ``dirs``, then the embedded ones.

    Links are followed, each folder is read once. Files of one folder stand together, in natural
    order: numbers by value, letters without case.

    Args:
        dirs: Folders of checkpoints, or A1111's ``models`` folder or root.

    Raises:
        UnknownModel: if one of ``dirs`` is no folder.
    """
    files: list[ModelFile] = []
    remarks: list[str] = []
    for folder in dirs:
        if not folder.is_dir():
            raise UnknownModel(f"{folder}: no such folder of models")
        search = _Search(remarks=remarks)
        for kind, root, is_plain in _roots(folder):
            files += search.files(kind, root, is_plain=is_plain)
    files += [ModelFile("checkpoint", path.name, path) for path in embedded_checkpoints()]
    files += [ModelFile("lora", path.name, path) for path in embedded_loras()]
    return Catalogue(tuple(files), tuple(dirs), tuple(remarks))


def natural_key(text: str) -> list[str | int]:
    """Sort key: ``model9`` before ``Model10``."""
    return [int(part) if part.isdecimal() else part.lower() for part in re.split(r"(\d+)", text)]


def _roots(folder: Path) -> Iterator[tuple[Kind, Path, bool]]:
    """The folders to search, with their kind and whether they are a plain mixture."""
    children = {child.name.lower(): child for child in folder.iterdir() if child.is_dir()}
    if "models" in children and (children["models"] / "Stable-diffusion").is_dir():
        yield from _roots(children["models"])
    elif "stable-diffusion" in children or "checkpoints" in children:
        beside = folder.parent / "embeddings"
        if folder.name.lower() == "models" and "embeddings" not in children and beside.is_dir():
            children["embeddings"] = beside
        for name, kind in FOLDERS.items():
            if name in children:
                yield kind, children[name], False
    else:
        yield FOLDERS.get(folder.name.lower(), "checkpoint"), folder, True


@dataclass(slots=True)
class _Search:
    """One walk through a folder; knows where it has been, and what it could not read."""

    remarks: list[str]
    seen: set[str] = field(default_factory=set)

    def files(self, kind: Kind, root: Path, *, is_plain: bool) -> list[ModelFile]:
        """The model files under ``root``."""
        found = list(self._walk(kind, root, root, is_plain))
        return sorted(found, key=lambda file: [natural_key(part) for part in _parts(file)])

    def _walk(self, kind: Kind, root: Path, folder: Path, is_plain: bool) -> Iterator[ModelFile]:
        real = os.path.realpath(folder)
        if real in self.seen:
            return
        self.seen.add(real)
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self.remarks.append(f"{folder}: cannot be read: {error.strerror}")
            return
        for entry in entries:
            if entry.is_dir():
                yield from self._enter(kind, root, entry, is_plain)
            elif (file_kind := _kind_of(kind, entry)) and entry.is_file():
                yield ModelFile(file_kind, entry.relative_to(root).as_posix(), entry)

    def _enter(self, kind: Kind, root: Path, folder: Path, is_plain: bool) -> Iterator[ModelFile]:
        name = folder.name.lower()
        if kind == "checkpoint" and (folder / DIFFUSERS_INDEX).is_file():
            yield ModelFile("checkpoint", folder.relative_to(root).as_posix(), folder)
        elif is_plain and name in FOLDERS:
            yield from self._walk(FOLDERS[name], folder, folder, is_plain)
        elif not (is_plain and name in OTHER_FOLDERS):
            yield from self._walk(kind, root, folder, is_plain)


def _kind_of(kind: Kind, path: Path) -> Kind | None:
    """What a file in a folder of ``kind`` is; None if it is no model."""
    name = path.name.lower()
    if ".preview." in name:
        return None
    if kind == "checkpoint" and name.endswith(VAE_BESIDE_MODEL):
        return "vae"
    return kind if name.endswith(EXTENSIONS[kind]) else None


def _parts(file: ModelFile) -> tuple[str, ...]:
    """Kind, folder, file: the order of a list."""
    folder, _, name = file.name.rpartition("/")
    return file.kind, folder, name
