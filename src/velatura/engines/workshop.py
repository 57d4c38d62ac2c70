"""The model files at hand, and the kit a request is painted with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from velatura.errors import concerning
from velatura.models.base import load_model
from velatura.models.cache import ModelCache, file_key
from velatura.models.discovery import find_models
from velatura.models.embeddings import Embeddings, read_embeddings
from velatura.models.hashes import Hashes
from velatura.models.lora import find_lora, with_loras
from velatura.models.tiling import tiled
from velatura.models.vae import NONE, choose_vae
from velatura.pipelines.kit import Kit
from velatura.prompts.chunks import EmbeddingNames, chunk_text
from velatura.prompts.tags import cut_tags, find_tags, loras
from velatura.records import ModelUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from velatura.models.base import Model
    from velatura.models.catalogue import ModelFile
    from velatura.prompts.tags import Lora
    from velatura.records import Txt2Img


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files a request names: found, not yet read."""

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
        device: Where networks live.
        memory_bytes: Budget of the models kept.
    """

    def __init__(
        self,
        models_dirs: Sequence[Path],
        *,
        cache_dir: Path | None,
        device: torch.device,
        memory_bytes: int,
    ) -> None:
        self._models_dirs = models_dirs
        self._hashes = Hashes(cache_dir)
        self._device = device
        self._cache = ModelCache(memory_bytes)
        self.refresh()

    def refresh(self) -> None:
        """Look at the folders again."""
        self._catalogue = find_models(self._models_dirs)

    def choose(self, request: Txt2Img) -> Chosen:
        """The files that the request's names mean.

        Raises:
            UnknownModel: if there is none of such a name.
        """
        with concerning("checkpoint"):
            checkpoint = self._catalogue.find("checkpoint", request.checkpoint, self._hashes)
        with concerning("vae"):
            vae = choose_vae(self._catalogue, request.vae, checkpoint, self._hashes)
        return Chosen(checkpoint=checkpoint, vae=vae)

    def kit(self, request: Txt2Img, chosen: Chosen) -> Kit:
        """Everything the request is painted with, loaded.

        Raises:
            ModelError: if a file cannot be used.
        """
        asked = loras(find_tags(request.prompt))
        model = self._model(chosen, asked, is_tiled=request.tiling)
        hires_model = model
        if request.hires and request.hires.prompt:
            hires_asked = loras(find_tags(request.hires.prompt))
            hires_model = self._model(chosen, hires_asked, is_tiled=request.tiling)
            asked = (*asked, *hires_asked)
        embeddings = read_embeddings(self._catalogue.of("embedding"), model.width)
        uses = dict.fromkeys((*model.uses, *hires_model.uses, *self._used(request, embeddings)))
        return Kit(
            model=model,
            hires_model=hires_model,
            embeddings=embeddings.vectors,
            uses=tuple(uses),
            remarks=tuple(self._remarks(asked)),
        )

    def _model(self, chosen: Chosen, asked: tuple[Lora, ...], *, is_tiled: bool) -> Model:
        key = file_key(chosen.checkpoint, chosen.vae)
        model = self._cache.get(key, lambda: self._load(chosen))
        if asked:
            files = file_key(*(find_lora(self._catalogue, lora.name) for lora in asked))
            key = (*key, *asked, *files)
            base = model
            model = self._cache.get(
                key, lambda: with_loras(base, asked, self._catalogue, self._hashes).model
            )
        return tiled(model) if is_tiled else model

    def _load(self, chosen: Chosen) -> Model:
        is_cpu = self._device.type == "cpu"
        return load_model(
            chosen.checkpoint,
            chosen.vae,
            dtype=torch.float32 if is_cpu else torch.float16,
            device=self._device,
            hashes=self._hashes,
        )

    def _used(self, request: Txt2Img, embeddings: Embeddings) -> Iterator[ModelUse]:
        """The embeddings that the request's prompts name."""
        names = EmbeddingNames({name: len(rows) for name, rows in embeddings.vectors.items()})
        texts = [cut_tags(request.prompt), request.negative_prompt]
        if request.hires:
            texts += [cut_tags(request.hires.prompt), request.hires.negative_prompt]
        for text in texts:
            for chunk in chunk_text(text, request.text, names).chunks:
                for use in chunk.embeddings:
                    path = embeddings.usable[use.name].file.path
                    yield ModelUse(
                        kind="embedding", name=use.name, hash=self._hashes.embedding(path)
                    )

    def _remarks(self, asked: Sequence[Lora]) -> Iterator[str]:
        names = dict.fromkeys(lora.name for lora in asked)
        missing = [name for name in names if find_lora(self._catalogue, name) is None]
        if missing:
            yield f"Lora not found: {', '.join(missing)}"
