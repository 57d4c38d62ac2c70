"""A model: three networks that paint together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from velatura.errors import BrokenModel, OutOfMemory, concerning
from velatura.models.autoencoder import Autoencoder
from velatura.models.hashes import Hashes
from velatura.models.networks import build_text_model, build_unet, build_vae
from velatura.models.parts import read_parts, read_vae_parts
from velatura.models.place import Place
from velatura.models.room import parts_that_fit
from velatura.models.tensors import read_tensors
from velatura.models.text_encoder import ClipTextEncoder
from velatura.models.unet import Unet
from velatura.records import ModelUse

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from torch import Tensor, nn

    from velatura.models.architecture import Architecture, Prediction
    from velatura.models.catalogue import ModelFile
    from velatura.models.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """Everything a pipeline needs to know of a model.

    A model is a value: LoRA and tiling give another model that shares the unchanged weights.

    Attributes:
        architecture: The sizes.
        text_encoder: Token ids to features.
        unet: The denoiser's network.
        autoencoder: Latents to pixels and back.
        uses: The files it came from.
    """

    architecture: Architecture
    text_encoder: ClipTextEncoder
    unet: Unet
    autoencoder: Autoencoder
    uses: tuple[ModelUse, ...]

    @property
    def predict(self) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
        """(latents, time, context) -> noise or velocity; see :meth:`Unet.predict`."""
        return self.unet.predict

    @property
    def prediction(self) -> Prediction:
        """What ``predict`` gives."""
        return self.architecture.prediction

    @property
    def width(self) -> int:
        """Features per token of the text encoder."""
        return self.text_encoder.width

    @property
    def latent_channels(self) -> int:
        """Channels of the latents."""
        return self.architecture.unet.out_channels

    @property
    def sees_mask(self) -> bool:
        """Whether the U-Net takes a mask and a masked picture beside the latents."""
        return self.architecture.unet.sees_mask

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that the model was made for."""
        return self.architecture.native_size

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.unet.device

    @property
    def works_ahead(self) -> bool:
        """Whether its device computes while nobody waits for it."""
        return self.unet.path.works_ahead

    @property
    def networks(self) -> tuple[nn.Module, ...]:
        """What holds its weights."""
        return self.text_encoder.network, self.unet.network, self.autoencoder.network

    @property
    def size_bytes(self) -> int:
        """Memory its weights take; weights shared with another model count fully."""
        return sum(p.nbytes for network in self.networks for p in network.parameters())


def load_model(
    checkpoint: ModelFile,
    vae: ModelFile | None = None,
    *,
    place: Place | None = None,
    hashes: Hashes | None = None,
) -> Model:
    """The networks of ``checkpoint``, with the autoencoder of ``vae`` where one is given.

    Args:
        checkpoint: A file in the original layout, or a folder in that of diffusers.
        vae: An external autoencoder; None takes the checkpoint's own.
        place: Where the networks shall live; None has them on the processor, in float32.
        hashes: Remembers the files' hashes; without it they are computed anew.

    Raises:
        OutOfMemory: if there is no room for its weights.
        BrokenModel: if a file is incomplete or no model.
        UnsafeModel: if reading a file would run code.
        UnsupportedModel: if a file is of an architecture that we do not run.
    """
    place, hashes = place or Place(), hashes or Hashes(None)
    with concerning("checkpoint"):
        parts = read_parts(checkpoint.path)
    if vae is not None:
        with concerning("vae"):
            parts = _with_vae(parts, vae)
    if parts.architecture.vae is None:
        raise BrokenModel(
            f"{checkpoint.path}: has no autoencoder of its own; choose a VAE file", field="vae"
        )
    _check_room(parts, place)
    with ThreadPoolExecutor(1) as aside:  # a file met for the first time takes longer to hash
        uses = aside.submit(_uses, checkpoint, vae, hashes)
        text = read_tensors(parts.text, dtype=place.dtype, device=place.home)
        unet = read_tensors(parts.unet, dtype=place.dtype, device=place.home)
        decoder = read_tensors(parts.vae, dtype=place.vae_dtype, device=place.home)
    architecture, source = parts.architecture, parts.source
    text_model = build_text_model(source, architecture.text, text)
    network = build_unet(source, architecture.unet, unet)
    vae_network = build_vae(source, parts.architecture.vae, decoder)
    return Model(
        architecture=architecture,
        text_encoder=ClipTextEncoder(text_model, place.turns),
        unet=Unet(network, place.unet_path, place.turns),
        autoencoder=Autoencoder(vae_network, place.vae_path, place.turns),
        uses=uses.result(),
    )


def _uses(checkpoint: ModelFile, vae: ModelFile | None, hashes: Hashes) -> tuple[ModelUse, ...]:
    """The files of a model, as its pictures name them."""
    use = ModelUse(kind="checkpoint", name=checkpoint.stem, hash=hashes.short(checkpoint.path))
    if vae is None:
        return (use,)
    return use, ModelUse(kind="vae", name=vae.path.name, hash=hashes.short(vae.path))


def _check_room(parts: Parts, place: Place) -> None:
    """Refuse weights for which there is no room.

    Raises:
        OutOfMemory: if that is so.
    """
    places = (*parts.text.values(), *parts.unet.values(), *parts.vae.values())
    weight_bytes = sum(stored.span for stored in places) * place.dtype.itemsize
    if not parts_that_fit(1, weight_bytes, place.home):
        raise OutOfMemory(
            f"not enough memory for this checkpoint: its weights take {weight_bytes / 1e9:.1f} GB; "
            "close other programs"
        )


def _with_vae(parts: Parts, vae: ModelFile) -> Parts:
    """The same checkpoint with another autoencoder, if the latents are of one kind.

    Raises:
        BrokenModel: if they are not.
    """
    architecture, weights = read_vae_parts(vae.path)
    wanted = parts.architecture.unet.out_channels
    if architecture.latent_channels != wanted:
        raise BrokenModel(
            f"{vae.path}: makes latents of {architecture.latent_channels} channels, "
            f"the checkpoint's have {wanted}"
        )
    return replace(parts, architecture=replace(parts.architecture, vae=architecture), vae=weights)
