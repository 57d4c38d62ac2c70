"""The engine in this process, on this machine's device."""

from __future__ import annotations

import secrets
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import torch

from velatura.engines.base import Settled
from velatura.engines.memory import peak_bytes, trim_heap, use_large_pages
from velatura.engines.workshop import Chosen, Workshop
from velatura.errors import OutOfMemory
from velatura.forecast import Notebook, Run, laps_of
from velatura.pipelines.adjust import adjust
from velatura.pipelines.detail import detail
from velatura.pipelines.faces import restore_faces
from velatura.pipelines.img2img import img2img
from velatura.pipelines.inpaint import inpaint
from velatura.pipelines.outpaint import outpaint
from velatura.pipelines.resolve import as_begun, check_pictures, check_same, resolve, with_size
from velatura.pipelines.sd_upscale import sd_upscale
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED
from velatura.pipelines.snapshot import Snapshot
from velatura.pipelines.txt2img import txt2img
from velatura.pipelines.upscale import (
    needed_upscalers,
    resolve_upscale,
    upscale,
    with_labels,
)
from velatura.prompts.styles import read_styles
from velatura.records import (
    Adjust,
    Detail,
    Faces,
    Img2Img,
    Inpaint,
    Outpaint,
    Painting,
    SdUpscale,
    Step,
    Txt2Img,
    Upscale,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from velatura.models.catalogue import Catalogue
    from velatura.pipelines.kit import Kit
    from velatura.records import Picture, Request

P = TypeVar("P", bound="Painting")

OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")
"""What the allocators of CPU (on Linux; elsewhere) and MPS say."""


class Painter(Protocol):
    """A pipeline that paints."""

    def __call__(
        self,
        request: Any,  # noqa: ANN401 - each takes its own kind
        kit: Kit,
        resume: Snapshot | None = None,
    ) -> Iterator[Step | Picture]:
        """Steps and pictures of a complete request."""
        ...


PAINTERS: dict[type[Painting], Painter] = {
    Txt2Img: txt2img,
    Img2Img: img2img,
    Inpaint: inpaint,
    Outpaint: outpaint,
    SdUpscale: sd_upscale,
    Detail: detail,
}
"""Who carries out which kind of request."""


class LocalEngine:
    """Carries requests out in this process, whose tensors get large pages.

    Args:
        models_dirs: Folders searched for model files; the embedded checkpoints come after them.
        cache_dir: Where file hashes, and what runs took, are remembered; None remembers neither.
        styles_file: CSV file with saved styles.
        device: "cpu", "cuda", "cuda:1", "mps"; None takes the best there is.
        memory_bytes: Models are kept in memory as long as they fit into this.
        compiles: Compile networks on a CUDA card: that takes minutes, once, and makes steps faster.
    """

    def __init__(
        self,
        models_dirs: Sequence[Path] = (),
        *,
        cache_dir: Path | None = None,
        styles_file: Path | None = None,
        device: str | None = None,
        memory_bytes: int = 8 * 2**30,
        compiles: bool = False,
    ) -> None:
        use_large_pages()
        self._styles_file = styles_file
        self._notebook = Notebook(cache_dir)
        self._workshop = Workshop(
            models_dirs,
            cache_dir=cache_dir,
            notebook=self._notebook,
            device=torch.device(device or best_device()),
            memory_bytes=memory_bytes,
            compiles=compiles,
        )

    def run(self, request: Request, *, resume: bytes | None = None) -> Iterator[Step | Picture]:
        """A :class:`Step` after each sampling step and a :class:`Picture` for each seed.

        See :class:`~velatura.engines.base.Engine`. A request that cannot be carried out is refused
        by this call, before the first step is asked for.
        """
        if isinstance(request, Adjust):
            return self._timed(request, adjust(request))
        catalogue = self._workshop.catalogue()
        if isinstance(request, Upscale):
            return self._upscale(request, catalogue)
        if isinstance(request, Faces):
            return self._restore_faces(request, catalogue)
        snapshot = (
            Snapshot.from_bytes(resume, self._workshop.device) if resume is not None else None
        )
        begun = as_begun(request, snapshot.request) if snapshot else request
        complete, chosen = self._complete(begun, catalogue)
        check_pictures(complete)
        if snapshot is not None:
            check_same(complete, snapshot.request)
        return _each_in_inference_mode(self._paint(complete, chosen, snapshot))

    def settle(self, request: Request) -> Settled:
        """What carrying the request out would mean, see :class:`~velatura.engines.base.Engine`."""
        catalogue = self._workshop.catalogue()
        if isinstance(request, Painting):
            complete, chosen = self._complete(request, catalogue)
            models = self._workshop.painting_files(complete, chosen)
            return Settled(request=complete, models=models)
        if isinstance(request, Upscale):
            named = with_labels(request, catalogue.stems("upscaler"))
            models = self._workshop.upscaler_files(needed_upscalers(named), catalogue)
            return Settled(request=named, models=models)
        if isinstance(request, Faces):
            named, use = self._workshop.restorer_file(request, catalogue)
            return Settled(request=named, models=(use,))
        return Settled(request=request)

    def _complete(self, request: P, catalogue: Catalogue) -> tuple[P, Chosen]:
        styles = read_styles(self._styles_file) if self._styles_file and request.styles else {}
        complete = resolve(
            request,
            styles=styles,
            draw_seed=lambda: secrets.randbelow(LARGEST_DRAWN_SEED + 1),
            upscalers=catalogue.stems("upscaler"),
        )
        chosen = self._workshop.choose(complete, catalogue)
        return replace(complete, checkpoint=chosen.checkpoint.name, vae=chosen.vae_name), chosen

    def _upscale(self, request: Upscale, catalogue: Catalogue) -> Iterator[Step | Picture]:
        complete = resolve_upscale(request, catalogue.stems("upscaler"))

        def events() -> Generator[Step | Picture]:
            kit = self._workshop.upscale_kit(complete, catalogue)
            yield from self._timed(complete, upscale(complete, kit))

        return _each_in_inference_mode(events())

    def _restore_faces(self, request: Faces, catalogue: Catalogue) -> Iterator[Step | Picture]:
        complete, _ = self._workshop.restorer_file(request, catalogue)

        def events() -> Generator[Step | Picture]:
            kit = self._workshop.faces_kit(complete, catalogue)
            yield from self._timed(complete, restore_faces(complete, kit))

        return _each_in_inference_mode(events())

    def _paint(
        self, request: Painting, chosen: Chosen, snapshot: Snapshot | None
    ) -> Generator[Step | Picture]:
        kit = self._workshop.kit(request, chosen)
        sized = with_size(request, kit.model.native_size)
        events = PAINTERS[type(sized)](sized, kit, snapshot)
        yield from events if snapshot else self._timed(sized, events)

    def _timed(
        self, request: Request | Painting, events: Iterator[Step | Picture]
    ) -> Generator[Step | Picture]:
        """The events of a whole run; what it took is written down when it has come to its end."""
        run = Run(time.perf_counter, peak_bytes)
        yield from run.follow(events)
        self._notebook.add(run.laps(laps_of(request)))


def best_device() -> str:
    """The fastest device that PyTorch can use here."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _each_in_inference_mode(events: Generator[Step | Picture]) -> Iterator[Step | Picture]:
    """The events, each made in inference mode.

    The mode is left between two events: entered inside a generator it would stay on in the caller.

    Raises:
        OutOfMemory: instead of PyTorch's own error.
    """
    with closing(events):
        while True:
            try:
                with torch.inference_mode():
                    event = next(events)
            except StopIteration:
                return
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise
                raise OutOfMemory(
                    "not enough memory for this request; try a smaller size or batch"
                ) from error
            yield event
            if isinstance(event, Step) and event.index == event.total:
                trim_heap()


def _is_out_of_memory(error: RuntimeError | MemoryError) -> bool:
    """CUDA has an error of its own; other devices' allocators only say it in words."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in OUT_OF_MEMORY)
