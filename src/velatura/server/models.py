"""The model files there are, as the server lists them and checks requests against them.

Folders are searched, files are not opened, no network is loaded: that is the workers' business.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError, concerning
from velatura.faces.restorers import RESTORERS
from velatura.jobs.folder import Folder
from velatura.models.discovery import find_models
from velatura.models.hashes import Hashes
from velatura.pipelines.resolve import resolve
from velatura.prompts.wildcards import read_wildcards
from velatura.records import Faces, Painting, Upscale
from velatura.server.styles import Styles
from velatura.upscalers import upscaler_label

if TYPE_CHECKING:
    from velatura.forecast import Forecast
    from velatura.models.catalogue import Catalogue
    from velatura.prompts.styles import Style
    from velatura.records import Request
    from velatura.server.config import ServerConfig

FRESH_S = 10.0
"""How long a search of the folders holds."""

NO_FILE = ("Automatic", "None", "")
"""What a request may say in place of an autoencoder's name."""


class Models:
    """What can be named in a request on this machine.

    Args:
        config: Where to look.

    Attributes:
        saved: The file of styles.
    """

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self.saved = Styles(config.styles_file)
        self._hashes = Hashes(config.cache_dir)
        self._lock = threading.Lock()
        self._found: Catalogue | None = None
        self._found_at = 0.0

    @property
    def hashes(self) -> Hashes:
        """Hashes known from earlier."""
        return self._hashes

    def refresh(self) -> None:
        """Search the folders anew the next time."""
        with self._lock:
            self._found = None
            self._hashes = Hashes(self._config.cache_dir)

    def catalogue(self) -> Catalogue:
        """The model files, as they were found a moment ago at most."""
        with self._lock:
            now = time.monotonic()
            if self._found is None or now - self._found_at > FRESH_S:
                there = [folder for folder in self._config.models_dirs if folder.is_dir()]
                self._found, self._found_at = find_models(there), now
            return self._found

    def styles(self) -> dict[str, Style]:
        """The saved styles by name.

        Raises:
            RequestError: their file cannot be read.
        """
        return self.saved.all()

    def wildcards(self) -> dict[str, int]:
        """How many lines the wildcards stand for, by name.

        Raises:
            RequestError: a file cannot be read.
        """
        lists = read_wildcards(Folder(self._config.data_dir).wildcards)
        return {name: len(lines) for name, lines in lists.items()}

    def check(self, request: Request) -> None:
        """Refuse a request that names what does not exist here.

        Raises:
            RequestError: a sampler, schedule, style, upscaler or restorer, or a prompt that cannot
                be read; it names the field.
            UnknownModel: a checkpoint or an autoencoder.
        """
        catalogue = self.catalogue()
        upscalers = catalogue.stems("upscaler")
        if isinstance(request, Painting):
            styles = self.styles() if request.styles else {}
            resolve(request, styles=styles, draw_seed=lambda: 0, upscalers=upscalers)
            with concerning("checkpoint"):
                catalogue.find("checkpoint", request.checkpoint, self._hashes)
            if request.vae not in NO_FILE:
                with concerning("vae"):
                    catalogue.find("vae", request.vae, self._hashes)
        elif isinstance(request, Upscale):
            upscaler_label(request.upscaler, upscalers)
            upscaler_label(request.second_upscaler, upscalers, field="second_upscaler")
        elif isinstance(request, Faces) and request.restorer not in RESTORERS:
            raise RequestError(
                f"unknown restorer {request.restorer!r}; choose from {', '.join(RESTORERS)}",
                field="restorer",
            )

    def forecast(self, request: Request) -> Forecast:
        """What a request that was checked will take, by the runs of this machine."""
        from velatura.forecast import Notebook, foresee  # numpy: the first answer need not wait

        if isinstance(request, Painting):
            file = self.catalogue().find("checkpoint", request.checkpoint, self._hashes)
            request = replace(request, checkpoint=file.name)
        return foresee(request, Notebook(self._config.cache_dir))

    def listed(self) -> list[dict[str, Any]]:
        """The model files, without their places on the disk."""
        return [
            {
                "kind": file.kind,
                "name": file.name,
                "stem": file.stem,
                "hash": (self._hashes.known(file.path) or "")[:10],
            }
            for file in self.catalogue().files
        ]
