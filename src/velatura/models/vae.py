"""Which autoencoder goes with a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.models.sidecar import read_sidecar

if TYPE_CHECKING:
    from velatura.models.catalogue import Catalogue, ModelFile
    from velatura.models.hashes import Hashes

AUTOMATIC = "Automatic"
NONE = "None"


def choose_vae(
    catalogue: Catalogue, setting: str, checkpoint: ModelFile, hashes: Hashes | None = None
) -> ModelFile | None:
    """The external autoencoder to use; None is the checkpoint's own.

    "None" and a name are taken at their word. "Automatic" takes the one named in the checkpoint's
    own notes (``NAME.json``), else the first file whose name begins with the checkpoint's.

    Raises:
        UnknownModel: if a named autoencoder is not there.
        BrokenModel: if the checkpoint's notes cannot be read.
    """
    if setting == NONE:
        return None
    if setting not in (AUTOMATIC, ""):
        return catalogue.find("vae", setting, hashes)
    preferred = read_sidecar(checkpoint.path).vae
    if preferred == NONE:
        return None
    if preferred and preferred != AUTOMATIC:
        return catalogue.find("vae", preferred, hashes)
    beside = (file for file in catalogue.of("vae") if file.path.name.startswith(checkpoint.stem))
    return next(beside, None)
