"""The model files at hand, and the kit a request is painted with."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from velatura.engines.memory import trim_heap
from velatura.engines.named import named_embeddings, named_loras, named_upscalers
from velatura.errors import OutOfMemory, concerning
from velatura.forecast import Lap, Timed
from velatura.models.base import load_model
from velatura.models.bfloat16 import with_bfloat16
from velatura.models.cache import ModelCache, file_key
from velatura.models.discovery import find_models
from velatura.models.eight_bits import with_eight_bits
from velatura.models.embeddings import Embeddings, read_embeddings
from velatura.models.faces.mtcnn import load_face_networks
from velatura.models.faces.restorer import choose_restorer, load_restorer
from velatura.models.hashes import Hashes, identity
from velatura.models.lora import find_loras, with_loras
from velatura.models.place import HOST, Place
from velatura.models.tiling import tiled
from velatura.models.turns import Turns
from velatura.models.upscaler import load_upscaler, upscaler_file
from velatura.models.vae import NONE, choose_vae
from velatura.pipelines.faces import FacesKit
from velatura.pipelines.kit import Kit
from velatura.pipelines.upscale import UpscaleKit, needed_upscalers
from velatura.prompts.tags import find_tags, loras
from velatura.records import ModelUse, hires_of
from velatura.records.upscale import OVERLAP, TILE
from velatura.upscalers import UPSCALERS
from velatura.upscalers.network import network_upscaler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from velatura.forecast import Notebook
    from velatura.models.base import Model
    from velatura.models.catalogue import Catalogue, ModelFile
    from velatura.prompts.tags import Lora
    from velatura.records import Faces, Painting, Upscale
    from velatura.upscalers import Upscaler
    from velatura.upscalers.network import PixelNetwork


LOG = logging.getLogger(__name__)

FORMS: Mapping[str, Callable[[Model], Model]] = {"bf16": with_bfloat16, "fp8": with_eight_bits}
"""Option of sampling -> what makes the model it asks for, in the order they are applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files a request names: found, not yet read.

    Attributes:
        catalogue: All there were when the request came.
        checkpoint: The checkpoint.
        vae: The external autoencoder; None is the checkpoint's own.
    """

    catalogue: Catalogue
    checkpoint: ModelFile
    vae: ModelFile | None

    @property
    def vae_name(self) -> str:
        """What a request calls the autoencoder."""
        return self.vae.path.name if self.vae else NONE


class Workshop:
    """Finds model files, keeps what was loaded, and lays out kits.

    Args:
        models_dirs: Folders searched for model files.
        cache_dir: Where file hashes are remembered; None computes them anew.
        notebook: Where it is written down how long loading took.
        device: Where networks compute.
        memory_bytes: Budget of the models kept.
        compiles: Whether networks are compiled where that makes them faster.
    """

    def __init__(
        self,
        models_dirs: Sequence[Path],
        *,
        cache_dir: Path | None,
        notebook: Notebook,
        device: torch.device,
        memory_bytes: int,
        compiles: bool = False,
    ) -> None:
        self._models_dirs = models_dirs
        self._hashes = Hashes(cache_dir)
        self._notebook = notebook
        dtype = torch.float32 if device.type == "cpu" else torch.float16
        self._place = Place(device=device, dtype=dtype, compiles=compiles)
        self._cache = ModelCache(memory_bytes)
        self._turns = Turns(device)

    @property
    def device(self) -> torch.device:
        """Where networks compute."""
        return self._place.device

    def catalogue(self) -> Catalogue:
        """The models there are now; the folders are looked at afresh.

        Raises:
            UnknownModel: if a folder is gone.
        """
        return find_models(self._models_dirs)

    def choose(self, request: Painting, catalogue: Catalogue) -> Chosen:
        """The files that the request's names mean.

        Raises:
            UnknownModel: if there is none of such a name.
        """
        with concerning("checkpoint"):
            checkpoint = catalogue.find("checkpoint", request.checkpoint, self._hashes)
        with concerning("vae"):
            vae = choose_vae(catalogue, request.vae, checkpoint, self._hashes)
        return Chosen(catalogue=catalogue, checkpoint=checkpoint, vae=vae)

    def painting_files(self, request: Painting, chosen: Chosen) -> tuple[ModelUse, ...]:
        """The files that a complete request would be painted with; none of them is loaded.

        Of embeddings, also those that turn out not to fit the checkpoint.
        """
        catalogue, hashes = chosen.catalogue, self._hashes
        checkpoint, vae = chosen.checkpoint, chosen.vae
        first, second = named_loras(request)
        files = find_loras(catalogue, (*first, *second))
        embeddings = {file.stem: file for file in reversed(catalogue.of("embedding"))}
        named = named_embeddings(request, dict.fromkeys(embeddings, 1))
        uses = [
            ModelUse(kind="checkpoint", name=checkpoint.stem, hash=hashes.short(checkpoint.path))
        ]
        if vae:
            uses.append(ModelUse(kind="vae", name=vae.path.name, hash=hashes.short(vae.path)))
        for file in dict.fromkeys(files.values()):
            uses.append(ModelUse(kind="lora", name=file.stem, hash=hashes.lora(file.path)))
        for name in named:
            digits = hashes.embedding(embeddings[name].path)
            uses.append(ModelUse(kind="embedding", name=name, hash=digits))
        return (*uses, *self.upscaler_files(named_upscalers(request), catalogue))

    def upscaler_files(self, labels: Sequence[str], catalogue: Catalogue) -> tuple[ModelUse, ...]:
        """The files of those upscalers that have one.

        Raises:
            UnknownModel: if one is gone.
        """
        paths = {label: upscaler_file(label, catalogue) for label in labels}
        return tuple(
            ModelUse(kind="upscaler", name=label, hash=self._hashes.short(path))
            for label, path in paths.items()
            if path
        )

    def kit(self, request: Painting, chosen: Chosen) -> Kit:
        """Everything the request is painted with, loaded.

        Raises:
            ModelError: if a file cannot be used.
        """
        first, second = named_loras(request)
        files = find_loras(chosen.catalogue, (*first, *second))
        model = hires_model = self._model(request, chosen, first, files)
        if second != first:
            hires_model = self._model(request, chosen, second, files)
        embeddings = read_embeddings(chosen.catalogue.of("embedding"), model.width)
        lengths = {name: len(rows) for name, rows in embeddings.vectors.items()}
        named = named_embeddings(request, dict.fromkeys(embeddings.skipped, 1) | lengths)
        upscalers, upscaler_uses = self._upscalers(named_upscalers(request), chosen.catalogue)
        uses = (*model.uses, *hires_model.uses, *self._uses(embeddings, named), *upscaler_uses)
        asked = dict.fromkeys(lora.name for lora in (*first, *second))
        missing = [name for name in asked if name not in files]
        return Kit(
            model=model,
            hires_model=hires_model,
            upscalers=upscalers,
            embeddings=embeddings.vectors,
            uses=tuple(dict.fromkeys(uses)),
            remarks=tuple(_remarks(request, missing, embeddings, named)),
        )

    def upscale_kit(self, request: Upscale, catalogue: Catalogue) -> UpscaleKit:
        """Everything an upscale request needs, loaded.

        Raises:
            ModelError: if a file cannot be used.
        """
        upscalers, uses = self._upscalers(
            needed_upscalers(request), catalogue, tile=request.tile, overlap=request.overlap
        )
        return UpscaleKit(upscalers=upscalers, uses=uses)

    def restorer_file(self, request: Faces, catalogue: Catalogue) -> tuple[Faces, ModelUse]:
        """The request with the name of its restorer's file, and that file.

        Raises:
            UnknownModel: if there is no such restorer, or no file of it.
        """
        _, file = choose_restorer(catalogue, request.restorer)
        use = ModelUse(kind="face restorer", name=file.stem, hash=self._hashes.short(file.path))
        return replace(request, restorer=file.stem), use

    def faces_kit(self, request: Faces, catalogue: Catalogue) -> FacesKit:
        """Everything a faces request needs, loaded.

        Raises:
            ModelError: if a file cannot be used.
        """
        restorer, file = choose_restorer(catalogue, request.restorer)
        restore = self._cache.get(
            ("face restorer", identity(file.path)),
            lambda: load_restorer(restorer, file.path, self.device),
        )
        _, use = self.restorer_file(request, catalogue)
        return FacesKit(networks=load_face_networks(), restore=restore, uses=(use,))

    def _upscalers(
        self,
        labels: Sequence[str],
        catalogue: Catalogue,
        *,
        tile: int = TILE,
        overlap: int = OVERLAP,
    ) -> tuple[dict[str, Upscaler], tuple[ModelUse, ...]]:
        """Upscalers by label, and the files of those that have one."""
        upscalers: dict[str, Upscaler] = {}
        for label in labels:
            path = upscaler_file(label, catalogue)
            if path is None:
                upscalers[label] = UPSCALERS[label]
                continue
            network = self._cache.get(
                ("upscaler", identity(path)), lambda path=path: self._load_upscaler(path)
            )
            upscalers[label] = network_upscaler(label, network, tile=tile, overlap=overlap)
        return upscalers, self.upscaler_files(labels, catalogue)

    def _load_upscaler(self, path: Path) -> PixelNetwork:
        return load_upscaler(path, dtype=self._place.dtype, device=self.device)

    def _model(
        self,
        request: Painting,
        chosen: Chosen,
        asked: tuple[Lora, ...],
        files: Mapping[str, ModelFile],
    ) -> Model:
        self._turns.clear()  # models are made of weights that are at home
        there = [lora for lora in asked if lora.name in files]
        base_key = key = file_key(chosen.checkpoint, chosen.vae)
        if there:
            key = (*key, *there, *file_key(*(files[lora.name] for lora in there)))

        def whole() -> Model:
            base = self._cache.get(base_key, lambda: self._load(chosen))
            if not there:
                return base
            return self._cache.get(key, lambda: with_loras(base, there, files, self._hashes))

        def in_forms() -> Model:
            model = whole()
            for name in forms:
                model = FORMS[name](model)
            return model

        if forms := tuple(name for name in FORMS if getattr(request.sampling, name)):
            model = self._cache.get((*key, *forms), in_forms)
            self._cache.drop(base_key, key)  # beside it they would take more than it saves
        else:
            model = whole()
        return tiled(model) if request.tiling else model

    def _load(self, chosen: Chosen) -> Model:
        """The model, alone on its device where it must be; its networks take turns on a small card.

        Raises:
            OutOfMemory: the machine has no room for it.
        """
        with suppress(OutOfMemory, torch.OutOfMemoryError):
            return self._loaded(chosen, self._place)
        self._cache.clear()
        trim_heap()
        if self.device == HOST:
            return self._loaded(chosen, self._place)
        with suppress(OutOfMemory, torch.OutOfMemoryError):
            return self._loaded(chosen, self._place)
        LOG.warning("no room for %s as a whole: its networks take turns", chosen.checkpoint.name)
        return self._loaded(chosen, replace(self._place, turns=self._turns))

    def _loaded(self, chosen: Chosen, place: Place) -> Model:
        began = time.perf_counter()
        model = load_model(chosen.checkpoint, chosen.vae, place=place, hashes=self._hashes)
        width, height = model.native_size
        lap = Lap(what="loading", model=chosen.checkpoint.name, pixels=width * height)
        self._notebook.add([Timed(lap=lap, seconds=time.perf_counter() - began)])
        return model

    def _uses(self, embeddings: Embeddings, named: Sequence[str]) -> Iterator[ModelUse]:
        for name in named:
            if embedding := embeddings.usable.get(name):
                digits = self._hashes.embedding(embedding.file.path)
                yield ModelUse(kind="embedding", name=name, hash=digits)


def _remarks(
    request: Painting, missing: Sequence[str], embeddings: Embeddings, named: Sequence[str]
) -> Iterator[str]:
    """What the prompts ask for in vain, a sentence each."""
    if missing:
        yield f"Lora not found: {', '.join(missing)}"
    hires = hires_of(request)
    hires_prompt = hires.prompt if hires else ""
    for tag in (*find_tags(request.prompt), *find_tags(hires_prompt)):
        if not loras((tag,)):
            text = tag.prompt[tag.position : tag.position + tag.length]
            yield f"{text} is left out: Velatura has no such networks"
    for name in named:
        if name in embeddings.skipped:
            yield f"Embedding {name} is left out: {embeddings.skipped[name]}"
